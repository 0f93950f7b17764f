"""The queue with an executor that does nothing and a clock that stands: who begins, who waits, where, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import DigitLabError
from core.jobs.executor import CHECK, LESSON, MEASUREMENT, RUN, Work
from core.jobs.limits import Limits
from core.jobs.queue import Place, Queue, Ticket


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeHandle:
    def __init__(self, work: Work) -> None:
        self.work, self.events, self.error, self.exit_code, self.ended = work, [], None, None, False
        self.lacks_a_machine = False

    def running(self) -> bool:
        return not self.ended and not self.lacks_a_machine

    def done(self) -> bool:
        return self.ended

    def cancel(self) -> bool:
        return False

    def kill(self) -> None:
        self.ended = True


class FakeExecutor:
    """Notes what is begun; a test says when it ends."""

    def __init__(self) -> None:
        self.begun: list[FakeHandle] = []
        self.broken = False

    def submit(self, work: Work, /) -> FakeHandle:
        if self.broken:
            raise OSError(11, "Resource temporarily unavailable")
        self.begun.append(FakeHandle(work))
        return self.begun[-1]

    def shutdown(self) -> None:
        for handle in self.begun:
            handle.ended = True


class House:
    """A queue with its executor and clock, and short words for what tests do with it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.executor, self.clock, self.over = FakeExecutor(), Clock(), []
        self.queue = Queue(self.executor, limits or Limits(), self.clock)

    def add(self, name: str, kind: str = RUN, **more) -> Ticket:
        """`name` is the owner's letter and a number: `a1`."""
        work = Work(kind, (name,), owner=name[0], alone=kind == MEASUREMENT, seconds=more.pop("seconds", 10.0))
        return self.queue.submit(replace(work, **more), self.over.append)

    def end(self, ticket: Ticket) -> None:
        ticket.handle.ended = True
        self.queue.tend()

    def at_work(self) -> list[str]:
        return [handle.work.argv[0] for handle in self.executor.begun if not handle.ended]

    def order(self) -> list[str]:
        """Let all go through, each ended as soon as nothing more begins; the order in which they began."""
        while self.at_work():
            next(handle for handle in self.executor.begun if not handle.ended).ended = True
            self.queue.tend()
        return [handle.work.argv[0] for handle in self.executor.begun]


def test_one_begins_and_the_others_wait_in_their_order():
    house = House()
    first, second, third = (house.add(name) for name in ("a1", "a2", "a3"))
    assert house.at_work() == ["a1"] and first.live and not first.waiting and second.waiting
    assert house.queue.place(first) is None and house.queue.place(third).number == 2
    house.end(first)
    assert house.at_work() == ["a2"] and not first.live and house.over == [first]
    assert house.order() == ["a1", "a2", "a3"]


def test_owners_take_turns_however_much_one_hands_in():
    house = House()
    for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
        house.add(name)
    assert house.order() == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_late_is_not_served_before_who_waits_for_the_same_turn():
    """Owners that are new again and again (a visitor with a new name each time) keep nobody waiting for ever."""
    house = House()
    ticket, old = house.add("a1"), house.add("a2")
    for number in range(20):
        house.add(chr(ord("f") + number) + "1", seconds=1.0)
        house.end(ticket)
        ticket = next(each for each in house.queue.tickets if not each.waiting)
        if not old.waiting:
            break
    assert number <= 2 and not old.waiting


def test_kinds_have_lines_of_their_own():
    house = House(Limits({RUN: 2}))
    for name, kind in (("a1", RUN), ("a2", RUN), ("a3", RUN), ("b1", LESSON), ("b2", LESSON), ("c1", CHECK)):
        house.add(name, kind)
    assert house.at_work() == ["a1", "a2", "b1", "c1"]


def test_a_burst_in_one_line_does_not_cost_its_owner_a_turn_in_another():
    house = House()
    for name in ("a1", "a2", "a3"):
        house.add(name, LESSON)
    for name in ("b1", "a4", "b2"):
        house.add(name)
    assert [name for name in house.order() if name in ("b1", "a4", "b2")] == ["b1", "a4", "b2"]


