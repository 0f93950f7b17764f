"""Racing the engines: `measure` gives the rows as they come."""

from core.bench.measure import Row, measure

__all__ = ["Row", "measure"]
