"""Measure, on the Engines page: seconds per epoch here beside the earlier system's table, as they come in.

The measuring is done by a process of its own; what it has told is shared by all visitors of the server.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bench.contenders import BLOG_TAICHI
from core.bench.reading import (
    BATCH,
    NAMES,
    SIZES,
    THEIRS,
    in_batches,
    one_at_a_time,
    times,
    unsteady,
)
from core.errors import DigitLabError
from core.jobs.executor import MEASUREMENT
from core.jobs.limits import threads_of
from core.jobs.queue import Ticket
from core.messages import N_, Message
from dashboard import shared, visitor, words
from dashboard.engines import charts as engine_charts
from dashboard.look import charts
from dashboard.parts.refusals import refusal, told
from dashboard.parts.taichi import chosen_device, device_choice, taichi_remark
from dashboard.parts.watch import watch
from dashboard.say import say, say_many

EMPTY = N_(
    "These are the earlier system's own times, on its author's computer. Press **Measure this computer** to see what both "
    "engines do here: about a minute and a half."
)
LEGEND = N_("The scale is logarithmic: each line of the grid is about three times the one below.")
UNSTEADY = N_(
    "Turns of the same work differed by up to {spread:.0f} %: something else keeps this computer busy. Close what you can, "
    "and measure again for times to rely on."
)
NOT_YOURS = N_("Another visitor began this measurement. Only they can stop it.")
CHOSEN_SIZES, CHOSEN_TURNS, DEVICE = "measure_sizes", "measure_turns", "measure_device"  # keys of the session
TURNS = {1: N_("one, quick"), 3: N_("three, the middle one counts"), 7: N_("seven, careful")}
NOISE = N_("MNIST is not on this computer: this is measured on noise of its size, which takes the same time.")
WHO = {
    "floor": N_("the bare products"),
    "blog": N_("the earlier NumPy loop"),
    BLOG_TAICHI: N_("the earlier Taichi loop"),
} | NAMES
Rows = Sequence[Mapping[str, Any]]


def measure() -> None:
    """The panel that measures."""
    watch(MEASUREMENT, _panel)


def _panel(ticket: Ticket | None, live: bool) -> None:
    events = list(ticket.events) if ticket else []
    rows = [event["row"] for event in events if "row" in event]
    with st.container(key="measure-head"):
        if ticket and live:
            _progress(ticket, events)
        else:
            _offer(ticket)
    _sentences(rows, live)
    _charts(rows)
    st.markdown(table(rows))
    st.caption(_circumstances(rows))


def _row() -> list[DeltaGenerator]:
    """Two places, each for one thing: what takes the place of another stands where it stood, and does not move under a hand."""
    return st.columns([2.7, 1.3])


def _progress(ticket: Ticket, events: Sequence[Mapping[str, Any]]) -> None:
    steps = [event for event in events if "done" in event]
    share, now = (steps[-1]["done"] / steps[-1]["total"], _now(steps[-1])) if steps else (0.0, say("Starting …"))
    if place := shared.jobs().queue.place(ticket):
        now = words.in_line(place)
    left, right = _row()
    left.container(key="measure-progress").progress(share, now)
    right.button(say("Stop"), key="measure-stop", icon=":material/stop:", width="stretch",
                 help=say("End the measurement. What has been measured until then is shown."),
                 disabled=not visitor.is_me(ticket.work.owner), on_click=told(_stop), args=(ticket,))  # fmt: skip


def _stop(ticket: Ticket) -> None:
    if not visitor.is_me(ticket.work.owner):  # a browser can send any click
        raise DigitLabError(NOT_YOURS)
    shared.jobs().queue.stop(ticket)


def _now(step: Mapping[str, Any]) -> str:
    engine, hidden, batch = Message(WHO[step["engine"]]), step["hidden"], step["batch_size"]
    if batch == 1:
        return say("Measuring {engine}: {hidden} units, one digit at a time", engine=engine, hidden=hidden)
    return say("Measuring {engine}: {hidden} units, batches of {batch}", engine=engine, hidden=hidden, batch=batch)


def _offer(ticket: Ticket | None) -> None:
    """The button, what it will measure, and what became of the last time."""
    left, right = _row()
    with right.popover(say("What to measure"), icon=":material/tune:", width="stretch",
                       help=say("How large the networks are, how often each is measured, and on what.")):  # fmt: skip
        _choices()
    again = bool(ticket and ticket.events)
    left.button(say("Measure again") if again else say("Measure this computer"), type="primary", key="measure-start",
                icon=":material/timer:", disabled=shared.jobs().devices() is None, width="stretch",
                help=say("Train with each engine for a moment, alone on this computer, and take the time. Some minutes."),
                on_click=told(_start, MEASUREMENT, once=True))  # fmt: skip
    if error := refusal(MEASUREMENT) or (ticket and ticket.error):
        st.error(say(error), icon=":material/error:")
    elif ticket and ticket.stopped:
        st.caption(say("It was stopped. What had been measured until then is shown."))
    else:
        taichi_remark()


def _choices() -> None:
    st.pills(say("Units"), SIZES, selection_mode="multi", default=list(SIZES),
             help=say("How large the networks are that are measured. Larger ones take longer, and gain more from a fast engine."),
             key=CHOSEN_SIZES,
             persist_state="session")  # fmt: skip
    st.radio(
        say("Turns"),
        list(TURNS),
        format_func=lambda turns: say(TURNS[turns]),
        index=1,
        help=say("How often each is measured. More turns take longer, and chance counts for less."),
        key=CHOSEN_TURNS,
        persist_state="session",
    )
    device_choice(DEVICE)


def _start() -> None:
    """Measure what is chosen at this moment."""
    sizes = sorted(st.session_state[CHOSEN_SIZES])
    if not sizes:
        raise DigitLabError("Choose at least one number of units under What to measure.")
    argv = command(sizes, st.session_state[CHOSEN_TURNS], chosen_device(DEVICE))
    shared.jobs().begin(MEASUREMENT, argv, owner=visitor.owner())


def command(sizes: Sequence[int], turns: int, device: str | None) -> list[str]:
    """What the process is told; without a device for Taichi it measures NumPy alone."""
    argv = [
        "core",
        "bench",
        "--json-lines",
        "--blog",
        "--repeats",
        str(turns),
        "--threads",
        str(threads_of(alone=True)),
        "--engine",
        "numpy",
    ]
    if device:
        argv += ["--engine", "taichi", "--device", device]
    return argv + [word for size in sizes for word in ("--hidden", str(size))] + ["--batch-size", "1",
                                                                               "--batch-size", str(BATCH)]  # fmt: skip


def _sentences(rows: Rows, live: bool) -> None:
    """Two sentences, in a place that is as high before they are there, once something is measured."""
    with st.container(key="measure-sentences" if live or rows else "measure-not-yet"):
        said = [say(sentence) for sentence in (one_at_a_time(rows), in_batches(rows)) if sentence]
        st.markdown("\n\n".join(said) if said else say(EMPTY))


def _charts(rows: Rows) -> None:
    theme = visitor.theme()
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(say("**One digit at a time**: seconds for an epoch"))
        figure = engine_charts.times(lines_of(rows, 1), theme)
        st.plotly_chart(figure, config=charts.CONFIG, key="times-1", alt=say("Seconds over units, one at a time"))
    with right:
        st.markdown(say("**Batches of {batch}**: seconds for an epoch", batch=BATCH))
        figure = engine_charts.times(lines_of(rows, BATCH), theme)
        st.plotly_chart(figure, config=charts.CONFIG, key="times-128", alt=say("Seconds over units, in batches"))


def lines_of(rows: Rows, batch_size: int) -> Sequence[tuple[str, str, str, Mapping[int, float]]]:
    """The chart's lines. The earlier system had no batches: its own times stand beside one digit at a time."""
    theirs = {name: say("{engine}, theirs", engine=engine) for name, engine in NAMES.items() if batch_size == 1}
    here = {name: say("{engine}, here", engine=engine) for name, engine in NAMES.items()}
    return [
        *((title, NAMES[name], "dash", THEIRS[name]) for name, title in theirs.items()),
        *((title, NAMES[name], "solid", times(rows, name, batch_size)) for name, title in here.items()),
    ]