def test_a_measurement_waits_until_nothing_goes_on_and_holds_back_what_came_after_it():
    house = House(Limits({RUN: 2}))
    run, lesson = house.add("a1"), house.add("b1", LESSON)
    house.add("m1", MEASUREMENT)
    later = house.add("c1"), house.add("d1", LESSON)
    assert house.at_work() == ["a1", "b1"] and all(ticket.waiting for ticket in later)
    house.clock.now = 10.0
    house.end(lesson)
    assert house.at_work() == ["a1"]
    house.end(run)
    assert house.at_work() == ["m1"]
    house.add("e1", CHECK)
    assert house.at_work() == ["m1"]
    assert house.order()[:3] == ["a1", "b1", "m1"] and set(house.order()[3:]) == {"c1", "d1", "e1"}


def test_what_is_done_before_a_measurement_could_begin_is_let_through():
    """A lesson of ten seconds beside a run of a hundred; at 95 seconds it would make the measurement wait."""
    house = House(Limits({RUN: 2}))
    house.add("a1", seconds=100.0)
    measurement = house.add("m1", MEASUREMENT)
    short, long = house.add("b1", LESSON, seconds=10.0), house.add("c1", seconds=101.0)
    assert not short.waiting and long.waiting
    house.clock.now = 10.0
    house.end(short)
    house.clock.now = 95.0
    assert house.add("d1", LESSON, seconds=10.0).waiting and measurement.waiting


def test_runs_whose_turn_is_before_a_measurement_s_go_first():
    house = House()
    house.add("a1")
    house.add("b1")
    house.add("m1", MEASUREMENT)
    house.add("c1")
    assert house.order() == ["a1", "b1", "m1", "c1"]


def test_what_other_machines_do_takes_nothing_of_this_one() -> None:
    """It has slots of its own, waits for nothing here, and a measurement does not wait for it."""
    slots = 2
    house = House(Limits({RUN: 1}, megabytes=100, elsewhere=lambda: slots))
    for name in ("a1", "b1", "c1"):
        house.add(name, elsewhere=True, megabytes=0)
    assert house.at_work() == ["a1", "b1"]
    house.add("d1", MEASUREMENT)
    here = house.add("e1")
    assert house.at_work() == ["a1", "b1", "d1"]
    slots = 3
    house.queue.tend()
    assert house.at_work() == ["a1", "b1", "d1", "c1"]
    assert house.queue.place(here) == Place(1, 1, 10.0)


def test_what_waits_for_a_machine_of_the_cluster_stands_before_all_that_waits_for_its_turn() -> None:
    """How long it waits there nobody knows; what is done here is not behind it."""
    house = House(Limits({RUN: 1}, megabytes=100, elsewhere=lambda: 2))
    first, second, third = (house.add(name, elsewhere=True, megabytes=0) for name in ("a1", "b1", "c1"))
    house.add("d1"), (here := house.add("e1"))
    first.handle.lacks_a_machine = second.handle.lacks_a_machine = True
    assert first.waiting and [house.queue.place(each).number for each in (first, second, third)] == [1, 2, 3]
    assert [house.queue.place(each).seconds for each in (first, third)] == [None, None]
    assert house.queue.place(here).seconds == 10.0
    first.handle.lacks_a_machine = False
    assert not first.waiting and house.queue.place(first) is None and house.queue.place(second).number == 1


def test_memory_is_a_limit_and_what_needs_more_than_all_of_it_goes_alone():
    house = House(Limits({RUN: 3}, megabytes=500.0))
    first = house.add("a1", megabytes=300)
    house.add("b1", megabytes=300), house.add("c1", megabytes=900)
    assert house.at_work() == ["a1"]
    house.end(first)
    assert house.at_work() == ["b1"]
    assert house.order() == ["a1", "b1", "c1"]


def test_places_and_waits_by_hand():
    """A run of 60 s that has gone on for 20, then one of 30, a measurement of 90, and another run behind that."""
    house = House()
    house.add("a1", seconds=60.0)
    house.clock.now = 20.0
    tickets = house.add("b1", seconds=30.0), house.add("m1", MEASUREMENT, seconds=90.0), house.add("c1", seconds=5.0)
    assert [house.queue.place(ticket) for ticket in tickets] == [
        Place(1, 3, 40.0),
        Place(2, 3, 70.0),
        Place(3, 3, 160.0),
    ]
    house.clock.now = 160.0  # it takes longer than it should: a tenth of what it has taken is added
    assert house.queue.place(tickets[0]).seconds == pytest.approx(16.0)


