"""What one visitor may ask for: checked by the server when work is handed in, whatever a form has let through."""

from core.config import Config
from core.datasets.uploads import brought_by, file_of
from core.errors import DigitLabError
from core.messages import N_
from core.runs import keeping
from core.runs.glances import glances
from core.runs.record import HOUSE
from core.runs.run import open_run
from core.settings import NONE, settings
from core.sweep.sweep import Sweep, list_sweeps

DAYS_FOR_ALL = 1.0  # that a run stays, whatever others bring
TOO_MUCH = {
    "epochs": N_("This server trains for at most {most:,} epochs, not {asked:,}."),
    "units": N_("This server trains networks of at most {most:,} units between picture and answers, not {asked:,}."),
    "weights": N_("This server trains networks of at most {most:,} weights, not {asked:,}. Choose smaller layers."),
}
TOO_MANY_RUNS = N_("You have {count} runs here. Delete one that you do not need first.")
RUNS_TOO_LARGE = N_(
    "Your runs take {megabytes:,.0f} MB here, and {most:,} may be kept. Delete one that you do not need first."
)
NO_ROOM_IN_ALL = N_("This server keeps as many runs as it can for today. Try again tomorrow, or ask whoever runs it.")
TOO_MANY_SWEEPS = N_("You have {count} sweeps here. Delete one that you do not need first.")
SWEEPS_OF_ALL = N_("This server keeps {count} sweeps of its visitors, and no more. Try again later.")
SWEEP_TOO_LARGE = N_(
    "That would be {count} trainings, and there is room for {left} more runs of yours here. Leave out some values or seeds, or "
    "delete runs that you do not need."
)
TOO_MANY_UPLOADS = N_("You have brought {count} sets of digits, and no more are kept. Remove one first.")
UPLOADS_TOO_LARGE = N_(
    "With these, what you have brought would take {megabytes:,.0f} MB, and {most:,} are kept. Remove some first, or bring less."
)


def check(config: Config) -> None:
    """Raise `DigitLabError` where a training is more than this server allows."""
    allowed = settings()
    asked = {
        "epochs": config.training.epochs,
        "units": sum(config.network.hidden),
        "weights": config.network.parameter_count,
    }
    for name, value in asked.items():
        if value > (most := getattr(allowed, name)):
            raise DigitLabError(TOO_MUCH[name], most=most, asked=value)


def check_room(owner: str) -> None:
    """Raise `DigitLabError` where this owner keeps as many runs as this server allows, or as large ones."""
    allowed = settings()
    if owner in HOUSE or min(allowed.kept_runs, allowed.run_megabytes) == NONE:
        return
    own = [glance.id for glance in glances() if glance.record.owner == owner]
    if len(own) >= allowed.kept_runs:
        raise DigitLabError(TOO_MANY_RUNS, count=len(own))
    megabytes = sum(keeping.size_of(open_run(run_id)) for run_id in own) / 1e6
    if megabytes >= allowed.run_megabytes:
        raise DigitLabError(RUNS_TOO_LARGE, megabytes=megabytes, most=allowed.run_megabytes)
    if not keeping.has_room(**room_in_all()):
        raise DigitLabError(NO_ROOM_IN_ALL)


def room_in_all() -> dict[str, float]:
    """What the runs of all may take (`keeping.prune`): a new one makes room of old ones, and of none that are from today.

    Else one visitor, who can come as many, could do away with everybody's.
    """
    allowed = settings()
    return {"most": allowed.kept_runs_in_all, "bytes": 1e6 * allowed.run_megabytes_in_all, "days": DAYS_FOR_ALL}


def check_sweep(owner: str, runs: int) -> None:
    """Raise `DigitLabError` where this owner may not begin a sweep of so many runs: for them to be kept there must be room."""
    allowed = settings()
    if owner in HOUSE:
        return
    sweeps = list_sweeps()
    own = [sweep for sweep in sweeps if _owner_of(sweep) == owner]
    if len(own) >= allowed.sweeps:
        raise DigitLabError(TOO_MANY_SWEEPS, count=len(own))
    if len(sweeps) >= allowed.sweeps_in_all:
        raise DigitLabError(SWEEPS_OF_ALL, count=len(sweeps))
    left = allowed.kept_runs - sum(glance.record.owner == owner for glance in glances())
    if runs > left:
        raise DigitLabError(SWEEP_TOO_LARGE, count=runs, left=max(int(left), 0))
    check_room(owner)


def _owner_of(sweep: Sweep) -> str:
    try:
        return sweep.about().owner
    except DigitLabError:  # a damaged one is nobody's
        return ""


def room_for_uploads(owner: str, size: int) -> float:
    """Bytes that this owner's next digits may take here, unpacked.

    Raises `DigitLabError` where they have as many sets as this server keeps, or where the files, of so many bytes, are more.
    """
    allowed, own = settings(), brought_by(owner)
    if len(own) >= allowed.uploads:
        raise DigitLabError(TOO_MANY_UPLOADS, count=len(own))
    room = 1e6 * allowed.upload_megabytes - _bytes_of(own)
    if size > room:
        raise _too_large(_bytes_of(own) + size)
    return room


def check_brought(owner: str) -> None:
    """Raise `DigitLabError` where this owner has brought more digits than this server keeps: several may come at once."""
    allowed, own = settings(), brought_by(owner)
    if len(own) > allowed.uploads:
        raise DigitLabError(TOO_MANY_UPLOADS, count=len(own) - 1)
    if (size := _bytes_of(own)) > 1e6 * allowed.upload_megabytes:
        raise _too_large(size)


def _bytes_of(names: list[str]) -> int:
    return sum(file_of(name).stat().st_size for name in names)


def _too_large(size: float) -> DigitLabError:
    return DigitLabError(UPLOADS_TOO_LARGE, megabytes=size / 1e6, most=settings().upload_megabytes)
