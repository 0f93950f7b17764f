"""What the app says: page titles, help and sentences, in words for someone who has never programmed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.config import NetworkConfig
from core.datasets import DATASETS, described
from core.jobs.queue import Place
from core.models.model import Score
from core.runs.run import Run, Status
from core.runs.summary import summary
from core.scores.evaluation import prediction_interval
from dashboard.look.numbers import a, share
from dashboard.say import N_, say, say_many

WHAT_IT_IS = N_("""
A **neural network** is a long chain of simple sums. At first its numbers, the **weights**, are random, and it guesses.
Show it many digits with their right answers, and after each it shifts every weight a little, so that the right answer
becomes a bit more likely. That is **training**; one pass through all the digits is an **epoch**. The share of new digits
that it then gets right is its **accuracy**. Nobody tells it what a 3 looks like.
""")

EMPTY_PAD = N_("Draw a digit, 0 to 9, in the box.")
FULL_OF_INK = N_("The box is full of ink. Take some of it away with Undo or the eraser, or clear it.")
TOO_SMALL = N_("That is too small to read. Draw larger, or take a thinner pen.")
FULL_PAD = N_("No stroke more fits onto this sheet. Take some back with Undo, or clear it.")
PAD_LABEL = N_("Drawing pad. Arrow keys move, Shift and an arrow draw, Space puts a dot or takes it away.")
KEYS = N_(
    "Click the box or go to it with Tab. Arrow keys move, **Shift + arrow** draws, **Space** puts a dot or takes it away."
)

HELP = {
    "model": N_("The network that all pages use. Networks that you train yourself appear here too."),
    "recipe": N_("A set of settings to start from. Choosing one fills in everything below; you can then change what you like."),
    "dataset": N_("The pictures it learns from. More and larger pictures take longer and give a better network."),
    "hidden": N_("How many units each layer between picture and answer has, with commas between layers: 200, or 500, 300. "
    "More units can learn more and take longer."),
    "epochs": N_("How many times it goes through all the digits. More is better up to a point, then it learns by heart."),
    "batch_size": N_("How many digits it looks at before it changes its weights. Small batches learn more per digit; "
    "large ones go through the digits faster."),
    "learning_rate": N_("How far the weights move at each change. "
    "Too little and it learns slowly; too much and it learns nothing."),
    "activation": N_("What a unit makes of its sum. ReLU drops everything below zero and learns fast; "
    "sigmoid and tanh are smooth and can be run backwards."),
    "output": N_("How the ten last sums become answers. Softmax makes them add up to one; sigmoid treats each alone."),
    "loss": N_("The number that training makes small. Cross-entropy punishes confident mistakes harder than squared error. "
    "Rashid's rule is that of his book: between the two, and for sigmoid outputs."),
    "optimizer": N_("The rule that turns an error into new weights. SGD is the plain one; Adam adapts each weight's step."),
    "schedule": N_("How the learning rate changes on the way: not at all, falling gently, or up first and then down."),
    "dropout": N_("The share of units silenced at random while it learns, so that no unit relies on another. 0 is off."),
    "l2": N_("A pull of all weights towards zero. More keeps the network simpler. 0 is off."),
    "initializer": N_("How the random numbers at the start are spread."),
    "scaling": N_("How brightness becomes a number for the network."),
    "augmentation": N_("Change each digit a little in every epoch, so that it never sees the same picture twice. "
    "Slower, and it reads new digits better."),
    "bias": N_("Give every unit a number of its own to add to its sum."),
    "validation": N_("Keep one digit in twelve apart: it never learns from them, and after each epoch they show "
    "how well it reads what it has not seen. Off, it learns from every digit, as the tutorials did."),
    "seed": N_("Where the random numbers start. The same seed and settings give the same network again."),
    "patience": N_("End early when the digits kept apart were read no better for so many epochs in a row, and keep the best "
    "weights. More waits longer for another gain; 0 never ends early."),
    "engine": N_("Which program does the arithmetic. The results agree; the speed differs. The quicker one is found when "
    "training begins: both are tried where the training is so long that it pays."),
    "device": N_("The part of the machine that does the arithmetic. What is offered was tried just now, and works."),
    "run": N_("Every training that was started, the newest first."),
    "smooth": N_("Draw the line of the digits it learns from calmer: each point becomes a mean of the last ten or so. What is "
    "steady is seen better, and what jumps is seen less."),
    "logarithmic": N_("On, each line up is ten times the one below, and small losses can be told apart. Off, the loss is drawn "
    "as it is."),
    "resume": N_("Go on from where it was last kept, to the same network as if it had never been interrupted."),
    "train_accuracy": N_("Share of the digits it learns from that it got right, just before learning from them."),
    "validation_accuracy": N_("Share that it gets right of digits kept apart, never learned from; counted after each epoch."),
    "speed": N_("How many digits it learns from in a second."),
    "time": N_("Time spent learning so far."),
    "true": N_("The digit that was written."),
    "answer": N_("The digit that the network read."),
    "pen": N_("How thick the line is. The network reads thin and thick ones; a pen of 20 is like most of what it learned from."),
    "way_back": N_("Four ways from an answer to a picture. The digits stay in their places, so that you can compare."),
    "average": N_("Shows the average of all training digits of each class, to compare the others with."),
    "any_pixels": N_("Leaves out what the network was told of how ink looks. It becomes just as sure, and you see nothing."),
    "way": N_("The box is read while your hand still moves. It can show squares for drawing with keys; the standard canvas of "
    "Streamlit is read at the end of each stroke."),
    "preset": N_("Puts a plainly written digit into the box, for you to change."),
}  # fmt: skip


def right_of(score: Score) -> str:
    """ "9,941 of 10,000 right (99.4 %)"."""
    return say("{correct:,} of {n:,} right ({share})", correct=score.correct, n=score.n, share=share(score.accuracy))


def reads(title: str, score: Score) -> str:
    """What a network scored on its test digits."""
    return say("**{title}** gets {correct:,} of {n:,} test digits right ({share}).", **score_values(title, score))


def score_values(title: str, score: Score) -> dict[str, str | int]:
    """What a sentence says of a network's score."""
    return {"title": title, "correct": score.correct, "n": score.n, "share": share(score.accuracy)}


