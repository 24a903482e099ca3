import importlib
import sys
import threading

import pytest

from midspan.models.kit.hiding import hidden


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "rarely_used.py").write_text("VALUE = 1")
    monkeypatch.syspath_prepend(tmp_path)
    yield "rarely_used"
    sys.modules.pop("rarely_used", None)


def test_a_hidden_package_is_as_if_not_installed_and_then_there_again(package):
    with hidden(package), pytest.raises(ModuleNotFoundError):
        importlib.import_module(package)
    assert importlib.import_module(package).VALUE == 1


def test_other_threads_find_it_meanwhile(package):
    found = []
    with hidden(package):
        thread = threading.Thread(target=lambda: found.append(importlib.import_module(package).VALUE))
        thread.start()
        thread.join()
    assert found == [1]


def test_what_is_loaded_stays(package):
    importlib.import_module(package)
    with hidden(package):
        assert importlib.import_module(package).VALUE == 1
