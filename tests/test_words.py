"""All that a person reads can be translated: no page shows a bare literal, no error is glued, and the catalogue is whole."""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

from core.folders import PROJECT

CATALOGUE = PROJECT / "dashboard/locale/digit-lab.pot"
# As in the Makefile: a function's name, and which of its arguments are the sentences.
KEYWORDS = {"say": None, "say_many": (1, 2), "N_": None, "message": None, "Message": None, "DigitLabError": None}
SAYING = ("say", "say_many")
TEMPLATES = ("DigitLabError", "Message", "message")

# What Streamlit shows of its arguments, by place and by name.
FIRST = {
    "button", "camera_input", "caption", "checkbox", "chat_input", "download_button", "error", "expander", "file_uploader",
    "header", "info", "link_button", "markdown", "metric", "multiselect", "number_input", "pills", "popover", "radio",
    "segmented_control", "select_slider", "selectbox", "slider", "spinner", "status", "subheader", "success", "tabs", "text",
    "text_area", "text_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
SHOWN = {**dict.fromkeys(FIRST, (0,)), "progress": (1,), "page_link": (), "plotly_chart": (), "image": (1,), "Page": ()}
NAMED = ("label", "help", "placeholder", "alt", "body", "text", "caption", "title", "value_text")
NO_WORDS = re.compile(r"%\{[^}]*\}|:material/\w+:|#[0-9a-f]{6}\b|:[a-z-]+\[|<[^>]*>|&\w+;")

FILES = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "dashboard").rglob("*.py"), PROJECT / "streamlit_app.py"]
PAGES = [path for path in FILES if "core" not in path.relative_to(PROJECT).parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    """ "markdown" of `st.markdown(...)` and of `columns[0].markdown(...)`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_wordy(text: str) -> bool:
    return bool(re.search(r"[A-Za-z]{2,}", NO_WORDS.sub("", text)))


def bare(node: ast.AST) -> Iterator[str]:
    """The words in an expression that would be shown as they stand, an error's English sentence among them."""
    match node:
        case ast.Constant(value=str(text)):
            if is_wordy(text):
                yield text
        case ast.JoinedStr():
            for part in node.values:
                yield from bare(part.value if isinstance(part, ast.FormattedValue) else part)
        case ast.Name(id="error"):
            yield "error"
        case ast.Call():
            if called(node) not in SAYING:
                for argument in (getattr(node.func, "value", None), *node.args):
                    yield from bare(argument) if argument else ()
        case ast.IfExp():
            yield from (*bare(node.body), *bare(node.orelse))
        case ast.BinOp():
            yield from (*bare(node.left), *bare(node.right))
        case ast.BoolOp(values=several) | ast.List(elts=several) | ast.Tuple(elts=several):
            for each in several:
                yield from bare(each)


def shown(call: ast.Call) -> Iterator[ast.expr]:
    """What a call gives to Streamlit to show; nothing of a call that is none of Streamlit's."""
    if isinstance(call.func, ast.Attribute) and called(call) in SHOWN:
        yield from (call.args[place] for place in SHOWN[called(call)] if place < len(call.args))
        yield from (keyword.value for keyword in call.keywords if keyword.arg in NAMED)


def found_in(paths: Iterable[Path], look: Callable[[Path], Collection]) -> dict[str, Collection]:
    """What `look` finds in each of these files; a rule that all of them keep is one test."""
    return {name_of(path): found for path in paths if (found := look(path))}


def test_pages_show_nothing_but_what_is_said():
    def bare_words(path: Path) -> dict[int, list[str]]:
        return {call.lineno: words for call in calls(path) for part in shown(call) if (words := list(bare(part)))}

    assert not found_in(PAGES, bare_words)


def glued(path: Path) -> list[int]:
    return [
        call.lineno
        for call in calls(path)
        if called(call) in (*TEMPLATES, *SAYING, "N_") and isinstance(call.func, ast.Name)
        for sentence in call.args[: 2 if called(call) == "say_many" else 1]
        if not is_template(sentence)
    ]


def test_sentences_are_templates_with_values_and_never_glued():
    assert not found_in(FILES, glued)


def is_template(node: ast.expr) -> bool:
    """Whether a sentence stands there whole, or is looked up: no f-string, no `format`, no sum, no choice of two."""
    if isinstance(node, ast.Call):
        return called(node) not in ("format", "join", "replace", "capitalize")
    if isinstance(node, ast.IfExp):  # Babel would take two literals here for one
        return all(is_template(each) and not isinstance(each, ast.Constant) for each in (node.body, node.orelse))
    return not isinstance(node, ast.JoinedStr | ast.BinOp)


# -- HTML and what the page's scripts are given

TAG = re.compile(r"<[!/a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
READ_OUT = re.compile(r"""\b(?:alt|aria-label|aria-description|title|placeholder)=("[^"]*"|'[^']*')""")
HOLE = "\x00"  # where a value goes
# What a component's data calls the texts that its script shows or has read out.
SHOWN_BY_SCRIPTS = re.compile(r"(?:\w+_)?(?:answer|caption|hint|labels?|note|said|sentence|text|title|on(?:Ink|Paper))")


def written(node: ast.expr) -> str | None:
    """A text as it stands in the code, with a hole for each value of an f-string."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr():
            return "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
        case ast.BinOp(op=ast.Add()):
            return "".join(written(side) or HOLE for side in (node.left, node.right))
    return None


def texts(path: Path) -> Iterator[ast.expr]:
    """The outermost texts of a file that are neither said nor documentation."""

    def inside(node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Call) and called(node) in (*SAYING, *TEMPLATES, "N_"):
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.expr) and written(node) is not None:
            yield node
            inner = [part.value for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
        else:
            inner = list(ast.iter_child_nodes(node))
        for each in inner:
            yield from inside(each)

    return inside(tree(path))


def words_in_html(text: str) -> list[str]:
    """What a person would read, or hear, of a piece of HTML; nothing of what is none."""
    tags = TAG.findall(text)
    heard = [attribute for tag in tags for attribute in READ_OUT.findall(tag)]
    read = TAG.split(text) if tags else []
    return [words.strip(HOLE + "\"' ") for words in (*heard, *read) if is_wordy(words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<p class="told">\x00</p>', []), ("<p>None yet.</p>", ["None yet."]), ("all but < and >", []),
        ('<img src="\x00" alt="\x00" width="320">', []), ('<img alt="A digit" src="\x00">', ["A digit"]),
        ("\x00 of them</p>", ["of them"]), ("<b>\x00 ✓</b>&nbsp;", []), ('<i aria-label="\x00 units"></i>', ["units"]),
    ],
)  # fmt: skip
def test_what_a_person_reads_of_html(text: str, words: list[str]):
    assert words_in_html(text) == words


def test_html_holds_no_words_but_those_that_are_said():
    def bare_words(path: Path) -> dict[int, list[str]]:
        return {text.lineno: words for text in texts(path) if (words := words_in_html(written(text) or ""))}

    assert not found_in(PAGES, bare_words)


def bare_data(path: Path) -> dict[int, list[str]]:
    """Lines of a dict that a script may be given, with words that were not said."""
    return {
        value.lineno: words
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if not (isinstance(value, ast.Call) and called(value) == "N_")  # a table, which is said where it is shown
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and SHOWN_BY_SCRIPTS.fullmatch(key.value)
        if (words := list(bare(value)))
    }


def test_scripts_are_given_what_is_said():
    assert not found_in(PAGES, bare_data)


def words_of_its_own(path: Path) -> list[str]:
    """What a script shows, or has a screen reader say, that was not given to it."""
    shown = re.compile(
        r"""(?:\.(?:textContent|innerText|title|alt|ariaLabel|placeholder)\s*=(?!=)|setAttribute\(\s*["'](?:aria-label|aria-valuetext|alt|title)["']\s*,)([^;]*);"""
    )
    return [
        literal
        for assigned in shown.findall(path.read_text())
        for literal in re.findall(r"""(?<![\[.])["'`]([^"'`]*)["'`]""", assigned)
        if is_wordy(re.sub(r"\$?\{[^}]*\}", "", literal))
    ]


def test_scripts_show_no_words_of_their_own():
    assert not found_in(sorted((PROJECT / "dashboard").rglob("*.js")), words_of_its_own)


# -- constants


@cache
def constants(path: Path) -> dict[str, ast.expr]:
    """The values of a module's constants, by name."""
    found: dict[str, ast.expr] = {}
    for node in tree(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if node_value := getattr(node, "value", None):
            found |= {target.id: node_value for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def imported(path: Path) -> dict[str, tuple[Path, str]]:
    """Where what a module imports from ours stands: a file, and a name in it or nothing for the file itself."""
    found = {}
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("core", "dashboard"):
            home = PROJECT / node.module.replace(".", "/")
            for alias in node.names:
                inner = home / f"{alias.name}.py"
                outer = home.with_suffix(".py") if home.with_suffix(".py").is_file() else home / "__init__.py"
                found[alias.asname or alias.name] = (inner, "") if inner.is_file() else (outer, alias.name)
    return found


def constant(node: ast.expr, path: Path) -> ast.expr | None:
    """The value of the constant that an expression names (`NAME`, `NAME[key]`, `module.NAME`), wherever it is written."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        home, inner = imported(path).get(node.value.id, (path, "not a module"))
        return None if inner else constants(home).get(node.attr)
    if not isinstance(node, ast.Name):
        return None
    home, name = imported(path).get(node.id, (path, node.id))
    return constants(home).get(name) if home.is_file() else None


def unmarked(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            if is_wordy(text):
                yield text
        case ast.Dict(values=several) | ast.List(elts=several) | ast.Tuple(elts=several):
            for each in several:
                yield from unmarked(each)


def unmarked_constants(path: Path) -> list[tuple[int, str]]:
    return [
        (call.lineno, text)
        for call in calls(path)
        if called(call) in (*SAYING, *TEMPLATES) and isinstance(call.func, ast.Name) and call.args
        if (value := constant(call.args[0], path))
        for text in unmarked(value)
    ]


def test_constants_that_are_said_are_marked():
    assert not found_in(FILES, unmarked_constants)


# -- the catalogue


def sentences() -> set[str]:
    """All sentences of the code, as Babel finds them; of a plural its first form."""
    found = [
        message
        for folder in ("core", "dashboard")
        for _, _, message, _, _ in extract_from_dir(PROJECT / folder, keywords=KEYWORDS)
    ]
    found += [each[1] for each in extract_from_file("python", PROJECT / "streamlit_app.py", keywords=KEYWORDS)]
    return {message if isinstance(message, str) else message[0] for message in found}


def catalogue() -> set[str]:
    with open(CATALOGUE, "rb") as file:
        return {each.id if isinstance(each.id, str) else each.id[0] for each in read_po(file) if each.id}


def test_the_catalogue_holds_all_sentences_and_no_others():
    """`make words` collects them."""
    assert catalogue() == sentences()


def test_babel_finds_every_sentence():
    """Its reader does not look into f-strings, and takes two literals within one call for a single one."""
    written = {
        sentence.value
        for path in FILES
        for call in calls(path)
        if called(call) in KEYWORDS and isinstance(call.func, ast.Name) and call.args
        if isinstance(sentence := call.args[0], ast.Constant) and sentence.value
    }
    assert written <= sentences()


# Each has a plainer word, which stands everywhere else: starting value, leads by, right, layer and unit, sums, kept apart.
OLD = re.compile(
    r"\b(offsets?|points ahead|rightly|hidden (layer|unit|node)s?|slopes?|double precision|held back)\b", re.IGNORECASE
)


def test_a_thing_has_one_word():
    assert sorted(sentence for sentence in catalogue() if OLD.search(sentence)) == []
