"""What the README says is what the program does, as far as a program can tell."""

import re

from core.folders import PROJECT

VARIABLE = re.compile(r"\b(?:DIGITLAB_[A-Z_]+|MNIST_DIR|PEN_DIGITS)\b")


def test_the_table_of_settings_names_every_variable_that_is_read():
    code = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "dashboard").rglob("*.py"), PROJECT / "streamlit_app.py"]
    read = {name for path in code for name in VARIABLE.findall(path.read_text())}
    table = [line for line in (PROJECT / "README.md").read_text().splitlines() if line.startswith("| `")]
    assert read == {name for line in table for name in VARIABLE.findall(line.split("|")[1])}
