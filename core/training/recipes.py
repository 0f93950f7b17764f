"""Recipes: named configurations to start from, our own and those of the five tutorials that Digit Lab grows out of.

A tutorial's recipe is its own code's rule: from the same start, in the same order, it comes to the same weights (a test
holds each to a plain loop of that rule). The random numbers of the start are ours, so scores differ by what luck does.
"""

from dataclasses import dataclass

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import offered
from core.errors import DigitLabError
from core.messages import N_
from core.models.legacy import legacy_config
from core.training.aims import AIMS


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named configuration.

    Attributes
    ----------
    title, sentence : its name and what it is, for a person.
    source : where it comes from; empty for our own.
    reported : the share of test digits that its source says are right, where it says so.
    run_again : what the source's own code read when it was run again, from and to.
    """

    title: str
    sentence: str
    config: Config
    source: str = ""
    reported: float | None = None
    run_again: tuple[float, float] | None = None


BLOG_A = "Blog A, after T. Rashid, Make Your Own Neural Network (2016)"


def _blog_a(hidden: int, rate: float, epochs: int, *, turned: bool) -> Config:
    augmentation = "rotations" if turned else "none"
    return legacy_config(hidden=hidden).with_training(learning_rate=rate, epochs=epochs, augmentation=augmentation)


RECIPES: dict[str, Recipe] = {
    "good": Recipe(
        N_("In 15 seconds: 98.5 %"),
        N_("400 units, and digits that are turned and shifted a little differently in each of five epochs. So many "
           "seconds on two processors, as a rule."),
        AIMS["0.985"].config,
    ),
    "quick": Recipe(
        N_("In 4 seconds: 98 %"),
        N_("256 units, four epochs: about 98 of 100 digits right before you have counted to five."),
        AIMS["0.98"].config,
    ),
    "strong": Recipe(
        N_("In a minute: 99 %"),
        N_("800 units, and digits that are turned, shifted and bent like rubber, differently in each of 18 epochs."),
        AIMS["0.99"].config,
    ),
    "small": Recipe(
        N_("Small, on the bundled digits"),
        N_("32 units on 1,797 small pictures: trained in a moment, with nothing to download."),
        Config(
            NetworkConfig(inputs=64, hidden=(32,)),
            TrainingConfig(dataset="digits", learning_rate=1e-2, batch_size=32, epochs=30, schedule="one_cycle"),
        ),
    ),
    "best": Recipe(
        N_("As good as it gets"),
        N_("Two layers of 800 units, trained on digits that are bent and turned a little differently each time."),
        Config(
            NetworkConfig(hidden=(800, 800), dropout=0.1),
            TrainingConfig(learning_rate=2e-3, schedule="one_cycle", epochs=30, augmentation="elastic"),
        ),
    ),
    "everybody": Recipe(
        N_("Anybody's hand"),
        N_("What the app itself reads with: MNIST and digits of many other hands, bent anew in each of 180 epochs. "
           "About an hour, and the pen digits are needed."),
        Config(
            NetworkConfig(hidden=(1400, 1000), dropout=0.1),
            TrainingConfig(dataset="mnist+pen", optimizer="adamw", weight_decay=0.02, learning_rate=2e-3, batch_size=256,
                           schedule="one_cycle", epochs=180, augmentation="elastic"),
        ),
    ),
    "guard": Recipe(
        N_("Digit or not"),
        N_("Not a reader of digits: it learns to tell digits from scribbles, letters and other drawings."),
        Config(
            NetworkConfig(hidden=(400, 100), outputs=2, dropout=0.1),
            TrainingConfig(dataset="digit-or-not", learning_rate=2e-3, batch_size=256, schedule="one_cycle", epochs=20,
                           augmentation="elastic"),
        ),
    ),
    "backwards": Recipe(
        N_("To be run backwards"),
        N_("Rashid's network with a pull of its weights towards zero, which makes the pictures of the back-query smoother."),
        legacy_config(hidden=200).with_training(
            loss="squared_error", shuffle=True, batch_size=16, learning_rate=1.0, schedule="cosine", l2=2e-4, epochs=6
        ),
    ),
    "blog-a-100": Recipe(
        N_("Blog A, 100 units"),
        N_("Rashid's rule, one digit at a time in the order of the file, once through; 95.2 % there."),
        _blog_a(100, 0.1, 1, turned=False),
        BLOG_A,
        reported=0.952,
        run_again=(0.948, 0.949),
    ),
    "blog-a-200-2": Recipe(
        N_("Blog A, 200 units, 2 epochs"),
        N_("Rashid's rule, one digit at a time in the order of the file, twice through; 95.8 % there."),
        _blog_a(200, 0.05, 2, turned=False),
        BLOG_A,
        reported=0.958,
        run_again=(0.965, 0.965),
    ),
    "blog-a-200-4": Recipe(
        N_("Blog A, 200 units, 4 epochs"),
        N_("Rashid's rule; after each digit the same one turned by 10 degrees to the left, then to the right; 97.3 % there."),
        _blog_a(200, 0.05, 4, turned=True),
        BLOG_A,
        reported=0.973,
        run_again=(0.97, 0.97),
    ),
    "blog-a-200-7": Recipe(
        N_("Blog A, 200 units, 7 epochs"),
        N_("Rashid's rule; after each digit the same one turned by 10 degrees to the left, then to the right; 97.4 % there."),
        _blog_a(200, 0.03, 7, turned=True),
        BLOG_A,
        reported=0.974,
    ),
    "blog-b": Recipe(
        N_("Blog B"),
        N_("30 sigmoid units fed with bytes as they are, 0 to 255: at the start nearly every unit is fully on or off and "
           "hardly learns. That is its lesson; about 35 of 100 right after 200 epochs."),
        Config(
            NetworkConfig(hidden=(30,), activation="sigmoid", output="sigmoid", initializer="standard_normal_biases",
                          scaling="raw"),
            TrainingConfig(loss="squared_error", optimizer="sgd", learning_rate=0.01, batch_size=256, epochs=200,
                           drop_last=True, validation=False),
        ),
        "Blog B, NumPy",
        run_again=(0.35, 0.35),
    ),
    "blog-c-keras": Recipe(
        N_("Blog C, Keras"),
        N_("512 ReLU units, RMSprop, five epochs; about 98 % there."),
        Config(
            NetworkConfig(hidden=(512,), initializer="glorot"),
            TrainingConfig(optimizer="rmsprop", learning_rate=1e-3, batch_size=128, epochs=5, validation=False),
        ),
        "Blog C, Keras",
        reported=0.98,
    ),
    "blog-c-numpy": Recipe(
        N_("Blog C, NumPy"),
        N_("200 sigmoid units, squared error, one digit at a time in the order of the file, five epochs."),
        legacy_config(hidden=200).with_training(loss="squared_error", learning_rate=0.1, epochs=5),
        "Blog C, NumPy",
        run_again=(0.9725, 0.9725),
    ),
    "course-d-numpy": Recipe(
        N_("Course D, NumPy"),
        N_("Rashid's rule with 32 units on the small bundled digits, one at a time, two epochs."),
        legacy_config(inputs=64, hidden=32)
        .with_network(initializer="normal_fan_in")
        .with_training(dataset="digits", learning_rate=0.2, epochs=2),
        "Course D, NumPy",
        run_again=(0.933, 0.933),
    ),
    "course-d-pytorch": Recipe(
        N_("Course D, PyTorch"),
        N_("128 ReLU units, inputs brought to mean 0 and spread 1, momentum, five epochs."),
        Config(
            NetworkConfig(hidden=(128,), initializer="uniform_fan_in", scaling="standard", mean=0.1307, std=0.3081),
            TrainingConfig(optimizer="momentum", learning_rate=0.01, momentum=0.9, batch_size=32, epochs=5,
                           validation=False),
        ),
        "Course D, PyTorch",
    ),
    "blog-e-keras": Recipe(
        N_("Blog E, Keras"),
        N_("Two layers of 500 ReLU units, Adam, ten epochs; 97.7 % there. Dropout of 0.2 is its option. The tiny "
           "constant in Adam's root is PyTorch's here, not Keras's."),
        Config(
            NetworkConfig(hidden=(500, 500), initializer="glorot"),
            TrainingConfig(batch_size=100, epochs=10, validation=False),
        ),
        "Blog E, Keras",
        reported=0.977,
    ),
    "blog-e-pytorch": Recipe(
        N_("Blog E, PyTorch"),
        N_("500 ReLU units, Adam, ten epochs."),
        Config(
            NetworkConfig(hidden=(500,), initializer="uniform_fan_in"),
            TrainingConfig(batch_size=100, epochs=10, validation=False),
        ),
        "Blog E, PyTorch",
    ),
}  # fmt: skip


def recipe(name: str) -> Recipe:
    """The recipe of this name; an unknown one is a `DigitLabError` that lists the known."""
    if name not in RECIPES:
        raise DigitLabError("There is no recipe {name}. Known: {recipes}.", name=repr(name), recipes=", ".join(RECIPES))
    return RECIPES[name]


def offered_recipes() -> list[str]:
    """The names of the recipes whose digits can be chosen here."""
    return [name for name, known in RECIPES.items() if known.config.training.dataset in offered()]


def default_recipe(dataset: str) -> str:
    """The name of the recipe to begin with on a data set."""
    return {"digits": "small", "mnist+pen": "everybody"}.get(dataset, "good")
