"""Every reader of what comes from outside, with small valid files, a way to change them, and all that is done with what was read.

A reader is given the content of one changed file and a scratch folder. What it gives back, however deep, and what it says when
it refuses must be text that a page can show.
"""

import functools
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import catalog
from core.config import Config
from core.datasets import uploads
from core.datasets.files import read_file
from core.datasets.pen import read_pen
from core.drawings.pictures import read_picture
from core.errors import DigitLabError
from core.explain.back_query.found import read_found
from core.explain.maps import read_map
from core.jobs.book import Book
from core.messages import received
from core.models import given
from core.models.files import read_card
from core.runs import bundle, keeping, resume, worker
from core.runs.metrics import to_csv
from core.runs.opening import open_file
from core.runs.run import Run
from core.runs.summary import summary
from core.teach.samples import from_lines
from tests.fuzz import kept, pages, seeds, sweeps
from tests.fuzz.mutations import (
    Change,
    any_bytes,
    any_json,
    any_lines,
    any_npy,
    any_picture,
    any_safetensors,
    any_value,
    any_values,
    dump,
    packed,
    zipped,
)


@dataclass(frozen=True)
class Reader:
    """One reader.

    Attributes
    ----------
    seeds : makes small valid files.
    change : makes another file of one of them.
    read : reads a file's content; it may leave things in the folder, which is the same for all.
    share : of the asked number of files; a dear reader is given fewer.
    """

    seeds: Callable[[], Sequence[bytes]]
    change: Change
    read: Callable[[Path, bytes], Any]
    share: float = 1.0


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


# -- networks


def _model(folder: Path, content: bytes) -> Any:
    card = _or_refusal(lambda: read_card(_file(folder, "card.safetensors", content)))
    model = given.read_content(content, "a.safetensors")
    return card, model.provenance, model.config.to_dict(), given.keep(model, "fuzz")


def _or_refusal(read: Callable[[], Any]) -> Any:
    """What was read, or what was said instead."""
    try:
        return read()
    except DigitLabError as error:
        return str(error)


# -- digits


def _dataset(name: str, *beside: tuple[str, Callable[[], bytes]]) -> Callable[[Path, bytes], Any]:
    """Reads a file of this name, with these beside it."""

    def read(folder: Path, content: bytes) -> Any:
        for other, make in beside:
            _file(folder, other, make())
        parts = read_file(_file(folder, name, content))
        return {part: (data.name, len(data), data.shape) for part, data in parts.items()}, uploads.keep(parts, name)

    return read


IMAGES, LABELS = "a-images-idx3-ubyte", "a-labels-idx1-ubyte"
PICTURES = functools.cache(lambda: seeds.idx(3))
DIGITS = functools.cache(lambda: seeds.idx(1))


def _labels(folder: Path, content: bytes) -> Any:
    return _dataset(IMAGES, (LABELS, lambda: content))(folder, PICTURES())


def _pen(folder: Path, content: bytes) -> Any:
    return len(read_pen(_file(folder, "a.jsonl", content)).digits)


def _drawings(folder: Path, content: bytes) -> Any:
    return [each.fingerprint for each in from_lines(content)]


def _found(folder: Path, content: bytes) -> Any:
    return pages.ten_papers(read_found(_file(folder, "found.safetensors", content), "0" * 64))


def _map(folder: Path, content: bytes) -> Any:
    return read_map(_file(folder, "map.safetensors", content), "0" * 64, "1" * 64, 12).tolist()


def _book(name: str) -> Callable[[Path, bytes], Any]:
    """Reads the queues of all servers, of which one has written this."""

    def read(folder: Path, content: bytes) -> Any:
        home = folder / "queue"
        home.mkdir(exist_ok=True)
        for each, whole in {
            "aaaaaaaaaaaa.json": seeds.queue_sheet(),
            "turns.json": seeds.queue_turns(),
            "lock": b"",
            name: content,
        }.items():
            _file(home, each, whole)
        book = Book(lambda: home)
        seen = [(other.work, other.number, other.run) for other in book.look().others]
        with book.open(make=True) as page:
            page.turns.as_rows()
        left = book.left_behind()
        book.close()
        return seen, left

    return read