def expected(score: Score) -> str:
    """What a network with this score will get right of as many other digits in 19 of 20 cases or more."""
    low, high = prediction_interval(score, score.n)
    return say(
        "Of {n:,} other digits of the same kind, expect it to get between {low:,} and {high:,} right, 19 times in 20.",
        n=score.n,
        low=low,
        high=high,
    )


def sizes(network: NetworkConfig) -> str:
    """Units per layer, from the input to the output."""
    return " – ".join(str(size) for size in network.sizes)


def weights_of(parameters: int) -> str:
    """How much there is to learn."""
    return say("{parameters:,} weights to adjust.", parameters=parameters)


def dataset_title(name: str) -> str:
    """What a data set is called: a file of one's own by its name."""
    about = described(name)
    return (say(about.title) if name in DATASETS else about.title) if about else name


def megabytes(count: int) -> str:
    return say("{megabytes:.0f} MB", megabytes=count / 1e6)


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 1:
        return say("under a second")
    if seconds < 99.5:
        return say("{seconds:.0f} s", seconds=seconds)
    if seconds < 5_400:
        return say("{minutes:.0f} min", minutes=seconds / 60)
    return say("{hours:.1f} h", hours=seconds / 3600)


LONG_WAIT = 7_200.0  # seconds; an estimate of more is no use to anybody


