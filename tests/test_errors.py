"""What is said where the packages of an extra are not installed."""

from __future__ import annotations

import importlib

import pytest

from midspan.errors import MissingExtra, needs_extra


def test_a_package_of_an_extra_that_is_not_there_is_named_with_its_remedy() -> None:
    with pytest.raises(MissingExtra) as raised, needs_extra("training", "train"):
        importlib.import_module("no_such_package_of_anybody")
    assert str(raised.value) == (
        "training needs packages that are not installed; install them with: pip install 'midspan[train]'"
    )
    assert isinstance(raised.value.__cause__, ModuleNotFoundError)


def test_a_module_of_ours_that_is_not_there_stays_what_it_is() -> None:
    with pytest.raises(ModuleNotFoundError), needs_extra("training", "train"):
        importlib.import_module("midspan.no_such_module")
