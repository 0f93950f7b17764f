"""Who this is: what belongs to one visitor, under typed keys of the session, and what of it stands in the URL."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.catalog import DEFAULT, RUN_NAME, is_moment, runs_that_read, shipped_models
from core.errors import DigitLabError
from core.jobs.limits import is_hosted
from core.models import given
from core.models.model import Model
from core.runs import keys, links
from core.runs.glances import Glance, glances
from core.runs.record import HOUSE, Record
from core.runs.run import RECORDING, Run, open_run
from core.sweep.sweep import About, find, id_in, is_shown
from core.teach.copies import copies_of, delete_copy, is_copy, keep_copy, model_before, owner_of
from dashboard import cookie

MODEL, RUN, SWEEP = "model", "run", "sweep"  # keys of the pickers, and their names in the URL
SEE = "see"  # in the URL: what proves that the run or the sweep in it may be seen (`dashboard.sharing`)
RUNS_ON_OFFER = 50  # in the list of models
LOCAL = "local"  # who owns what is begun on the computer that the server runs on: all its visitors are one

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """A place for one value in each visitor's session.

    Attributes
    ----------
    name : of the place; nothing else in the session has it.
    first : makes what lies there before anything is put.
    """

    name: str
    first: Callable[[], T]

    def get(self) -> T:
        return st.session_state.setdefault(self.name, self.first())

    def put(self, value: T) -> None:
        st.session_state[self.name] = value


PAGE: Key[str] = Key("_page", str)
VISIT: Key[int] = Key("_visit", int)
WANTED: Key[dict[str, str]] = Key("_wanted", dict)  # what a button chose in a picker, until that has been drawn with it
COPIES: Key[list[str]] = Key("_copies", list)  # taught copies that this visitor has kept
GONE: Key[dict[str, int]] = Key("_gone", dict)  # what a link named and is not here, by the visit in which that was
OWNER: Key[str] = Key("_owner", str)
HAS_COOKIE: Key[bool] = Key("_has_cookie", bool)  # whether a cookie says who this is
SEEN: Key[dict[str, str]] = Key("_seen", dict)  # what others have shown to this visitor by a link: of which generation


def owner() -> str:
    """Whose work is begun here: an id that says nothing of the visitor and that no other can guess.

    On one's own machine all tabs are one owner. Elsewhere, and with `DIGITLAB_HOSTED=1`, a browser is, by its cookie; one that
    keeps none is another owner with each tab, until that is reloaded. Who a tab is it stays.
    """
    behind_proxy = {"X-Forwarded-For", "Forwarded"} & set(st.context.headers.keys())
    address = st.context.ip_address  # None for this computer, as Streamlit sees it
    if not (is_hosted() or behind_proxy or address and not cookie.is_this_computer(address)):
        return LOCAL
    if OWNER.name not in st.session_state:
        known = cookie.who(st.context.cookies)
        HAS_COOKIE.put(known is not None)
        OWNER.put(known or secrets.token_hex(8))
    return OWNER.get()


def holds(about: Record) -> bool:
    """Whether this visitor is an owner of the run of this record: who began it or was given it, or sits at the computer."""
    return owner() in (LOCAL, about.owner, *about.owners)


def owns(run: Run) -> bool:
    """Whether this visitor may steer, rename and delete a run."""
    return holds(run.record())


def is_me(who: str) -> bool:
    """Whether what has this owner is this visitor's."""
    return owner() in (LOCAL, who)


def may_see(run_id: str, about: Record) -> bool:
    """Whether this visitor may know of a run: their own, the house's, and those that a link of it or of its sweep has shown."""
    return _may_see_by_itself(run_id, about) or is_shown(run_id, about.series, SEEN.get())


def _may_see_by_itself(run_id: str, about: Record) -> bool:
    return holds(about) or about.owner in HOUSE or SEEN.get().get(run_id) == about.links


def may_see_sweep(sweep_id: str, about: About) -> bool:
    """The same for a sweep."""
    return is_me(about.owner) or about.owner in HOUSE or SEEN.get().get(sweep_id) == about.links