def table(rows: Rows) -> str:
    """All seconds per epoch as a table: theirs, their loops run here, and ours."""
    lines = [
        (say("**The earlier system**, its own figures"), None),
        (say("NumPy, one at a time"), THEIRS["numpy"]),
        (say("Taichi, one at a time"), THEIRS["taichi"]),
        (say("**The earlier system’s loops**, run here"), None),
        (say("NumPy, one at a time"), times(rows, "blog", 1)),
        (say("Taichi, one at a time"), times(rows, BLOG_TAICHI, 1)),
        (say("**Digit Lab’s engines**, here"), None),
        (say("NumPy, one at a time"), times(rows, "numpy", 1)),
        (say("Taichi, one at a time"), times(rows, "taichi", 1)),
        (say("NumPy, batches of {batch}", batch=BATCH), times(rows, "numpy", BATCH)),
        (say("Taichi, batches of {batch}", batch=BATCH), times(rows, "taichi", BATCH)),
    ]
    what = say("Seconds per epoch with so many units:")
    head = f"| {what} | {' | '.join(map(str, SIZES))} |\n|---|--:|--:|--:|"
    return "\n".join([head, *(f"| {name} | {' | '.join(_cells(found))} |" for name, found in lines)])


def _cells(found: Mapping[int, float] | None) -> list[str]:
    return ["" if found is None else figures(found[size]) if size in found else "–" for size in SIZES]


def figures(value: float) -> str:
    """14.2, 3.4, 0.21: to a tenth of a second, and what takes less than one to a hundredth."""
    return say("{seconds:.1f}", seconds=value) if value >= 0.995 else say("{seconds:.2f}", seconds=value)


def _circumstances(rows: Rows) -> str:
    """Under what conditions the rows were measured."""
    if not rows:
        return say(LEGEND)
    row = rows[-1]
    said = [
        say(
            "An epoch is {samples:,} digits. Everyone had {threads} (one core is left to these pages) and took {turns}; "
            "one at a time is scaled up from 2,000 digits.",
            samples=row["samples"],
            threads=say_many("one thread", "{count} threads", row["threads"]),
            turns=say_many("one turn", "{count} turns", row["repeats"]),
        ),
        say(LEGEND),
    ]
    if row["data"] != "mnist":
        said.append(say(NOISE))
    if spread := unsteady(rows):
        said.append(f":orange[{say(UNSTEADY, spread=100 * spread)}]")
    return " ".join(said)
