"""The page's scripts are modules with one job each; a component is given one script, so its modules are put together here.

A module names what it needs as `import { picture } from "./raster.js";`. Each keeps names of its own: it becomes a function
that gives what the module exports, and is called once, in the order of the imports. Node is not needed for it.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.{1,2}/[^"\n]+\.js)";?[ \t]*$', re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(?=(?:async\s+)?(?:function\b\s*\*?|class\b|const\b)\s*([A-Za-z_$][\w$]*))", re.MULTILINE
)
_LEFT = re.compile(r"^(?:import\b(?!\s*\()|export\b).*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Module:
    """A script without its imports and the word `export`; the names it exports, and its imports as (module, names)."""

    path: Path
    text: str
    exports: tuple[str, ...]
    imports: tuple[tuple[Path, tuple[str, ...]], ...]


def bundle(folder: Path, entry: str) -> str:
    """The module `entry` of a folder, with all that it imports, as one module with the exports of `entry`.

    Raises `ValueError` for an import or export in a form that is not understood, for a name that is not exported, and for
    modules that import each other in a circle.
    """
    modules: dict[Path, _Module] = {}
    main = (folder / entry).resolve()
    _collect(main, modules, ())
    holders = {path: f"$module{number}" for number, path in enumerate(modules)}
    parts = []
    for module in modules.values():
        name = Path(os.path.relpath(module.path, folder.resolve())).as_posix()
        given = "".join(
            f"const {{ {', '.join(names)} }} = {holders[path]};\n" for path, names in module.imports if names
        )
        if module.path == main:
            parts.append(f"// {name}\n{given}{_without_imports(main)}")
        else:
            exports = ", ".join(module.exports)
            parts.append(
                f"const {holders[module.path]} = (() => {{ // {name}\n{given}{module.text}return {{ {exports} }};\n}})();\n"
            )
    return "\n".join(parts)


def _collect(path: Path, modules: dict[Path, _Module], above: tuple[Path, ...]) -> None:
    """Read a module after those that it imports: a dictionary keeps that order."""
    if path in modules:
        return
    if path in above:
        raise ValueError(f"{path.name} imports itself, by way of {', '.join(each.name for each in above)}.")
    module = _read(path, is_entry=not above)
    for other, names in module.imports:
        _collect(other, modules, (*above, path))
        exports = modules[other].exports
        if lacking := [name for name in names if name.split(":")[0] not in exports]:
            raise ValueError(f"{path.name} imports {', '.join(lacking)} of {other.name}, which does not export it.")
    modules[path] = module


def _read(path: Path, *, is_entry: bool) -> _Module:
    imports = tuple(
        ((path.parent / source).resolve(), tuple(_names(inside)))
        for inside, source in _IMPORT.findall(path.read_text(encoding="utf-8"))
    )
    text = _without_imports(path)
    exports = tuple(_EXPORT.findall(text))
    plain = _EXPORT.sub("", text)
    for line in _LEFT.findall(plain):
        if not (is_entry and line.startswith("export default")):
            raise ValueError(f"{path.name}: this import or export is not understood: {line}")
    return _Module(path, plain, exports, imports)


def _without_imports(path: Path) -> str:
    return _IMPORT.sub("", path.read_text(encoding="utf-8")).strip("\n") + "\n"


def _names(inside: str) -> list[str]:
    """`a, b as c` in the braces of an import, as the braces of a destructuring say it: `a`, `b: c`."""
    return [": ".join(each.split(" as ")) for part in inside.split(",") if (each := " ".join(part.split()))]
