"""The files for a server name what is there, and the versions that are pinned are versions that the app may have."""

import importlib.util
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from core.folders import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())


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
    assert re.search(r"^USER [1-9]\d*$", last, re.MULTILINE) and "HEALTHCHECK" in last and "_stcore/health" in last
    assert all(
        re.match(r"python:3\.11\.\d+-slim", name) for name in re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    )


def test_what_the_image_compiles_is_there():
    (names,) = re.findall(r'python -c "import ([^"]+)"', DOCKERFILE)
    assert all(importlib.util.find_spec(name) for name in names.split(", "))


def test_the_servers_of_the_compose_file_write_to_their_data_alone_and_only_the_proxy_is_met_from_outside():
    services = dict(COMPOSE["services"])
    proxy = services.pop("proxy")
    port = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)[0]
    assert proxy["environment"]["SERVERS"] == " ".join(f"{name}:{port}" for name in services)
    assert re.fullmatch(r"caddy:\d+\.\d+\.\d+-alpine", proxy["image"]) and proxy["depends_on"] == list(services)
    assert len(services) == 2 and "ports" in proxy
    assert all(each["logging"]["options"].keys() == {"max-size", "max-file"} for each in (proxy, *services.values()))
    for server in services.values():
        assert server["read_only"] and server["tmpfs"] == ["/tmp"] and server["volumes"] == ["lab:/data"]
        assert server["cap_drop"] == ["ALL"] and server["security_opt"] == ["no-new-privileges:true"]
        assert server["mem_limit"] == "690m" and "ports" not in server and server["build"] == "."
    mounted = [each.split(":")[0] for server in (proxy, *services.values()) for each in server["volumes"]]
    here = {name for name in mounted if name.startswith("./")}
    assert {*mounted} - here == {*COMPOSE["volumes"]} and all((PROJECT / name).is_file() for name in here)


def test_compose_understands_its_file():
    if not (compose := shutil.which("docker-compose")):
        pytest.skip("docker-compose is not here")
    command = [compose, "--file", str(PROJECT / "compose.yaml"), "config", "--services"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.returncode == 0 and {*told.stdout.split()} == {"lab1", "lab2", "proxy"}, told.stderr


def test_what_a_tab_sends_and_what_a_closed_one_leaves_is_bounded():
    server = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
    assert server["maxUploadSize"] <= 8 and server["maxWidgetStateSize"] <= 2  # MB
    assert 60 <= server["disconnectedSessionTTL"] <= 120  # a minute offline loses nothing


def test_what_is_told_to_a_space_is_what_the_image_does():
    """A Space reads its settings from the head of its README; the colours are those that it knows."""
    _, head, text = (PROJECT / "deploy" / "space.md").read_text().split("---\n")
    told = yaml.safe_load(head)
    assert told["sdk"] == "docker" and f"EXPOSE {told['app_port']}\n" in DOCKERFILE and told["license"] == "mit"
    assert {told["colorFrom"], told["colorTo"]} <= {
        "red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"
    }  # fmt: skip
    assert "\nUSER 1000\n" in DOCKERFILE and "useradd --uid 1000 --create-home" in DOCKERFILE  # as whom a Space runs it
    assert "`DIGITLAB_EMBED`" in text and "`FORWARDED_ALLOW_IPS`" in text


def test_every_file_of_the_repository_is_one_that_a_space_takes():
    if not (PROJECT / ".git").exists():
        pytest.skip("no repository is here")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    files = [PROJECT / name for name in listed.split("\0") if name]
    large = {each.name: each.stat().st_size for each in files if each.is_file() and each.stat().st_size > 8_000_000}
    assert len(files) > 500 and not large  # of more than 10 MB a Space takes none as it is


def test_what_is_pinned_is_what_the_app_may_have():
    lines = (PROJECT / "deploy" / "constraints.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    wanted = [line.split("#")[0].strip() for line in (PROJECT / "requirements.txt").read_text().splitlines()]
    for each in (Requirement(line) for line in wanted if line and not line.startswith("taichi")):
        assert each.specifier.contains(pinned[each.name]), each
