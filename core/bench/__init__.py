"""Racing the engines: `python -m core bench`, and `measure` for whoever wants the rows as they come."""

from core.bench.command import bench
from core.bench.measure import Row, measure

__all__ = ["Row", "bench", "measure"]
