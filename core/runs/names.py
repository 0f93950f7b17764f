"""Names for runs that people can say, and find again in a list: "Blue Owl". A run's id chooses its name."""

import hashlib
import re
from collections.abc import Container

FIRST = (
    "Amber Bold Brave Bright Brisk Bronze Busy Calm Clever Copper Coral Cosy Crimson Curious Daring Early "
    "Eager Fair Fast Fond Free Fresh Gentle Glad Golden Grand Green Happy Honest Ivory Jade Jolly "
    "Keen Kind Late Light Lively Loyal Lucky Merry Mild Misty Modest Neat Noble Olive Patient Pearl "
    "Plain Proud Quick Quiet Ruby Rapid Royal Silver Sharp Sunny Swift Tidy Velvet Violet Warm Wise"
).split()
SECOND = (
    "Badger Bear Beaver Bee Bison Bream Camel Cat Cobra Condor Crane Crow Deer Dolphin Donkey Dove "
    "Eagle Eel Falcon Ferret Finch Fox Frog Gecko Goat Goose Hare Hawk Heron Horse Ibis Jackdaw "
    "Jay Koala Lark Lemur Lion Lizard Llama Lynx Magpie Marten Mole Moose Mouse Newt Otter Owl "
    "Panda Parrot Pike Pony Puffin Raven Robin Salmon Seal Shrew Sparrow Stork Swan Tiger Toad Wren"
).split()
ONCE = re.compile(
    r"\d+(-\d+)+, \d{2} \w{3} \d{2}:\d{2}"
)  # what runs of earlier versions were called: "784-200-10, 20 Nov 10:11"


def name_of(run_id: str, taken: Container[str] = ()) -> str:
    """The name that an id chooses, and always the same; the next one in the list of all that is not `taken`."""
    count = len(FIRST) * len(SECOND)
    chosen = int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:4], "big")
    names = (_name((chosen + step) % count) for step in range(count))
    return next((name for name in names if name not in taken), _name(chosen % count))


def _name(number: int) -> str:
    return f"{FIRST[number // len(SECOND)]} {SECOND[number % len(SECOND)]}"


def is_earlier_name(title: str) -> bool:
    """Whether a title is one that an earlier version made of sizes and time, and no person chose."""
    return bool(ONCE.fullmatch(title))
