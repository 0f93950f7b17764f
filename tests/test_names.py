"""Names of runs and networks that people can say: chosen by an id, always the same, told apart in a list."""

from itertools import count, islice

import pytest

from core.catalog import shipped_models
from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import names
from core.runs.keeping import rename
from core.runs.record import MAX_TITLE
from core.runs.run import Status, create_run, open_run
from core.teach.copies import keep_copy
from dashboard import shared, words

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,)), TrainingConfig(dataset="digits"))
IDS = [f"20261124-{number:06d}-0831a0" for number in range(2_000)]


def test_there_are_4096_names_and_each_is_short_and_plain():
    every = {names._name(number) for number in range(64 * 64)}
    assert len(every) == 4096
    assert all(name.replace(" ", "").isalpha() and len(name) <= 16 < MAX_TITLE for name in every)


def test_an_id_chooses_its_name_and_always_the_same():
    assert names.name_of("20261124-203420-0831a0") == "Fast Jay"  # a name that somebody has said must not change
    assert len({names.name_of(run_id) for run_id in IDS}) > 1_500  # of 2,000 ids: spread over all the names


def test_a_taken_name_gives_way_to_the_next_one():
    first = names.name_of(IDS[0])
    second = names.name_of(IDS[0], taken={first})
    assert second != first and names.name_of(IDS[0], taken={first, second}) not in (first, second)


def test_new_runs_have_names_of_their_own(runs_dir, monkeypatch):
    monkeypatch.setattr(names, "FIRST", names.FIRST[:2])  # four names in all, so that ids meet
    monkeypatch.setattr(names, "SECOND", names.SECOND[:2])
    titles = [create_run(CONFIG).title() for _ in range(4)]
    assert sorted(titles) == ["Amber Badger", "Amber Bear", "Bold Badger", "Bold Bear"]


@pytest.mark.parametrize("title", ["64-4-10, 20 Nov 10:11", "784-1400-1000-10, 01 Jan 00:00"])
def test_what_an_earlier_version_made_of_sizes_and_time_is_no_name(runs_dir, title):
    run = create_run(CONFIG, title=title)
    assert run.title() == names.name_of(run.id)


def test_a_name_that_a_person_chose_stays(runs_dir):
    run = create_run(CONFIG)
    rename(run, "784-200-10, my best")
    assert open_run(run.id).title() == "784-200-10, my best"


def finished(title: str = "", correct: int = 9):
    run = create_run(CONFIG, title=title)
    about = Provenance("as it was saved", scores={"test": Score(10, correct)})
    run.save_model(Model(CONFIG, Parameters.initial(CONFIG.network, 0), about))
    run.set_status(Status("finished"))
    return run


def test_a_list_says_name_and_score_or_how_it_stands(runs_dir):
    run = finished()
    assert words.run_title(run, run.status()) == f"{run.title()}, 90.0\xa0%"
    run.set_status(Status("stopped"))
    assert words.run_title(run, run.status()) == f"{run.title()}: stopped"


def test_two_of_one_name_are_told_apart(runs_dir):
    runs = [finished("Mine"), finished("Mine")]
    told = words.distinct({run.id: words.run_title(run, run.status()) for run in runs})
    assert sorted(told.values()) == ["Mine, 90.0\xa0%", "Mine, 90.0\xa0% (2)"]


def test_a_network_is_called_by_its_name_and_its_score(runs_dir):
    assert shared.model_title("default") == "The good reader, 99.5\xa0%"
    assert shared.model_name("default") == "The good reader"
    assert set(shared.NETWORKS) == set(shipped_models())
    run = finished()
    assert shared.model_title(run.id) == f"{run.title()}, 90.0\xa0%"
    rename(run, "Grandmother")
    assert shared.model_title(run.id) == "Grandmother, 90.0\xa0%"


def test_a_copy_is_called_after_the_one_that_was_taught(runs_dir):
    model = shared.model("small")
    once = keep_copy(model, "small")
    twice = keep_copy(model, once)
    assert shared.model_name(once) == shared.model_name(twice) == "The tiny reader, taught your hand"


def test_a_network_that_is_gone_says_so(runs_dir):
    assert shared.model_title("20261124-203420-0831a0").endswith("(cannot be read)")
    with pytest.raises(DigitLabError):
        shared.model_name("20261124-203420-0831a0")


def test_names_do_not_run_out():
    taken: set[str] = set()
    for run_id in islice((f"id {number}" for number in count()), 4_096):
        taken.add(names.name_of(run_id, taken))
    assert len(taken) == 4_096
    assert names.name_of("one more", taken) in taken
