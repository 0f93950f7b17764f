"""What is kept of a run besides its configuration: what it is called, whose it is, and where it comes from."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.errors import DigitLabError
from core.messages import unlinked

MAX_TITLE = 80
MAX_NOTE = 1_000
PLAIN = re.compile(r"[\w.:@+-]{0,80}", re.ASCII)
HOUSE = ("", "local", "terminal")  # owners of what is nobody's, or was begun on the computer that the server runs on
KINDS = ("train", "race")
YEARS = (1900, 9000)  # which can be said in any zone of time
MOST_OWNERS = 20
SNAPSHOTS = 60  # what a film of the training needs


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A run's record, `run.json`.

    Attributes
    ----------
    title : its name for a person, which its model takes over.
    owner : who began it: a visitor's id, "terminal", or nothing where nobody is known.
    owners : to whom else its owner has given it.
    links : which generation of its links works (`core.runs.links`); "" is the first.
    series : runs of one series belong together and are compared.
    parent : the run or model that it goes on from, if any.
    room : the class in which it was begun, by its code (`core.runs.classes`).
    kind : train, or race.
    note : what a person wrote down about it.
    starred : whether a person marked it.
    snapshots : how many of the networks on the way are kept at most.
    created : when, in UTC.
    """

    title: str = ""
    owner: str = ""
    owners: tuple[str, ...] = ()
    links: str = ""
    series: str = ""
    parent: str = ""
    room: str = ""
    kind: str = "train"
    note: str = ""
    starred: bool = False
    snapshots: int = SNAPSHOTS
    created: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        for name in ("owner", "links", "series", "parent", "room"):
            if not PLAIN.fullmatch(getattr(self, name)):
                raise DigitLabError("{value!r} cannot be the {name} of a run.", value=getattr(self, name), name=name)
        if len(self.owners) > MOST_OWNERS or not all(map(PLAIN.fullmatch, self.owners)):
            raise DigitLabError("A run has at most {most} owners besides who began it.", most=MOST_OWNERS)
        if self.kind not in KINDS:
            raise DigitLabError("There is no kind of run called {kind!r}.", kind=self.kind)
        if len(self.note) > MAX_NOTE:
            raise DigitLabError("A note has at most {most} letters; this one has {n}.", most=MAX_NOTE, n=len(self.note))
        if not YEARS[0] <= self.created.year <= YEARS[1]:
            raise DigitLabError("No run was made in the year {year}.", year=self.created.year)
        if not 0 <= self.snapshots <= SNAPSHOTS:
            raise DigitLabError("A run keeps 0 to {most} snapshots, not {n}.", most=SNAPSHOTS, n=self.snapshots)


def clean_title(title: str) -> str:
    """A title as it may stand in a list. Raises `DigitLabError` where nothing of it can be read, or it is too long."""
    title = unlinked(" ".join("".join(letter if letter.isprintable() else " " for letter in title).split()))
    if not title:
        raise DigitLabError("Give the run a name.")
    if len(title) > MAX_TITLE:
        raise DigitLabError("A name has at most {most} letters; this one has {n}.", most=MAX_TITLE, n=len(title))
    return title


def clean_note(note: str) -> str:
    """A note as it may be shown: whole lines of what can be read."""
    lines = note.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(letter for letter in line if letter.isprintable()).rstrip() for line in lines).strip()


def to_json(record: Record) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record))


def from_json(content: bytes) -> Record:
    """A written record. Raises one of `core.files.DAMAGED` (a value's `DigitLabError` comes as one) where it is none."""
    record = msgspec.json.decode(content, type=Record)
    created = record.created if record.created.tzinfo else record.created.replace(tzinfo=UTC)
    title = unlinked(record.title[:MAX_TITLE])  # a hand may have written the file
    return msgspec.structs.replace(record, created=created, title=title)


def earlier(run: Path) -> Record:
    """As much as can be known of a run of an earlier version, or with a damaged record: its `title.txt`, and its name."""
    try:
        title = clean_title((run / "title.txt").read_text()[:MAX_TITLE])
    except (OSError, ValueError):  # not there, not text, or nothing to read (a DigitLabError)
        title = run.name
    try:
        created = datetime.strptime(run.name[:15], "%Y%m%d-%H%M%S").astimezone(UTC)
    except ValueError:  # a folder of another name
        created = datetime.fromtimestamp(run.stat().st_mtime, UTC)
    return Record(title=title, created=created)