def in_line(place: Place) -> str:
    """Where a piece of work stands that waits for its turn: it is next, or how many are before it, and for how long."""
    before = place.number - 1
    if place.seconds is None or place.seconds < 2.0:
        if not before:
            return say("Waiting for its turn: it is next.")
        return say_many(
            "Waiting for its turn: one is before it.", "Waiting for its turn: {count} are before it.", before
        )
    if place.seconds >= LONG_WAIT:
        if not before:
            return say("Waiting for its turn: it is next, more than two hours to go.")
        return say_many(
            "Waiting for its turn: one is before it, more than two hours to go.",
            "Waiting for its turn: {count} are before it, more than two hours to go.",
            before,
        )
    wait = duration(place.seconds)
    if not before:
        return say("Waiting for its turn: it is next, about {wait} to go.", wait=wait)
    return say_many(
        "Waiting for its turn: one is before it, about {wait} to go.",
        "Waiting for its turn: {count} are before it, about {wait} to go.",
        before,
        wait=wait,
    )


def short_duration(seconds: float) -> str:
    """Seconds as a figure: 0.4 s, 34 s, 12 min."""
    return say("{seconds:.1f} s", seconds=seconds) if seconds < 9.95 else duration(seconds)


STATES = {
    "queued": N_("waiting for its turn"),
    "waiting": N_(
        "under way"
    ),  # as for the next: the list is drawn with the whole page, when a run begins and when it ends
    "running": N_("under way"),
    "paused": N_("paused"),
    "finished": N_("finished"),
    "stopped": N_("stopped"),
    "failed": N_("failed"),
    "died": N_("broken off"),
}


def phase(status: Status, engine: str) -> str:
    """What an active run on this engine is doing, in a line."""
    if status.state in ("queued", "paused"):
        return say(QUEUED) if status.state == "queued" else say(PAUSED)
    if (engine, status.phase) == ("taichi", "preparing"):
        return say(PREPARING_KERNELS)
    return say(PHASES.get(status.phase, PHASES[""]))


def run_title(run: Run, status: Status) -> str:
    """A run in one line: its name, what its network scored, and how it stands where that is not the usual: finished."""
    test = summary(run).test if status.state == "finished" else None
    if test:
        return say("{title}, {share}", title=run.title(), share=share(test.accuracy))
    return say("{title}: {state}", title=run.title(), state=say(STATES[status.state]))


