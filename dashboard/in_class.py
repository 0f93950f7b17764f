"""The class that this visitor has joined: what they begin says that it belongs there."""

from core.runs import classes
from dashboard import visitor


def about() -> dict[str, str]:
    """What the record of a run that is begun now holds of it; nothing for who is in no class."""
    joined = classes.joined_by(visitor.owner())
    return {"room": joined.code} if joined else {}
