"""What was reproduced, as the README and a page show it: a row a tutorial's recipe, and a row an aim of ours."""

from core.bench.reproduction import Reproduced, Trained, tutorials
from core.config import Config
from core.messages import N_, Message, message
from core.scores.luck import Spread
from core.sentences import fine_share
from core.training.aims import AIMS
from core.training.recipes import RECIPES

MARKS = "<!-- reproduced -->\n", "<!-- end of reproduced -->"
COLUMNS = (N_("Recipe"), N_("Reported"), N_("Its own code, run again"), N_("Here, mean of the seeds"), N_("Spread of one"),
           N_("Seconds"), N_("Ours in that time"))  # fmt: skip
AIM_COLUMNS = (
    N_("Aim"),
    N_("Within"),
    N_("Took, mean of the seeds"),
    N_("Test digits right, mean"),
    N_("Lowest to highest"),
)
AS_REPORTED = N_("{share}, as here give or take luck")
BETTER_HERE = N_("{share}, here more")
LESS_HERE = N_("{share}, here less")
NOTHING = N_("–")


def reported(found: Spread, share: float) -> Message:
    """What was reported, and whether one more training here would be likely to read as many."""
    low, high = found.likely
    words = AS_REPORTED if low <= share <= high else BETTER_HERE if share < low else LESS_HERE
    return message(words, share=fine_share(share))


def ours_within(outcome: Reproduced, seconds: float) -> Trained | None:
    """The best of ours that takes no longer than so many seconds."""
    within = [ours for ours in outcome.ours.values() if ours.mean_seconds <= seconds]
    return max(within, key=lambda ours: ours.spread.mean, default=None)


def row(outcome: Reproduced, name: str) -> tuple[Message, ...]:
    """What stands beside a recipe's name, from `Reported` on."""
    trained, recipe = outcome.rows[name], RECIPES[name]
    ours = ours_within(outcome, trained.mean_seconds) if _is_mnist(recipe.config) else None
    return (
        message(NOTHING) if recipe.reported is None else reported(trained.spread, recipe.reported),
        _from_to(*recipe.run_again) if recipe.run_again else message(NOTHING),
        fine_share(trained.spread.mean),
        message("{points:.2f} points", points=100 * trained.spread.deviation),
        message("{seconds:.1f}", seconds=trained.mean_seconds),
        message("{share} in {seconds:.1f} s", share=fine_share(ours.spread.mean), seconds=ours.mean_seconds)
        if ours
        else message(NOTHING),
    )


def aim_row(outcome: Reproduced, name: str) -> tuple[Message, ...]:
    """What there is to say of ours for an aim."""
    trained, aim = outcome.ours[name], AIMS[name]
    found = trained.spread
    return (
        fine_share(aim.accuracy),
        message("{seconds:g} s", seconds=aim.seconds),
        message("{seconds:.1f} s", seconds=trained.mean_seconds),
        fine_share(found.mean),
        _from_to(found.lowest, found.highest),
    )


def tables(outcome: Reproduced) -> str:
    """Both tables as Markdown."""
    rows = [(message("`{name}`", name=name), *row(outcome, name)) for name in tutorials() if name in outcome.rows]
    aims = [aim_row(outcome, name) for name in AIMS if name in outcome.ours]
    return f"{_markdown(COLUMNS, rows)}\n\n{_markdown(AIM_COLUMNS, aims)}"


def put_into(text: str, outcome: Reproduced) -> str:
    """A text with both tables between its marks; one without marks stays as it is."""
    begin, end = MARKS
    if begin not in text or end not in text:
        return text
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{tables(outcome)}\n\n{end}{rest.split(end, 1)[1]}"


def _from_to(low: float, high: float) -> Message:
    if low == high:
        return fine_share(low)
    return message("{low} to {high}", low=fine_share(low), high=fine_share(high))


def _is_mnist(config: Config) -> bool:
    return config.training.dataset == "mnist"


def _markdown(columns: tuple[str, ...], rows: list[tuple[Message, ...]]) -> str:
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
