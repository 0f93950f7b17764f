"""A loop on a map: its corners as they stand in the URL, and as a browser sends them."""

import re
from typing import Any

import numpy as np

LOOP = "loop"  # key of the loop around some digits, and its name in the URL
SIDE = 1_000  # steps along each side of the map
CORNERS = 32  # at the most
_TEXT = re.compile(r"\d{1,4}(?:\.\d{1,4}){5,63}", re.ASCII)


def corners_in(text: str | None) -> np.ndarray | None:
    """The corners (k, 2) in 0..1, y upwards, that the URL names as "10.20.900.20.500.800"; None where it names none."""
    if not text or not _TEXT.fullmatch(text):
        return None
    return _corners([int(part) for part in text.split(".")])


def text_of(sent: Any) -> str | None:
    """What a browser sent as a loop, as the URL has it; None where it is none."""
    if not isinstance(sent, list) or not all(type(part) is int for part in sent) or _corners(sent) is None:
        return None
    return ".".join(map(str, sent))


def asked_in(sent: Any) -> tuple[str, int | None] | None:
    """What a browser asks for: a loop as the URL has it, or "" for none, and the number of the digit that was meant, if one
    was. None where it sent nothing of the kind."""
    if not isinstance(sent, dict):
        return None
    corners, digit = sent.get("corners"), sent.get("digit")
    text = "" if corners == [] else text_of(corners)
    return None if text is None else (text, digit if type(digit) is int and digit >= 0 else None)


def _corners(numbers: list[int]) -> np.ndarray | None:
    fits = len(numbers) % 2 == 0 and 3 <= len(numbers) // 2 <= CORNERS and all(0 <= each <= SIDE for each in numbers)
    return np.array(numbers, dtype=np.float64).reshape(-1, 2) / SIDE if fits else None
