"""The pictures that the README shows: they are there, light and dark, and small."""

import re

from PIL import Image

from core.folders import PROJECT
from dashboard.words import PAGES

FOLDER = PROJECT / "dashboard" / "pictures"
MOST = 600_000  # bytes of all of them
README = (PROJECT / "README.md").read_text(encoding="utf-8")
NAMED = re.findall(r'(?:src|srcset)="(dashboard/pictures/[^"]+)"', README)


def test_the_readme_opens_with_the_stage_and_names_pictures_that_exist() -> None:
    assert NAMED and all((PROJECT / name).is_file() for name in NAMED)
    assert "dashboard/pictures/draw-light.webp" in README[:1500], "before anything has to be scrolled"
    assert sorted(NAMED) == sorted(path.relative_to(PROJECT).as_posix() for path in FOLDER.iterdir()), (
        "and no others lie there"
    )


def test_each_page_is_shown_light_and_dark() -> None:
    shown = {tuple(re.fullmatch(r"dashboard/pictures/(\w+)-(light|dark)\.webp", name).groups()) for name in NAMED}
    names = {name for name, _ in shown}
    assert names >= set(PAGES) - {"curious", "classroom", "sweep"} and len(shown) == 2 * len(names)


def test_all_pictures_together_are_small_and_are_pictures() -> None:
    paths = [PROJECT / name for name in NAMED]
    assert sum(path.stat().st_size for path in paths) <= MOST
    for path in paths:
        with Image.open(path) as picture:
            assert picture.format == "WEBP" and picture.width > picture.height > 500
