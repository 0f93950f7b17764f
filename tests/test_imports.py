"""Who may import whom, and what the source may not do: read from the source itself."""

import ast
import functools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.folders import PROJECT

CORE = sorted((PROJECT / "core").rglob("*.py"))
SOURCES = CORE + sorted((PROJECT / "dashboard").rglob("*.py")) + sorted(PROJECT.glob("*.py"))

DASHBOARD = [path for path in SOURCES if path not in CORE]

NEVER_IN_CORE = {
    "dashboard",
    "streamlit",
    "streamlit_app",
    "streamlit_drawable_canvas",
    "plotly",
    "pandas",
    "altair",
}
ONE_PLACE = {
    "taichi": ("core/engines/taichi/", "core/bench/blog_taichi.py"),
    "distributed": ("core/jobs/cluster/",),
    "sklearn": ("core/datasets/bundled.py", "core/explain/neighbours.py"),
}
# The rooms of `core`, each above those that it may know of; several in a line know nothing of each other.
FLOORS = (
    ("messages", "folders", "processors", "seeding"),
    ("errors", "files", "sentences"),
    ("telling", "settings", "checks"),
    ("network",),
    ("drawings",),
    ("config",),
    ("datasets",),
    ("models",),
    ("engines",),
    ("training", "scores", "explain"),
    ("numbers", "teach", "learning", "heldout"),
    ("runs",),
    ("catalog", "film"),
    ("bench",),
    ("sweep",),
    ("jobs",),
    ("__init__",),  # the public face
    ("commands",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
UNPICKLERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}


def place(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    """All nodes of a file's source: each rule looks through them."""
    return list(ast.walk(tree(path)))


def imported(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The packages that a piece of source imports, by statement or by `import_module`, with their lines."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            for name in part.names:
                yield name.name.split(".")[0], part.lineno
        elif isinstance(part, ast.ImportFrom):
            assert part.level == 0, f"line {part.lineno}: a relative import hides which room it reaches into"
            yield part.module.split(".")[0], part.lineno
        elif isinstance(part, ast.Call) and called(part) in ("import_module", "__import__") and part.args:
            if isinstance(part.args[0], ast.Constant):
                yield part.args[0].value.split(".")[0], part.lineno


@functools.cache
def imports(path: Path) -> list[tuple[str, int]]:
    return list(imported(tree(path)))


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(path: Path, name: str) -> list[ast.Call]:
    return [node for node in nodes(path) if isinstance(node, ast.Call) and called(node) == name]


def test_there_is_something_to_read():
    assert len(CORE) > 25 and PROJECT / "core" / "runs" / "worker.py" in CORE


def found_in(paths: list[Path], look: Callable[[Path], list]) -> dict[str, list]:
    """What `look` finds in each of these files; a rule that all of them keep is one test."""
    return {place(path): found for path in paths if (found := look(path))}


def test_core_knows_nothing_of_the_app():
    assert not found_in(CORE, lambda path: [each for each in imports(path) if each[0] in NEVER_IN_CORE])


def modules(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules that a piece of source imports, with their whole names, and their lines."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((name.name, part.lineno) for name in part.names)
        elif isinstance(part, ast.ImportFrom):
            yield from ((f"{part.module}.{name.name}", part.lineno) for name in part.names)


ROOMS = {path.name for path in (PROJECT / "dashboard").iterdir() if (path / "__init__.py").is_file()}
SHARED = {"look", "parts", "pads"}  # no page's own


def of_other_rooms(path: Path) -> list[tuple[str, int]]:
    """What a file imports from the room of another page."""
    parts = path.relative_to(PROJECT).parts
    if parts[0] != "dashboard" or parts[1] == "pages":
        return []  # a page may put together what it likes
    own = parts[1] if len(parts) > 2 else ""
    return [
        (name, line)
        for name, line in modules(tree(path))
        if name.startswith("dashboard.") and name.split(".")[1] in ROOMS - SHARED - {own}
    ]


def test_no_page_room_imports_another():
    """What two pages share is in `parts`, `look` or `pads`; these import no page's room, and a room none but its own."""
    assert not found_in(DASHBOARD, of_other_rooms)


def test_the_rooms_are_known():
    assert {"draw", "train", "mistakes", "engines"} | SHARED <= ROOMS


def room(module: str) -> str:
    """The room of `core` that a module lies in: "core.models.files" -> "models"."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def upwards(path: Path) -> list[tuple[int, str]]:
    """What a file of `core` imports from its own floor or one above."""
    here = room(path.relative_to(PROJECT).with_suffix("").as_posix().replace("/", "."))
    wrong = []
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "core":
            names = [alias.name for alias in node.names]
            there = room(node.module) if node.module != "core" else "errors" if names == ["__version__"] else "__init__"
            if there != here and FLOOR[there] >= FLOOR[here]:
                wrong.append((node.lineno, node.module))
    return wrong


def test_nothing_in_core_runs_upwards():
    assert not found_in(CORE, upwards)


@pytest.mark.parametrize(("package", "home"), ONE_PLACE.items())
def test_a_heavy_package_is_imported_in_its_place(package, home):
    places = {place(path) for path in SOURCES if package in {name for name, _ in imports(path)}}
    assert all(found.startswith(home) for found in places), places


def test_scikit_learn_is_imported_only_when_it_is_asked_for():
    for path in (PROJECT / file for file in ONE_PLACE["sklearn"]):
        at_the_top = [
            each for each in tree(path).body if isinstance(each, ast.Import | ast.ImportFrom | ast.If | ast.Try)
        ]
        assert "sklearn" not in {name for part in at_the_top for name, _ in imported(part)}
        assert "sklearn" in {name for name, _ in imports(path)}


def unpickled(path: Path) -> list[tuple[str, int]]:
    """Where a file imports what can unpickle, or lets NumPy do so."""
    wrong = [each for each in imports(path) if each[0] in UNPICKLERS]
    for call in calls(path, "load"):
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("np", "numpy"):
            if "allow_pickle" not in {keyword.arg for keyword in call.keywords}:
                wrong.append(("np.load without allow_pickle=False", call.lineno))
    for node in nodes(path):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            if getattr(node.value, "value", None) is not False:
                wrong.append(("allow_pickle", node.value.lineno))
    return wrong


def test_nothing_is_unpickled():
    assert not found_in(SOURCES, unpickled)


def too_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches everything and does not pass it on: that would turn a bug into silence."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {ast.unparse(kind) if kind else "everything" for kind in kinds}
    if not names & {"everything", "Exception", "BaseException"}:
        return False
    last = handler.body[-1]
    return not (isinstance(last, ast.Raise) and last.exc is None)


def test_no_handler_catches_everything():
    def broad(path: Path) -> list[int]:
        return [node.lineno for node in nodes(path) if isinstance(node, ast.ExceptHandler) and too_broad(node)]

    assert not found_in(SOURCES, broad)


@pytest.mark.parametrize(
    ("source", "broad"),
    [
        ("except:\n  pass", True),
        ("except Exception:\n  x = 1", True),
        ("except (OSError, Exception) as e:\n  raise ValueError from e", True),
        ("except BaseException:\n  x = 1\n  raise", False),
        ("except OSError:\n  pass", False),
        ("except (OSError, ValueError):\n  pass", False),
        ("except zipfile.BadZipFile:\n  pass", False),
    ],
)
def test_what_counts_as_broad(source, broad):
    handler = ast.parse(f"try:\n  x = 0\n{source}").body[0].handlers[0]
    assert too_broad(handler) is broad


def test_the_test_set_is_opened_in_one_place():
    """Nothing that trains or chooses may look at it: `load_test` is known to `core/scores/evaluation.py` alone."""
    callers = {place(path) for path in SOURCES if calls(path, "load_test")}
    importers = {
        place(path)
        for path in SOURCES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and "load_test" in {alias.name for alias in node.names}
    }
    assert callers == importers == {"core/scores/evaluation.py"}


def global_randomness(path: Path) -> list[tuple[str, int]]:
    allowed = {"Generator", "default_rng", "SeedSequence"}
    wrong = [each for each in imports(path) if each[0] == "random"]
    for node in nodes(path):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
            if node.attr not in allowed:
                wrong.append((node.attr, node.lineno))
    return wrong


def test_no_global_randomness():
    """A generator is a value that is passed on; `np.random.seed`, `np.random.normal`, `random` are global."""
    assert not found_in(SOURCES, global_randomness)


def test_importing_core_is_light():
    """In a fresh process: the heavy packages come in when they are asked for, and not before.

    SciPy loads its parts when they are used (`import scipy`): it halves what the start of a worker costs, and takes a third
    off a command's.
    """
    heavy = ["sklearn", "taichi", "streamlit", "plotly", "pandas", "matplotlib", "distributed"]
    heavy += [f"scipy.{part}" for part in ("ndimage", "optimize", "special", "stats")]
    code = (
        "import sys, core.runs.worker, core.jobs.jobs, core.__main__;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_a_click_is_dealt_with_in_a_callback():
    """A run that is interrupted before it reaches the button would forget the click; a callback comes first."""

    def without(path: Path) -> list[int]:
        return [c.lineno for c in calls(path, "button") if "on_click" not in {word.arg for word in c.keywords}]

    assert not found_in(DASHBOARD, without)


def _is_told(value: ast.expr) -> bool:
    """Whether a callback says its refusals: it is `told(...)`, or `try_to`, or does nothing of ours at all."""
    if isinstance(value, ast.Call):
        return called(value) == "told"
    if isinstance(value, ast.Lambda):
        return isinstance(value.body, ast.Constant)
    return isinstance(value, ast.Constant) or getattr(value, "id", "") == "try_to"


def untold(path: Path) -> list[int]:
    """Lines of callbacks that are not told(...), and of fragments that are not `refusals.fragment`."""
    callbacks = [word for node in nodes(path) if isinstance(node, ast.Call) for word in node.keywords]
    wrong = [word.value.lineno for word in callbacks if (word.arg or "").startswith("on_") and not _is_told(word.value)]
    if place(path) != "dashboard/parts/refusals.py":
        wrong += [node.lineno for node in nodes(path) if isinstance(node, ast.Attribute) and node.attr == "fragment"]
    return wrong


def test_no_callback_and_no_fragment_can_end_in_a_redacted_box():
    assert not found_in(DASHBOARD, untold)


@pytest.mark.parametrize(
    ("source", "fine"),
    [("told(f)", True), ("try_to", True), ("'rerun'", True), ("lambda: None", True), ("f", False), ("lambda: f()", False),
     ("functools.partial(f)", False), ("jobs().stop", False)],
)  # fmt: skip
def test_what_counts_as_told(source, fine):
    assert _is_told(ast.parse(source, mode="eval").body) is fine