def _upload(folder: Path, content: bytes) -> Any:
    name = seeds.dataset()
    path, whole = uploads._path(name), _upload_file()
    path.write_bytes(content)
    try:
        about = uploads.described(name)
        seen = _or_refusal(lambda: uploads.classes_of(name))
        parts = [_or_refusal(functools.partial(uploads.read, name, part)) for part in ("train", "test")]
        return (
            about,
            seen if isinstance(seen, str) else pages.own_digits(about, seen),
            [part for part in parts if isinstance(part, str)],
        )
    finally:
        path.write_bytes(whole)


@functools.cache
def _upload_file() -> bytes:
    return uploads._path(seeds.dataset()).read_bytes()


# -- pictures


def _picture(folder: Path, content: bytes) -> Any:
    import io

    return read_picture(io.BytesIO(content), "it").shape


# -- runs


def _of_a_run(name: str, look: Callable[[Run], Any]) -> Callable[[Path, bytes], Any]:
    """Reads a run one of whose files is another."""

    def read(folder: Path, content: bytes) -> Any:
        run = seeds.run()
        kept = {each: (run.path / each).read_bytes() for each in {name, "summary.json", "run.json"}}
        (run.path / name).write_bytes(content)
        try:
            return look(run)
        finally:
            for each, whole in kept.items():
                (run.path / each).write_bytes(whole)

    return read


def _table(run: Run) -> Any:
    """What a list says of it, and what can be done with it there."""
    return pages.row(run), run.title(), str(run.created), run.asked(), [each.id for each in keeping.to_prune(most=1)]


def _status(run: Run) -> Any:
    return pages.row(run), run.status().detail, pages.how_it_stands(run), _or_refusal(lambda: resume.refusal(run))


def _config(run: Run) -> Any:
    (run.path / "summary.json").unlink()
    return summary(run), pages.row(run), run.config().to_dict(), pages.watch(run)


def _summary(run: Run) -> Any:
    return pages.row(run), pages.compared(run)


def _figures(run: Run) -> Any:
    (run.path / "summary.json").unlink()
    return to_csv(run.events()[0])[:1000], pages.row(run), pages.watch(run)


def _commands(run: Run) -> Any:
    return (
        run.asked(),
        _or_refusal(lambda: resume.rate_of(run)),
        _or_refusal(lambda: resume.rate_to_try(run)),
        pages.row(run),
    )


def _model_of_run(run: Run) -> Any:
    (run.path / "summary.json").unlink()
    said = (
        summary(run),
        pages.row(run),
        [each.id for each in catalog.runs_that_read()],
        _or_refusal(lambda: len(bundle.pack(run))),
    )
    return said, run.model().provenance


def _snapshot(run: Run) -> Any:
    return _or_refusal(lambda: len(bundle.pack(run))), catalog.load_model(f"{run.id}@1").provenance


def _class(name: str) -> Callable[[Path, bytes], Any]:
    """Reads a class one of whose files is another."""

    def read(folder: Path, content: bytes) -> Any:
        found = seeds.a_class()
        try:
            (found.path / name).write_bytes(content)
            pupils = [(each.id, each.name) for each in found.pupils()]
            over = found.is_over()
            joined = _or_refusal(lambda: found.join("three", "Mia").name)
            return pupils, over, joined, _or_refusal(lambda: found.owner), _or_refusal(lambda: found.shared)
        finally:
            found.end()

    return read


def _settings_file(folder: Path, content: bytes) -> Any:
    os.environ["DIGITLAB_SETTINGS"] = str(_file(folder, "digitlab.toml", content))
    try:
        return pages.settings_of_the_machine()
    finally:
        del os.environ["DIGITLAB_SETTINGS"]


