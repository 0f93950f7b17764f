"""The parts of a page that are drawn anew by themselves, and how long each time takes."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ClientState_pb2 import ClientState

REDRAW = "redraw"  # the component that asks for its part (`dashboard/parts/redraw.js`), with
SPREAD, LEAST = 0.1, 0.25  # what stands there


@dataclass
class Parts:
    """Of one tab, as a browser asks for them.

    Attributes
    ----------
    send : sends a question to the session; of a closed tab it does nothing.
    refreshed : when each answer was asked for, and the seconds until the whole of it had come.
    asked : when each part was asked for that has not been answered.
    """

    send: Callable[[ClientState], Awaitable[None]]
    refreshed: list[tuple[float, float]] = field(default_factory=list)
    asked: dict[str, float] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)  # of those asked for, whose answer has begun to come
    _every: dict[str, float] = field(default_factory=dict)  # Streamlit's own: how often
    _last: dict[str, float] = field(default_factory=dict)  # when each of ours was asked for last
    _timers: dict[str, asyncio.Task] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=random.Random)

    @property
    def any(self) -> bool:
        """Whether there are some of Streamlit's own."""
        return bool(self._every)

    def every(self, fragment: str, interval: float) -> None:
        """Streamlit's `run_every`: asked for so often, whatever comes."""
        if self._every.get(fragment) == interval:
            return
        self._every[fragment] = interval
        self._set(fragment, self._again_and_again(fragment, interval))

    def after(self, fragment: str, component: BidiComponent) -> None:
        """Ours: asked for so long after it was asked for last as the component is told with each drawing."""
        seconds = json.loads(component.json)["seconds"]
        passed = time.monotonic() - self._last.setdefault(fragment, time.monotonic())
        spread = self._chance.uniform(1 - SPREAD, 1 + SPREAD)
        self._set(fragment, self._once(fragment, component.id, max(seconds * spread - passed, LEAST * seconds)))

    def _set(self, fragment: str, timer) -> None:
        if fragment in self._timers:
            self._timers[fragment].cancel()
        self._timers[fragment] = asyncio.create_task(timer)

    async def _again_and_again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.asked.setdefault(fragment, time.monotonic())
            await self.send(ClientState(fragment_id=fragment, is_auto_rerun=True))

    async def _once(self, fragment: str, component: str, wait: float) -> None:
        await asyncio.sleep(wait)
        now = self._last[fragment] = self.asked[fragment] = time.monotonic()
        state = ClientState(fragment_id=fragment)
        state.widget_states.widgets.add(id=component, json_value=json.dumps({"asked": now}))
        await self.send(state)

    def begins(self, fragment: str) -> None:
        """Something of a part has come."""
        if fragment in self.asked:
            self._begun.add(fragment)

    def ends(self, fragments: Iterable[str]) -> None:
        """A drawing is over. Of several parts asked for in one moment, the server tells the end of the last alone."""
        for each in {*fragments, *self._begun}:
            if asked := self.asked.pop(each, None):
                self.refreshed.append((asked, time.monotonic() - asked))
        self._begun.clear()

    def stop(self) -> None:
        """All is drawn anew, or the tab is closed."""
        for timer in self._timers.values():
            timer.cancel()
        for each in (self._timers, self._every, self.asked):
            each.clear()
        self._begun.clear()
