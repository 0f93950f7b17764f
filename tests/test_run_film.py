"""The film of a run: frames from the networks it kept, used again, exported the same each time; and its part of the page."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.catalog import load_guard, load_judge
from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.explain.back_query.kept import file_hash
from core.film import film as films
from core.film import making, worker
from core.film.export import SIDE, to_gif, to_sheet
from core.film.film import Film, film_path, keep_film, kept_film, read_film, shipped_film_path
from core.film.making import make_film, missing
from core.film.worker import main
from core.models.parameters import Parameters
from core.runs.run import Run, create_run, recording
from core.runs.snapshots import Snapshots
from core.runs.status import Status
from dashboard.back_query import film as page
from tests.pages import backwards
from tests.waiting import until

SMALL = Config(NetworkConfig(inputs=64, hidden=(6,), activation="sigmoid"), TrainingConfig(dataset="digits", epochs=3))


@pytest.fixture
def run(runs_dir: Path, data_dir: Path) -> Run:
    """A run with its network before the first epoch, and after the first and second."""
    made = create_run(SMALL, title="Blue Owl")
    for moment in range(3):
        keep(made, moment)
    made.set_status(Status("finished"))
    return made


def keep(run: Run, moment: int, seed: int | None = None) -> None:
    Snapshots(run).keep(moment, SMALL, lambda: Parameters.initial(SMALL.network, seed=moment if seed is None else seed))


def made(run: Run, method: str = "inverse", before: Film | None = None) -> Film:
    *_, (done, film) = make_film(run, method, load_guard(), load_judge(), before)
    assert done == 1
    return film


def test_a_frame_for_each_moment_and_old_frames_are_used_again(run: Run, monkeypatch):
    film = made(run)
    assert film.moments.tolist() == [0, 1, 2] and film.pictures.shape == (3, 10, 8, 8) and missing(run, film) == []
    assert len({frame.tobytes() for frame in film.pictures}) == 3
    keep(run, 3)
    keep(run, 1, seed=99)  # as a run that goes on from a checkpoint in another way
    asked, real = [], making.find
    monkeypatch.setattr(making, "find", lambda *a: asked.append(a) or real(*a))
    assert missing(run, film) == [3] and missing(run, film, made=0.0) == [0, 1, 2, 3]
    again = made(run, before=film)
    assert len(asked) == 2 and again.moments.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(again.pictures[[0, 2]], film.pictures[[0, 2]])
    assert (again.pictures[1] != film.pictures[1]).any()


def test_what_cannot_be_filmed_says_why(runs_dir: Path, run: Run):
    with pytest.raises(DigitLabError, match="cannot be undone"):
        made(recording(), "inverse")
    with pytest.raises(DigitLabError, match="too few moments"):
        made(create_run(SMALL))
    letters = create_run(Config(NetworkConfig(outputs=5), TrainingConfig(dataset="digits")))
    with pytest.raises(DigitLabError, match="does not read the ten digits"):
        made(letters)


def test_a_worker_keeps_it_and_a_damaged_one_is_made_again(run: Run, capsys, monkeypatch):
    company = ["--guard", "models/guard.safetensors", "--judge", "models/judge.safetensors"]
    assert main([run.id, "inverse", *company]) == 0 and '"result": true' in capsys.readouterr().out
    path, film = film_path(run.id, "inverse"), kept_film(run.id, "inverse")
    np.testing.assert_array_equal(film.pictures, made(run).pictures)
    keep(run, 3)
    lengths, real = [], worker.keep_film
    monkeypatch.setattr(worker, "keep_film", lambda film, path: lengths.append(len(film)) or real(film, path))
    monkeypatch.setattr(worker, "LEAST", 0.0)
    assert main([run.id, "inverse", *company]) == 0
    assert lengths == [4, 4], "who watches it never sees it become shorter"
    path.write_bytes(path.read_bytes()[:2_000])
    assert kept_film(run.id, "inverse") is None
    assert main(["20200101-000000-0000000", "inverse", *company]) == 1


@pytest.mark.parametrize("wrong", ["order", "digits", "frames", "size"])
def test_a_file_that_is_no_film_is_a_sentence(run: Run, tmp_path: Path, monkeypatch, wrong: str):
    film, path = made(run), tmp_path / "x.safetensors"
    others = {
        "order": {"moments": film.moments[::-1]},
        "digits": {"answers": film.answers + 10},
        "frames": {"judged": film.judged[:2]},
    }
    keep_film(replace(film, **others.get(wrong, {})), path)
    if wrong == "size":
        monkeypatch.setattr(films, "MAX_BYTES", 100)
    with pytest.raises(DigitLabError):
        read_film(path)


def test_only_so_many_are_kept(run: Run, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(films, "MOST", 2)
    film = made(run)
    for name in "abcd":
        keep_film(film, tmp_path / "films" / f"{name}.safetensors")
    assert len(list((tmp_path / "films").iterdir())) == 2


def test_as_a_gif_and_as_a_sheet_it_is_the_same_each_time_and_not_large(run: Run):
    film = made(run)
    gif, sheet = to_gif(film), to_sheet(film)
    assert (gif, sheet) == (to_gif(film), to_sheet(film)) and max(len(gif), len(sheet)) < 100_000
    image = Image.open(io.BytesIO(gif))
    assert image.n_frames == 3 and image.size == (5 * (SIDE + 8) + 8, 2 * (SIDE + 8) + 8 + 26)
    image.seek(1)
    first = np.asarray(image.convert("L"))[8 : 8 + SIDE, 8 : 8 + SIDE]
    inside = first[14:-14, 14:-14].reshape(6, 14, 6, 14)  # the outermost pixels bear the frame
    np.testing.assert_array_equal(inside.max(axis=(1, 3)), 255 - film.pictures[1, 0, 1:-1, 1:-1])
    np.testing.assert_array_equal(inside.min(axis=(1, 3)), 255 - film.pictures[1, 0, 1:-1, 1:-1])
    rows = np.asarray(Image.open(io.BytesIO(sheet)))
    assert rows.shape == (3 * (56 + 8) + 8, 64 + 10 * (56 + 8) + 8)
    np.testing.assert_array_equal(rows[8 + 64 + 10, 64 + 7 : 64 + 49 : 7], 255 - film.pictures[1, 0, 1, 1:7])


@pytest.mark.parametrize("method", ["seen", "written"])
def test_the_recordings_films_ship_and_show_how_it_learned(method: str, data_dir: Path):
    """Made from the very networks that ship: at first it reads next to nothing of what it makes, in the end all."""
    film, snapshots = kept_film("recording", method), Snapshots(recording())
    assert film.moments.tolist() == snapshots.moments() and not missing(recording(), film)
    assert [int(file_hash(snapshots.path(moment))[:16], 16) for moment in film.moments] == film.networks.tolist()
    assert film.read[0] < 7 < film.read[-1] == 10 and shipped_film_path(method).stat().st_size < 170_000
    assert max(len(to_gif(film)), len(to_sheet(film))) < 600_000


# -- its part of the page


@pytest.fixture
def opened(runs_dir: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    shown: list[dict] = []
    real = page.reel_data
    monkeypatch.setattr(page, "reel_data", lambda *a: shown.append(real(*a)) or shown[-1])

    def open_at(**query: str) -> AppTest:
        app = backwards(**({"see": "film"} | query))
        app.shown = shown
        return app

    return open_at


def texts(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.markdown, *app.info, *app.error))


def test_the_time_machine_chooses_the_moment(opened):
    app = opened(model="recording@0.25")
    assert app.shown[-1]["at"] == 5 and app.shown[-1]["moments"][5] == "After 25\xa0% of the first epoch"
    app.select_slider(key="past-moment").set_value(7.0).run()
    assert app.shown[-1]["moments"][app.shown[-1]["at"]] == "After epoch 7"
    other = opened(model="small")
    assert "Nothing was kept of this network's training" in texts(other) and other.shown[-1]["at"] is None


def test_it_is_made_on_request_in_a_process_and_grows_with_the_run(opened, run: Run):
    app = opened(model=f"{run.id}@1", film="inverse")
    assert "Nobody has made this film yet" in texts(app)
    app.button(key="film-make").click().run()
    filming = page.shared.jobs().filming(run.id, "inverse")
    until(lambda: not filming.live)
    assert filming.error is None and filming.done == 1
    app.run()
    assert app.shown[-1]["moments"] == ["Before it has learned anything", "After epoch 1", "After epoch 2"]
    assert page.as_gif(run.id, "inverse").startswith(b"GIF8") and page.as_sheet(run.id, "inverse").startswith(
        b"\x89PNG"
    )
    run.set_status(Status("running"))
    keep(run, 3)
    app.run()
    until(lambda: not page.shared.jobs().filming(run.id, "inverse").live)
    app.run()
    assert len(app.shown[-1]["frames"]) == 4, "by itself, as long as the run goes on"