def _present(run: Run) -> Any:
    return catalog.load_model(f"{run.id}@now").provenance


def _settings(folder: Path, content: bytes) -> Any:
    return Config.from_json(content).to_dict()


def _go_on(run: Run) -> Any:
    """Its worker goes on from its checkpoint."""
    kept = {
        name: (run.path / name).read_bytes()
        for name in ("status.json", "metrics.jsonl", "model.safetensors", "run.json", "present.safetensors")
    }
    try:
        worker.execute(run)
        return run.status().detail
    finally:
        for name, content in kept.items():
            (run.path / name).write_bytes(content)


def _archive(folder: Path, content: bytes) -> Any:
    run, verdict = open_file(content, most=80_000_000)
    try:
        return str(verdict.message), pages.row(run), pages.watch(run)
    finally:
        keeping.shutil.rmtree(run.path)


# -- what a browser sends


def _address(rng: random.Random, file: bytes, others: Sequence[bytes]) -> bytes:
    """A page's address with other values, which are text always."""
    link = json.loads(file)
    for _ in range(rng.choice((1, 2, 3))):
        value = any_value(rng)
        link[rng.choice(list(link))] = value if isinstance(value, str) else str(value)
    return dump(link)


# -- settings of the machine


SETTINGS = (
    "DIGITLAB_EPOCHS",
    "DIGITLAB_WAITING",
    "DIGITLAB_SETTINGS",
    "DIGITLAB_HOSTED",
    "DIGITLAB_LANGUAGE",
    "TI_CPU_MAX_NUM_THREADS",
    "DIGITLAB_DATA",
    "MNIST_DIR",
    "PEN_DIGITS",
)


def _environment(folder: Path, content: bytes) -> Any:
    values = {
        name: value
        for name, value in json.loads(content).items()
        if isinstance(value, str) and value.isprintable() and value.isascii()
    }
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update({name: value for name, value in values.items() if name in SETTINGS})
    try:
        return pages.settings_of_the_machine()
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _any_of(names: Callable[[str], Change]) -> Change:
    return zipped(names)


def _in_archive(name: str) -> Change:
    if name.endswith(".jsonl"):
        return any_lines
    return any_json if name.endswith(".json") else any_safetensors


def _run_reader(name: str, change: Change, look: Callable[[Run], Any], share: float = 1.0) -> Reader:
    return Reader(lambda: seeds.run_file(name), change, _of_a_run(name, look), share)


def _pictures(kind: str) -> Reader:
    return Reader(lambda: seeds.pictures()[kind], any_picture, _picture)