def sweep_in_sight(series: str) -> str:
    """The sweep that the runs of a series are of, where it is here and this visitor may see it; else ""."""
    try:
        return sweep_id if (sweep_id := id_in(series)) and may_see_sweep(sweep_id, find(sweep_id).about()) else ""
    except DigitLabError:
        return ""


def let_see(which: str, about: links.Linked) -> None:
    """Let this visitor, who has opened a link of this run or sweep, see it until its owner makes new ones."""
    SEEN.get()[which] = about.links


def is_in_sight(name: str) -> bool:
    """Whether this visitor may use the network of this name, where it is a run's or one that a run had on its way."""
    run_id = name.partition("@")[0]
    if run_id == RECORDING or not RUN_NAME.fullmatch(run_id):
        return True
    try:
        return may_see(run_id, open_run(run_id).record())
    except DigitLabError:
        return False


def runs_in_sight() -> list[Glance]:
    """The runs that this visitor's lists show, the newest first: all on one's own computer, elsewhere those they may see."""
    return [each for each in glances() if may_see(each.id, each.record)]


def theme() -> str:
    """ "light" or "dark", as the visitor's browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def enter(page: str) -> None:
    """Note that the visitor is on this page; coming to another page is a new visit."""
    if PAGE.get() != page:
        PAGE.put(page)
        VISIT.put(visit() + 1)


def visit() -> int:
    """Counts the visitor's changes of page: what a browser forgets with a page must be put there again."""
    return VISIT.get()


def chosen(key: str, options: list[str], default: str | None) -> str | None:
    """A picker's value before it is drawn: this visitor's choice, else the URL's, else the default.

    The URL is only believed when it names one of the options. Call it before the picker and `keep` after it.
    """
    value = asked_for(key)
    if value is not None and value not in options and value == st.query_params.get(key):
        GONE.get()[key] = visit()
    st.session_state[key] = value if value in options else default
    return st.session_state[key]


def asked_for(key: str) -> str | None:
    """What a picker shall show if it is on offer: what a button chose, else this visitor's choice, else the URL's.

    Who goes back or forward asks for what the URL says, and for nothing else.
    """
    if went_back():
        forget(key)
        return st.query_params.get(key)
    return WANTED.get().get(key) or st.session_state.get(key, st.query_params.get(key))


def went_back() -> bool:
    """Whether the page is drawn because the visitor went back or forward in the browser."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def is_gone(key: str) -> bool:
    """Whether the URL named something in this visit that is not on offer."""
    return GONE.get().get(key) == visit()


def keep(key: str, default: str | None) -> None:
    """Write a picker's value into the URL, so that a reload or a sent link finds it again. The picker has been drawn."""
    keep_all({key: default})


def keep_all(defaults: Mapping[str, str | None]) -> None:
    """The same for several pickers that belong together: one choice is one step of the browser's Back button."""
    written = st.query_params.to_dict()
    kept = dict(written)
    for key, default in defaults.items():
        forget(key)
        value = st.session_state.get(key)
        if value is None or value == default:
            kept.pop(key, None)
        else:
            kept[key] = value
    if {RUN, SWEEP} & kept.keys() and owner() != LOCAL and not HAS_COOKIE.get() and (proof := _proof(kept)):
        kept[SEE] = proof  # after a reload nothing else says that it was theirs
    if kept != written:
        st.query_params.from_dict(kept)


def _proof(kept: Mapping[str, str]) -> str:
    """What lets who passes the address on see its sweep, or else its run.

    "" where this visitor may not, for any id can stand in an address. Who sees a run as one of a sweep has no proof of it alone
    to give: that would still work when the sweep's link is taken back.
    """
    try:
        if SWEEP in kept:
            sweep = find(kept[SWEEP])
            about = sweep.about()
            return links.proof(keys.WATCH, sweep.id, about) if may_see_sweep(sweep.id, about) else ""
        record = open_run(run_id := kept[RUN]).record()
    except DigitLabError:
        return ""
    return links.proof(keys.WATCH, run_id, record) if run_id != RECORDING and _may_see_by_itself(run_id, record) else ""


