import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from midspan.platform.lazy import Lazy


def test_it_is_made_once_by_whoever_asks_first():
    together = threading.Barrier(4)
    made = []
    lazy = Lazy(lambda: made.append(object()) or made[-1])
    assert made == []

    def ask(_):
        together.wait()
        return lazy()

    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(ask, range(4)))
    assert len(made) == 1 and all(one is made[0] for one in asked)


def test_what_could_not_be_made_is_tried_again():
    tries = iter([ValueError("not yet"), "there"])

    def make():
        found = next(tries)
        if isinstance(found, Exception):
            raise found
        return found

    lazy = Lazy(make)
    with pytest.raises(ValueError, match="not yet"):
        lazy()
    assert lazy() == "there"


def test_nothing_is_a_thing_too():
    tries = []
    lazy = Lazy(lambda: tries.append(1))
    assert lazy() is None and lazy() is None
    assert len(tries) == 1
