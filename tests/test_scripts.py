"""Modules put together into one script: their order, their names, and what is not understood."""

from pathlib import Path

import pytest

from dashboard.look.scripts import bundle


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_a_module_comes_after_what_it_imports_and_only_once(tmp_path):
    write(
        tmp_path,
        a='import { twice } from "./b.js";\nimport { ONE } from "./c.js";\nexport default twice(ONE);\n',
        b='import { ONE } from "./c.js";\nexport function twice(x) {\n  return 2 * x * ONE;\n}\n',
        c="export const ONE = 1;\n",
    )
    script = bundle(tmp_path, "a.js")
    assert script.count("const ONE = 1;") == 1
    assert script.index("const ONE = 1;") < script.index("function twice") < script.index("export default")
    assert "import" not in script and script.count("export") == 1


def test_imports_over_several_lines_under_another_name_and_from_another_folder(tmp_path):
    (tmp_path / "pads").mkdir()
    (tmp_path / "stage").mkdir()
    write(tmp_path / "pads", raster="export class Sheet {}\nexport async function png() {}\n")
    write(
        tmp_path / "stage",
        main='import {\n  Sheet,\n  png as asPng,\n} from "../pads/raster.js";\nnew Sheet(asPng());\n',
    )
    script = bundle(tmp_path / "stage", "main.js")
    assert "const { Sheet, png: asPng } = $module0;" in script and "// ../pads/raster.js" in script
    assert "return { Sheet, png };" in script


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('import b from "./b.js";', "not understood: import b"),
        ('import * as b from "./b.js";', "not understood: import"),
        ('import { b } from "left-pad";', "not understood: import"),
        ("export let x = 1;", "not understood: export let"),
        ("export * from './b.js';", "not understood: export"),
        ('import { lacking } from "./b.js";', "imports lacking of b.js"),
        ('import { round } from "./circle.js";', "imports itself"),
    ],
)
def test_what_is_not_understood_is_told(tmp_path, text, said):
    write(
        tmp_path, main=text, b="export const b = 1;", circle='import { x } from "./main.js";\nexport const round = 1;'
    )
    with pytest.raises(ValueError, match=said):
        bundle(tmp_path, "main.js")


def test_only_the_entry_has_a_default_export(tmp_path):
    write(tmp_path, main='import { b } from "./b.js";', b="export const b = 1;\nexport default b;")
    with pytest.raises(ValueError, match="b.js: this import or export is not understood"):
        bundle(tmp_path, "main.js")


def test_a_module_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        bundle(write(tmp_path, main='import { b } from "./b.js";'), "main.js")
