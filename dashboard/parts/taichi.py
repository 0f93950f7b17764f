"""What Taichi can compute on here: the choice among it, and what is said where there is nothing. Taichi itself is never
imported in this process; `core.engines.devices` tries it in another one."""

import streamlit as st

from core.engines.devices import Device
from dashboard import shared, words
from dashboard.parts.refusals import fragment
from dashboard.say import say

LOOK_AGAIN = 0.5  # seconds, while the devices are being tried


def taichi_devices() -> list[Device]:
    """What Taichi can compute on here, the processor first; nothing as long as that is being tried."""
    return [device for device in shared.jobs().devices() or [] if device.available]


def device_choice(key: str) -> None:
    """A choice of where Taichi shall compute, where there is one; `chosen_device` says what it is."""
    titles = {device.name: device.title for device in taichi_devices()}
    if len(titles) > 1:
        st.selectbox(say("Taichi computes on"), list(titles), format_func=lambda name: say(titles[name]), key=key,
                     persist_state="session", help=say(words.HELP["device"]))  # fmt: skip


def chosen_device(key: str) -> str | None:
    """Where Taichi shall compute, as chosen at this moment: the first device where nothing was, None where there is none."""
    names = [device.name for device in taichi_devices()]
    chosen = st.session_state.get(key)
    return chosen if chosen in names else next(iter(names), None)


def taichi_remark() -> None:
    """Say why Taichi cannot be used, where it cannot; as long as that is being tried, say so and look again."""
    waiting = shared.jobs().devices() is None
    fragment(_taichi_remark, run_every=LOOK_AGAIN if waiting else None)(waiting)


def _taichi_remark(was_waiting: bool) -> None:
    found = shared.jobs().devices()
    if was_waiting and found is not None:
        st.rerun()
    if found is None:
        st.caption(say(words.TRYING_DEVICES))
    elif not taichi_devices():
        st.info(say(words.NO_TAICHI, reason=found[0].reason or ""), icon=":material/info:")
