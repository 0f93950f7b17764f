"""The files for a server name what is there, and the versions that are pinned are versions that the app may have."""

import re
import shutil
import subprocess

import pytest
from packaging.requirements import Requirement

from core.folders import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()


def test_the_image_copies_what_is_there_and_all_that_the_app_needs():
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    }
    assert all((PROJECT / name).exists() for name in copied)
    assert {"core", "dashboard", "data", "models", ".streamlit", "streamlit_app.py"} <= copied
    let_in = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in


def test_the_image_is_no_root_s_and_says_how_it_is():
    last = DOCKERFILE.split("FROM ")[-1]
    assert re.search(r"^USER (?!root)", last, re.MULTILINE) and "HEALTHCHECK" in last and "_stcore/health" in last
    assert all(
        re.match(r"python:3\.11\.\d+-slim", name) for name in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    )


def test_what_is_pinned_is_what_the_app_may_have():
    lines = (PROJECT / "deploy" / "constraints.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    wanted = [line.split("#")[0].strip() for line in (PROJECT / "requirements.txt").read_text().splitlines()]
    for each in (Requirement(line) for line in wanted if line and not line.startswith("taichi")):
        assert each.specifier.contains(pinned[each.name]), each


def test_the_proxy_understands_its_file():
    if not (caddy := shutil.which("caddy")):
        pytest.skip("Caddy is not here")
    file = str(PROJECT / "deploy" / "Caddyfile")
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", file]
    settings = {"SITE": ":8080", "SERVERS": "127.0.0.1:8501 127.0.0.1:8502", "HOME": "/tmp", "PATH": ""}
    told = subprocess.run(command, env=settings, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
