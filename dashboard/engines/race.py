"""Race, on the Engines page: the same settings and seed on NumPy and then on Taichi, in one chart over time."""

import streamlit as st

from core.bench.race import GOALS, Lap, lap, seconds, verdict
from core.config import Config
from core.datasets import available, needs_mnist
from core.errors import DigitLabError
from core.jobs.racing import Race
from core.messages import N_
from core.training.recipes import RECIPES, offered_recipes
from dashboard import shared, visitor, words
from dashboard.engines import charts as engine_charts
from dashboard.look import charts
from dashboard.parts.fields import number_field, number_in
from dashboard.parts.mnist import get_mnist
from dashboard.parts.refusals import fragment, refusal, told
from dashboard.parts.taichi import chosen_device, device_choice, taichi_devices, taichi_remark
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import say

RACE = "race"  # the place where it is said why none began
RECIPE, EPOCHS, DEVICE = "race_recipe", "race_epochs", "race_device"
MOST_EPOCHS = 50
WHAT_IT_IS = N_(
    "The same network learns twice, from the same start and in the same order: first with NumPy, then with Taichi. "
    "Both become runs, which the Train page keeps."
)
CLOCK = N_("Thin lines: digits as it learns from them. Marks: new digits, after each epoch; these count.")
NOT_YOURS = N_("Another visitor began this race. Only they can stop it.")
EMPTY = N_("Start the race, and two curves grow here.")


def race() -> None:
    """The panel; it refreshes itself as long as a race goes on."""
    going = shared.jobs().race
    live = bool(going and going.running)
    form, track = st.columns([1, 1.9], gap="large")
    with form:
        st.markdown(say(WHAT_IT_IS))
        missing = _recipe()
        _buttons(live, missing)
        number_field(say("Epochs"), EPOCHS, configuration, step=1.0, help=say(words.HELP["epochs"]))
        device_choice(DEVICE)
        taichi_remark()
    with track:
        fragment(_track, run_every=REFRESH_SECONDS if live else None)(live)


def _recipe() -> bool:
    """The choice of settings; whether their digits are missing."""
    if RECIPE not in st.session_state:
        st.session_state[RECIPE] = "quick" if available("mnist") else "small"
        _fill_in()
    st.selectbox(say("Settings"), offered_recipes(), format_func=lambda name: say(RECIPES[name].title), key=RECIPE,
                 on_change=told(_fill_in), help=say(words.HELP["recipe"]), persist_state="session")  # fmt: skip
    st.caption(say(RECIPES[st.session_state[RECIPE]].sentence))
    if missing := needs_mnist(RECIPES[st.session_state[RECIPE]].config.training.dataset):
        get_mnist(say("The MNIST digits are not on this computer yet."))
    return missing


def _fill_in() -> None:
    epochs = RECIPES[st.session_state[RECIPE]].config.training.epochs
    st.session_state[EPOCHS] = float(min(epochs, MOST_EPOCHS))


def configuration() -> Config:
    """What the two would train now, as the form holds it at this moment."""
    epochs = number_in(say("Epochs"), EPOCHS)
    if epochs > MOST_EPOCHS:
        raise DigitLabError("Epochs must be at most {most} in a race, not {epochs:,}.", most=MOST_EPOCHS, epochs=epochs)
    return RECIPES[st.session_state[RECIPE]].config.with_training(epochs=epochs)


def _start() -> None:
    config, device = configuration(), chosen_device(DEVICE)
    if device is None:
        raise DigitLabError("A race needs Taichi, and it cannot be used here.")
    shared.jobs().start_race(config, device, owner=visitor.owner())


def _stop() -> None:
    if not _is_mine():  # a browser can send any click
        raise DigitLabError(NOT_YOURS)
    shared.jobs().stop_race(by=visitor.owner())


def _is_mine() -> bool:
    going = shared.jobs().race
    return going is not None and visitor.owns(going.runs[-1])