def want(key: str, value: str) -> None:
    """Choose in a picker by a button.

    To set the picker's own key is not enough: where the page is drawn anew before the picker has reached the browser, the
    browser's older choice comes back with the next message and takes its place.
    """
    WANTED.get()[key] = value


def forget(key: str) -> None:
    """Forget what a button chose in a picker: it has been drawn with it, or a hand has chosen since."""
    WANTED.get().pop(key, None)


def is_wanted(key: str) -> bool:
    """Whether a button has chosen in a picker since the whole page was drawn; a fragment then lets it be drawn again."""
    return key in WANTED.get()


def drop(key: str) -> None:
    """Forget a choice wholly, in the URL too: what was chosen is not there any more."""
    forget(key)
    st.session_state.pop(key, None)
    if key in st.query_params:
        del st.query_params[key]


def in_url() -> dict[str, str]:
    """What a link to another page carries, so that this page need not write it there: one step less on the way back."""
    name = model_in_use()
    return {} if name == DEFAULT else {MODEL: name}


def model_names() -> list[str]:
    """Models to choose from: the shipped ones, this visitor's taught copies and files, then those of runs, the newest first.

    A run whose network cannot be read, or only guesses, is not among them: the Train page says so of it. An old one, or
    one that a link names, is among them when it is asked for: each page sends the whole list.
    """
    readers, sight, wanted = (
        [run.id for run in runs_that_read()],
        {each.id for each in runs_in_sight()},
        asked_for(MODEL),
    )
    runs = [run_id for run_id in readers if run_id in sight][:RUNS_ON_OFFER]
    linked = [wanted] if wanted in readers and wanted not in runs and is_in_sight(wanted) else []
    return [*shipped_models(), *taught_copies(), *given_models(), *_past(), *runs, *linked]


def _past() -> list[str]:
    """The network as it was earlier that is in use, or that a button or the URL asks for."""
    name = asked_for(MODEL)
    return [name] if name and is_in_sight(name) and (is_moment(name) or name == RECORDING) else []


def model_in_use() -> str:
    """The name of the model that this visitor has chosen."""
    return st.session_state[MODEL]


def use_model(name: str) -> None:
    """Choose a model for this visitor, from the next run of the whole page on."""
    want(MODEL, name)


def another_model_wanted() -> bool:
    """Whether `use_model` has been called since the whole page was drawn."""
    return is_wanted(MODEL)


def taught_copies() -> list[str]:
    """The taught copies that this visitor has kept, and the one in the URL: its id cannot be guessed."""
    kept = COPIES.get()
    if owner() != LOCAL:
        kept += [name for name in copies_of(owner()) if name not in kept]  # after a reload
    named = st.query_params.get(MODEL)
    if named and named not in kept and is_copy(named):
        kept.append(named)
    return [name for name in kept if is_copy(name)]


def keep_taught(taught: Model, before: str) -> None:
    """Keep a taught copy of the model `before`, and use it from the next run of the whole page on."""
    name = keep_copy(taught, before, owner())
    COPIES.get().append(name)
    use_model(name)


def given_models() -> list[str]:
    """The models that this visitor gave in a file, and the one in the URL: its name cannot be guessed."""
    own = given.given_by(owner())
    named = st.query_params.get(MODEL, "")
    return own if named in own or not given.is_given(named) else [*own, named]


def keep_given(model: Model) -> None:
    """Keep a model that came in a file, and use it from the next run of the whole page on."""
    use_model(given.keep(model, owner()))


def remove_given(name: str) -> None:
    """Let go of a model that this visitor gave, and go back to the usual one."""
    given.remove(name, owner())
    drop(MODEL)
    use_model(DEFAULT)


def undo_taught(name: str) -> None:
    """Go back to the model before a taught copy, and delete the copy; who was given its link lets go of it alone."""
    before = model_before(name)
    if is_me(owner_of(name)):
        delete_copy(name)
    elif name in COPIES.get():
        COPIES.get().remove(name)
        drop(MODEL)
    use_model(before if before in model_names() or is_moment(before) else DEFAULT)
