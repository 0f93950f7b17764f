"""Remarks: what is worth saying about a run, worked out from its events by rules, each with the numbers that it rests on.

A remark says what the curves show and where; it never looks at test digits. New rule: one entry in a table.
"""

from core.config import Config
from core.messages import message
from core.training.events import Event
from core.training.remarks import inside, learning, progress
from core.training.remarks.curves import Curves, curves
from core.training.remarks.remark import Remark, Rule

__all__ = ["RULES", "Remark", "Rule", "remarks"]

RULES: tuple[Rule, ...] = (*learning.RULES, *progress.RULES, *inside.RULES)


def remarks(config: Config, events: list[Event]) -> list[Remark]:
    """All remarks on a run as far as its events go, in the order in which they happened."""
    read = curves(config, events)
    found = [remark for rule in RULES if (remark := _apply(rule, read))]
    return sorted(found, key=lambda remark: remark.step)


def _apply(rule: Rule, read: Curves) -> Remark | None:
    if len(read.epochs) < rule.epochs or (rule.held_back and not read.held_back):
        return None
    found = rule.find(read)
    if found is None:
        return None
    epoch, values = found
    step = next((event.step for event in read.epochs if event.epoch >= epoch), values.get("step", 0))
    return Remark(rule.key, message(rule.sentence, **values), values.get("step", step), epoch)