def test_estimates_learn_from_what_work_took_here():
    house = House()
    first = house.add("a1", seconds=10.0)
    house.clock.now = 40.0
    house.end(first)
    house.add("a2", seconds=10.0)
    assert house.queue.place(house.add("a3")).seconds == pytest.approx(40.0)
    stopped = house.add("b1", LESSON, seconds=10.0)
    house.queue.stop(stopped)
    house.add("b2", LESSON, seconds=10.0)
    assert house.queue.place(house.add("b3", LESSON)).seconds == pytest.approx(10.0)  # what was stopped teaches nothing


def test_waiting_work_is_taken_back_and_work_that_goes_on_is_ended():
    house = House()
    first, second, third = house.add("a1"), house.add("a2"), house.add("a3")
    assert house.queue.take_back(second) and not second.live and second.stopped and house.over == [second]
    assert not house.queue.take_back(second) and not house.queue.take_back(first)
    assert house.queue.place(third) == Place(1, 1, 10.0)
    house.queue.stop(first)
    assert not first.live and first.error is None and house.at_work() == ["a3"]
    house.queue.stop(first)  # once more does no harm
    assert house.over == [second, first]


def test_a_full_queue_says_so():
    house = House(Limits(per_owner=2, in_total=3))
    for name in ("a1", "a2", "a3", "b1"):
        house.add(name)
    with pytest.raises(DigitLabError, match="3 tasks are waiting already"):
        house.add("c1")
    house.end(next(iter(house.queue.tickets)))
    with pytest.raises(DigitLabError, match="2 of your tasks are waiting already"):
        house.add("a4")
    assert house.add("c1").waiting


def test_work_that_cannot_begin_is_over_with_a_sentence_and_blocks_nothing():
    house = House()
    house.executor.broken = True
    failed = house.add("a1")
    assert not failed.live and house.over == [failed]
    assert str(failed.error).startswith("It could not begin: Resource temporarily unavailable.")
    house.executor.broken = False
    house.add("a2")
    assert house.at_work() == ["a2"]


def test_leaving_ends_what_goes_on_and_leaves_what_waits_to_others():
    house = House()
    first, second = (house.add(name) for name in ("a1", "a2"))
    house.queue.leave()
    assert house.over == [first] and second.waiting
    third = house.add("a3")
    assert house.at_work() == [] and second.waiting and third.waiting and house.over == [first]


def test_closing_takes_back_what_waits_and_ends_what_goes_on():
    house = House()
    tickets = [house.add(name) for name in ("a1", "a2")]
    house.queue.close()
    assert not any(ticket.live for ticket in tickets) and house.queue.tickets == []
    assert sorted(house.over, key=tickets.index) == tickets


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.sampled_from([RUN, RUN, LESSON, CHECK, MEASUREMENT]),
            st.floats(0.5, 50.0),
            st.integers(0, 3),
        ),
        max_size=14,
    )
)
def test_whatever_comes_in_all_begin_in_their_owner_s_order_and_measurements_are_alone(arrivals):
    """Some of what goes on ends between two arrivals; then all ends in turn."""
    house = House(Limits({RUN: 2}, per_owner=99, in_total=99))
    for number, (owner, kind, seconds, ending) in enumerate(arrivals):
        house.add(f"{owner}{number}", kind, seconds=seconds)
        for _ in range(ending):
            going = [ticket for ticket in house.queue.tickets if not ticket.waiting]
            if going:
                house.clock.now += 1.0
                house.end(going[0])
        at_work = house.at_work()
        kinds = [handle.work.kind for handle in house.executor.begun if not handle.ended]
        assert len(kinds) == 1 or MEASUREMENT not in kinds
        assert kinds.count(RUN) <= 2 and kinds.count(LESSON) <= 1
        assert at_work or not house.queue.tickets
    begun = house.order()
    assert sorted(begun) == sorted(f"{owner}{number}" for number, (owner, *_) in enumerate(arrivals))
    lines = {
        f"{owner}{n}": (owner, RUN if kind == MEASUREMENT else kind) for n, (owner, kind, *_) in enumerate(arrivals)
    }
    for name in {lines[name] for name in begun if lines[name][1] != RUN}:
        numbers = [int(each[1:]) for each in begun if lines[each] == name]
        assert numbers == sorted(numbers)