READERS: dict[str, Reader] = {
    "model": Reader(lambda: [seeds.model_file(), seeds.model_file("float16")], any_safetensors, _model),
    "model-json": Reader(lambda: [seeds.legacy_file()], any_json, _model),
    "model-packed": Reader(lambda: [seeds.gzipped(seeds.legacy_file())], packed(any_json), _model),
    "idx-pictures": Reader(lambda: [PICTURES()], any_bytes, _dataset(IMAGES, (LABELS, DIGITS))),
    "idx-labels": Reader(lambda: [DIGITS()], any_bytes, _labels),
    "idx-packed": Reader(lambda: [seeds.gzipped(PICTURES())], packed(any_bytes), _dataset(f"{IMAGES}.gz", (LABELS, DIGITS))),
    "csv": Reader(lambda: list(seeds.csv()), any_bytes, _dataset("a.csv")),
    "npz": Reader(lambda: list(seeds.npz()), _any_of(lambda name: any_npy), _dataset("a.npz")),
    "picture-zip": Reader(lambda: list(seeds.pictures_zip()), _any_of(lambda name: any_picture), _dataset("a.zip")),
    "upload": Reader(lambda: [_upload_file()], any_safetensors, _upload),
    "pen-digits": Reader(lambda: [seeds.pen_digits()], any_lines, _pen),
    **{f"picture-{kind.lower()}": _pictures(kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "others")},
    "run-archive": Reader(lambda: list(seeds.archive()), _any_of(_in_archive), _archive),
    "run-record": _run_reader("run.json", any_json, _table),
    "run-title": _run_reader("title.txt", any_bytes, lambda run: ((run.path / "run.json").unlink(), _table(run))),
    "run-config": _run_reader("config.json", any_json, _config),
    "run-status": _run_reader("status.json", any_json, _status),
    "run-process": _run_reader("process.json", any_json, _status),
    "run-summary": _run_reader("summary.json", any_json, _summary),
    "run-figures": _run_reader("metrics.jsonl", any_lines, _figures),
    "run-commands": _run_reader("commands.jsonl", any_lines, _commands),
    "run-model": _run_reader("model.safetensors", any_safetensors, _model_of_run),
    "run-snapshot": _run_reader("snapshots/0001.safetensors", any_safetensors, _snapshot),
    "run-present": _run_reader("present.safetensors", any_safetensors, _present),
    "run-checkpoint": _run_reader("checkpoint.safetensors", any_safetensors, _go_on),
    "back-query": Reader(lambda: [seeds.found()], any_safetensors, _found),
    "map": Reader(lambda: [seeds.digit_map()], any_safetensors, _map),
    "film": Reader(lambda: [seeds.film()], any_safetensors, kept.film),
    "hundred": Reader(lambda: [seeds.hundred()], _any_of(lambda name: any_npy), kept.shipped_hundred),
    "misread": Reader(lambda: [seeds.misread()], _any_of(lambda name: any_npy), kept.shipped_misread),
    "ink": Reader(lambda: [seeds.ink()], any_safetensors, kept.shipped_ink),
    "reproduced": Reader(lambda: [seeds.reproduced()], any_json, kept.shipped_rows),
    "deleted": Reader(lambda: [seeds.deletion()], any_json, kept.deleted),
    "copy-before": Reader(lambda: [b"default", b"20261130-120000-abcdef@1"], any_bytes, kept.copy("before.txt")),
    "copy-owner": Reader(lambda: [b"me"], any_bytes, kept.copy("owner.txt")),
    "sweep": Reader(lambda: [sweeps.kept()], any_json, sweeps.sweep),
    "sweep-form": Reader(sweeps.form_seeds, any_values, sweeps.fields),
    "queue-sheet": Reader(lambda: [seeds.queue_sheet()], any_json, _book("aaaaaaaaaaaa.json")),
    "queue-turns": Reader(lambda: [seeds.queue_turns()], any_json, _book("turns.json")),
    "drawings": Reader(lambda: [seeds.drawings()], any_lines, _drawings),
    "settings-json": Reader(lambda: [seeds.config().to_json().encode()], any_json, _settings),
    "pad": Reader(pages.pad_seeds, any_values, pages.pad),
    "components": Reader(pages.component_seeds, any_values, pages.components),
    "address": Reader(pages.address_seeds, _address, pages.address),
    "form": Reader(pages.form_seeds, any_values, pages.form),
    "asked": Reader(pages.asked_seeds, any_json, pages.asked_by_stage),
    "visitor": Reader(pages.visitors_seeds, any_values, pages.visitors),
    "class": Reader(lambda: [(seeds.a_class().path / "class.json").read_bytes()], any_json, _class("class.json")),
    "class-pupil": Reader(lambda: [next(seeds.a_class().path.glob("pupils/*")).read_bytes()], any_json, _class("pupils/x.json")),
    "settings-file": Reader(lambda: [seeds.settings_file()], any_bytes, _settings_file),
    "told": Reader(lambda: [dump({"template": "There is no {what}.", "values": {"what": "card"}})], any_values,
                   lambda folder, content: str(received(json.loads(content)))),
    "environment": Reader(lambda: [dump(dict.fromkeys(SETTINGS, "1"))], _address, _environment),
}  # fmt: skip
