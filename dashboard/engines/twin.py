"""Do they agree, on the Speed page: are the sums right, and do both engines learn the same? A sentence first, then numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import streamlit as st

from core.bench.twin import Finding, part_of
from core.jobs.executor import CHECK
from core.jobs.queue import Ticket
from core.messages import N_, Message
from dashboard import shared, visitor, words
from dashboard.parts.refusals import refusal, told
from dashboard.parts.taichi import chosen_device, device_choice, taichi_remark
from dashboard.parts.watch import watch
from dashboard.say import say

DEVICE = "twin_device"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WHAT_IT_DOES = N_("""
Fast is worth nothing if it is wrong. From its mistakes a program works out how to change each weight: here those **sums**
are checked the slow way, by nudging each weight and looking at the error again. Then both programs train the same network
from the same start, and what they learned is compared, weight by weight, on this computer.
""")
SUMS_ARE_RIGHT = N_("All is well: the sums are right.")
ALL_WELL = N_("All is well: the sums are right, and both engines learn the same.")
EMPTY = N_("Press **Check now**: it takes some ten seconds, and then it says here whether they agree.")
NOT_WELL = N_("Something is wrong here: {count} of {total} comparisons differ by more than they may. Please report it.")


def twin_check() -> None:
    """The panel that compares."""
    watch(CHECK, _panel)


def _panel(ticket: Ticket | None, live: bool) -> None:
    st.markdown(say(WHAT_IT_DOES))
    device_choice(DEVICE)
    st.button(say("Check now"), type="primary", icon=":material/compare_arrows:",
              help=say("Let both engines do the same sums, and compare what comes out."),
              key="twin-start",
              disabled=live or shared.jobs().devices() is None,
              on_click=told(_start, CHECK, once=True))  # fmt: skip
    events = list(ticket.events) if ticket else []
    if ticket and live:
        _progress(ticket, events)
    if error := refusal(CHECK) or (ticket and ticket.error):
        st.error(say(error), icon=":material/error:")
    taichi_remark()
    findings = [msgspec.convert(event["finding"], Finding) for event in events if "finding" in event]
    if not events and not live:
        st.caption(say(EMPTY))
    if findings and not live and ticket and not ticket.error:
        _verdict(findings)
    if findings:
        _numbers(findings)


def _start() -> None:
    shared.jobs().begin(CHECK, command(chosen_device(DEVICE)), owner=visitor.owner())


def command(device: str | None) -> list[str]:
    """What the process is told."""
    return ["core", "twin-check", "--json-lines", *(("--device", device) if device else ("--no-taichi",))]


def _progress(ticket: Ticket, events: Sequence[Mapping[str, Any]]) -> None:
    if place := shared.jobs().queue.place(ticket):
        st.progress(0.0, words.in_line(place))
        return
    steps = [event for event in events if "done" in event]
    share = steps[-1]["done"] / steps[-1]["total"] if steps else 0.0
    now = msgspec.convert(steps[-1]["now"], Message) if steps else Message(N_("starting"))
    st.progress(
        share, say("Comparing: {now}. Taichi compiles its kernels first, which can take some seconds.", now=now)
    )


def _verdict(findings: list[Finding]) -> None:
    if wrong := sum(not finding.passed for finding in findings):
        st.error(say(NOT_WELL, count=wrong, total=len(findings)), icon=":material/error:")
    else:
        twins = any(finding.compares_engines for finding in findings)
        st.success(say(ALL_WELL) if twins else say(SUMS_ARE_RIGHT), icon=":material/check:")


def _numbers(findings: list[Finding]) -> None:
    """For whoever wants to know; opened where something is wrong."""
    wrong = any(not finding.passed for finding in findings)
    with st.expander(
        say("More: what was compared, and by how much it differs"), icon=":material/functions:", expanded=wrong
    ):
        for finding in findings:
            _show(finding)


def _show(finding: Finding) -> None:
    """One comparison: the number, what it may be at most, and a sentence."""
    with st.container(border=True):
        left, right = st.columns([1, 2.6], vertical_alignment="center")
        sign = ":material/check:" if finding.passed else ":material/error:"
        left.metric(say("Largest difference"), power_of_ten(finding.difference), help=say(part_of(finding.difference)))
        left.caption(say("may be at most {bound}", bound=power_of_ten(finding.bound)))
        right.markdown(f"{sign} **{say(finding.title)}**\n\n{say(finding.meaning)}")


def power_of_ten(value: float) -> str:
    """2.6 × 10⁻¹⁰."""
    if value == 0.0:
        return "0"
    if value != value:
        return "?"
    figures, exponent = f"{value:.1e}".split("e")
    return say("{figures:.1f} × 10", figures=float(figures)) + str(int(exponent)).translate(SUPERSCRIPTS)
