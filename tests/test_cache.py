"""What the server keeps is bounded in bytes, made once however many ask, and forgotten in the order of use."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import DigitLabError
from dashboard.cache import Cache


def test_what_was_not_asked_for_longest_goes_first():
    cache = Cache(10, len)
    for key in ("a", "b", "c"):
        cache.get(key, lambda: "xxx")
    cache.get("a", lambda: pytest.fail("it is kept"))
    cache.get("d", lambda: "xxx")  # 12 bytes: one too many
    assert cache.held == 9
    assert "b" not in cache and all(key in cache for key in "acd")


def test_one_large_value_takes_the_place_of_several_small_ones():
    cache = Cache(10, len)
    for key in "abc":
        cache.get(key, lambda: "xxx")
    cache.get("large", lambda: "x" * 9)
    assert cache.held == 9 and "large" in cache


def test_the_last_one_is_kept_even_if_it_is_larger_than_all_that_is_allowed():
    cache = Cache(10, len)
    cache.get("a", lambda: "xxx")
    assert cache.get("giant", lambda: "x" * 50) == "x" * 50
    assert cache.held == 50 and "a" not in cache
    cache.get("giant", lambda: pytest.fail("it is kept"))
    cache.get("a", lambda: "xxx")
    assert cache.held == 3 and "giant" not in cache


def test_a_value_is_made_once_however_many_ask_at_a_time():
    cache, made, begin = Cache(100, len), [], threading.Barrier(8)

    def make() -> str:
        made.append(threading.get_ident())
        threading.Event().wait(0.05)
        return "value"

    def ask(_: int) -> str:
        begin.wait()
        return cache.get("key", make)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == ["value"] * 8
    assert len(made) == 1


def test_what_cannot_be_made_is_tried_again_and_others_are_not_held_up():
    cache = Cache(100, len)

    def fail() -> str:
        raise DigitLabError("It cannot be read.")

    for _ in range(2):
        with pytest.raises(DigitLabError, match="cannot be read"):
            cache.get("key", fail)
    assert cache.get("key", lambda: "value") == "value"


def test_making_one_does_not_wait_for_another():
    cache, inside, go_on = Cache(100, len), threading.Event(), threading.Event()

    def slow() -> str:
        inside.set()
        assert go_on.wait(10)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, "slow", slow)
        assert inside.wait(10)
        assert cache.get("quick", lambda: "quick") == "quick"
        go_on.set()
        assert waiting.result(10) == "slow"


def test_a_value_may_need_another_of_the_same_cache():
    cache = Cache(100, len)
    assert cache.get("outer", lambda: cache.get("inner", lambda: "in") + "out") == "inout"


def test_many_threads_and_keys_stay_within_the_bytes():
    cache = Cache(50, len)

    def ask(number: int) -> int:
        value = cache.get(number % 17, lambda: "x" * (1 + number % 17))
        return len(value) - number % 17

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(2000))) == {1}
    assert 0 < cache.held <= 50