def _buttons(live: bool, missing: bool) -> None:
    if live:
        st.button(say("Stop the race"), icon=":material/stop:",
                  help=say("End the present run, and begin no other. What both have learned is kept."),
                  key="race-stop", width="stretch", disabled=not _is_mine(),
                  on_click=told(_stop))  # fmt: skip
    else:
        st.button(say("Start the race"), type="primary", icon=":material/flag:",
                  help=say("Train with NumPy, and then with Taichi, from the same start, alone on this computer."),
                  key="race-start", width="stretch",
                  disabled=missing or not taichi_devices(), on_click=told(_start, RACE, once=True))  # fmt: skip
    if error := refusal(RACE):
        st.error(say(error), icon=":material/error:")


def _track(was_live: bool) -> None:
    going = shared.jobs().race
    if was_live and not (going and going.running):
        st.rerun()
    laps = laps_of(going)
    st.markdown(f"**{_now(going, laps)}**")
    figure = engine_charts.race(laps, visitor.theme(), until=_until(going, laps))
    st.plotly_chart(figure, config=charts.CONFIG, key="race",
                    alt=say("Accuracy over the seconds of training, both engines"))  # fmt: skip
    st.caption(say(CLOCK))
    st.markdown(table(going, laps))
    if going and not going.running and len(laps) == 2 and all(run.status().state == "finished" for run in going.runs):
        st.markdown(" ".join(say(sentence) for sentence in verdict(laps)))


def laps_of(going: Race | None) -> list[Lap]:
    """What the race's runs have shown so far."""
    return [
        lap(name, run.events()[0]) for name, run in zip(engine_charts.LOOK, going.runs if going else [], strict=False)
    ]


def _now(going: Race | None, laps: list[Lap]) -> str:
    """Where the race stands, in a line."""
    if going is None:
        return say(EMPTY)
    if going.error:
        return say(going.error)
    name, status = list(engine_charts.LOOK)[len(laps) - 1], going.runs[-1].status()
    if place := shared.jobs().place(going.runs[-1]):
        return say("{engine}. {place}", engine=name, place=words.in_line(place))
    if going.running and going.stopped:
        return say("{engine} stops after its present batch.", engine=name)
    if status.active and status.phase != "training":
        phase = words.phase(status, going.runs[-1].config().training.engine)
        return say("{engine}: {phase}", engine=name, phase=phase)
    if status.active and laps[-1].points:
        epoch, epochs = len(laps[-1].marks) + 1, going.configs[0].training.epochs
        return say("{engine} is on its way, epoch {epoch} of {epochs}", engine=name, epoch=epoch, epochs=epochs)
    if status.active:
        return say("{engine} is on its way", engine=name)
    if status.state == "finished" and len(laps) == 2:
        return say("The race is over.")
    if status.state == "finished" and going.running:
        return say("{engine} has finished; Taichi is next.", engine=name)
    if status.state == "finished":
        return say("The race was stopped before Taichi began.")
    return say("The race ended early. {engine}: {reason}", engine=name, reason=status.reason or "")


def _until(going: Race | None, laps: list[Lap]) -> float:
    """The end of the axis: room for all epochs at the pace of the slower one, in steps that come seldom; never less."""
    if going is None:
        return 5.0
    epochs = going.configs[0].training.epochs
    ends = [lap.marks[-1][0] / len(lap.marks) * epochs for lap in laps if lap.marks] + [lap.seconds for lap in laps]
    going.axis = max(going.axis, engine_charts.nice_ceiling(1.02 * max(ends, default=1.0)))
    return going.axis


def table(going: Race | None, laps: list[Lap]) -> str:
    """Preparation, time to each goal and time in all, for both; a dash where there is none yet."""
    names = list(engine_charts.LOOK)
    prepared = dict(zip(names, going.prepared if going else [], strict=False))
    known = {lap.name: lap for lap in laps}
    lines = [(say("getting ready"), [prepared.get(name) for name in names])]
    lines += [
        (
            say("to {percent:.0f} % right", percent=100 * goal),
            [known[name].reached(goal) if name in known else None for name in names],
        )
        for goal in GOALS
    ]
    lines.append((say("whole training"), [known[name].seconds or None if name in known else None for name in names]))
    head = f"| | {' | '.join(names)} |\n|---|--:|--:|"
    return "\n".join([head, *(f"| {what} | {' | '.join(_cell(value) for value in row)} |" for what, row in lines)])


def _cell(value: float | None) -> str:
    return "–" if value is None else say(seconds(value))