def distinct(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles that can be told apart: of several alike all but the last, which is the oldest, get a number."""
    seen: Counter[str] = Counter()
    told_apart = {}
    for key, title in reversed(list(titles.items())):
        seen[title] += 1
        told_apart[key] = f"{title} ({seen[title]})" if seen[title] > 1 else title
    return {key: told_apart[key] for key in titles}


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page is called and where it stands.

    Attributes
    ----------
    title : its name in the menu.
    heading, sentence : what stands on top of it: its title, and what can be done there.
    icon : of Streamlit's.
    door : what a link from another page says.
    path : its place in the URL; by itself the name of its file.
    earlier : places where it once was; links to them still lead to it.
    curious : whether it stands at the foot of every page, and not in the menu.
    """

    title: str
    heading: str
    sentence: str
    icon: str
    door: str = ""
    path: str | None = None
    earlier: tuple[str, ...] = ()
    curious: bool = False


PAGES = {
    "draw": PageText(N_("Draw"), N_("Digit Lab"), N_("Draw a digit, and a network that learned to read will read it."),
                     ":material/draw:", earlier=("draw", "home")),
    "train": PageText(N_("Train"), N_("Train"), N_("Let a new network learn, and watch it get better."),
                      ":material/model_training:", N_("Start with random numbers and see a reader grow from them.")),
    "back_query": PageText(N_("Backwards"), N_("Backwards"),
                           N_("Give the network a digit, and it writes one for you."),
                           ":material/undo:", N_("Ask the network what it thinks a 3 looks like."),
                           path="backwards", earlier=("back_query",)),
    "mistakes": PageText(N_("Mistakes"), N_("Mistakes"), N_("See which digits the network confuses, and look at them yourself."),
                         ":material/grid_on:", N_("Some digits fool even a good reader. Would you have read them?")),
    "engines": PageText(N_("Speed"), N_("Speed"), N_("Two programs do the same sums. See which one is faster on this computer."),
                        ":material/speed:", N_("Two programs do the same sums: which one is faster?"),
                        path="speed", earlier=("engines",), curious=True),
    "classroom": PageText(N_("A class"), N_("A class"),
                          N_("Train together: everybody a network of their own, and all of them on one board."),
                          ":material/groups:", N_("Train together in a class"), curious=True),
    "sweep": PageText(N_("Sweep"), N_("Try many settings"),
                      N_("Train with each of many settings, see which reads best, and how much of its lead is luck."),
                      ":material/grid_view:", N_("Try many settings at once"), curious=True),
    "curious": PageText(N_("For the curious"), N_("For the curious"),
                        N_("Do it all without these pages, and see what the networks were made of."),
                        ":material/terminal:", N_("The command line, and what each network learned from"), curious=True),
}  # fmt: skip

HOW_IT_READS = N_("""
Your drawing is made into the kind of picture that the network learned from: cut out, shrunk with its shape kept, and
moved so that its ink balances on the middle. That gives {height} × {width} numbers between 0 (paper) and 1 (ink), which
is all that the network sees.

Those numbers run through its layers ({sizes} units). Each unit adds up what comes in, each number times a weight of its
own, and passes the result on. The last ten units stand for the digits 0 to 9; the strongest one is the answer. The
probabilities are the network's own opinion of itself: a confident answer can still be wrong, above all on a drawing
that is no digit.
""")

PHASES = {
    "": N_("Starting …"),
    "reading": N_("Reading the data …"),
    "preparing": N_("Preparing the network …"),
    "training": N_("Training …"),
    "testing": N_("Testing …"),
    "stopping": N_("Stopped: what it has learned is tested and kept …"),
}
PREPARING_KERNELS = N_("Preparing kernels: Taichi compiles the arithmetic for this machine, which takes a moment …")
PAUSED = N_("Paused")
QUEUED = N_("Waiting for its turn …")
TRYING_DEVICES = N_("Seeing what Taichi can compute on here …")
NO_TAICHI = N_("Taichi is not offered. {reason} The NumPy engine does everything.")


NO_SWEEP = N_(
    "Choose what to try, and start. Each combination is trained with several seeds, and stands here as a square: the bluer, the "
    "fewer mistakes it makes."
)
MEANWHILE = N_("Meanwhile, here are the mistakes of **{title}**, which needs nothing downloaded.")

TABLE = N_(
    "Found: of all digits of this kind, the share that the network recognised (recall). Right when said: of all times that "
    "it gave this answer, the share that was right (precision). Both: the harmonic mean of the two (F1)."
)


def what_is_shown(cell: tuple[int, int] | None, count: int, *, mistakes: bool = True) -> str:
    """What the digits of a cell (true digit, answer), or several of them, are, and how many."""
    if cell is None:
        if mistakes:
            return say_many("{count:,} mistake", "{count:,} mistakes", count)
        return say_many("{count:,} digit", "{count:,} digits", count)
    digits: dict[str, int | str] = {"true": cell[0], "answer": cell[1], "a_digit": a(cell[0])}
    if cell[0] == cell[1]:
        if not count:
            return say("No {true} was read right", **digits)
        return say_many("Once, {a_digit} was read right", "{count:,} times, {a_digit} was read right", count, **digits)
    if not count:
        return say("No {true} was read as {answer}", **digits)
    return say_many(
        "Once, {a_digit} was read as {answer}",
        "{count:,} times, {a_digit} was read as {answer}",
        count,
        **digits,
    )


def verdict_on(true: int, answer: int, sure: str, *, doubted: bool = False) -> str:
    """What a digit is and what the network says; of a doubted label only that it says so."""
    if doubted and true == answer:
        return say("Its label says **{label}**, and so does the network, with {sure}.", label=true, sure=sure)
    if doubted:
        return say("Its label says **{label}**. The network says **{answer}**, with {sure}.", label=true, answer=answer,
                   sure=sure)  # fmt: skip
    if true == answer:
        return say("It is **{a_digit}**, and the network says so with {sure}.", a_digit=a(true), sure=sure)
    return say(
        "It is **{a_digit}**. The network says **{answer}**, with {sure}.", a_digit=a(true), answer=answer, sure=sure
    )
