"""A room full of visitors: who comes when, what each does, and what is noted of it."""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.load.drawings import EMPTY, Sheet
from tests.load.http import Http
from tests.load.tab import LostError, Tab, open_tab

STROKE, LOOK, REST = 1.0, 3.0, 1.0  # seconds, half to one and a half, to draw, to look at the answer, and to rest
FETCHED = re.compile(r"""(?:src|href)="(\./(?:static|digit-lab)/[^"]+)\"""")


@dataclass
class Noted:
    """What was seen by all visitors.

    Attributes
    ----------
    first : seconds from coming until the first page was there: its own files, Streamlit's scripts, and all of its parts.
    answers : seconds from the end of each stroke to the server's word on it, of those after everyone had come.
    arriving : the same while others were still coming.
    refreshed : seconds that a part of the page of a watched training took to come anew, once everyone had come.
    settling : the same while others were still coming.
    asked_twice : answers that did not come from where the stage asks first.
    """

    first: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    arriving: list[float] = field(default_factory=list)
    refreshed: list[float] = field(default_factory=list)
    settling: list[float] = field(default_factory=list)
    asked_twice: int = 0
    drawings: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    received: int = 0


@dataclass
class Room:
    """Visitors of some servers at a time, each pinned to one of them as by a proxy with sticky sessions."""

    addresses: Sequence[str]
    digits: Sequence[list[Sheet]]
    arrive: float
    seconds: float
    noted: Noted = field(default_factory=Noted)

    def __post_init__(self) -> None:
        self.begun = time.monotonic()
        self.end = self.begun + self.arrive + self.seconds

    async def fill(self, visitors: int, watchers: int, run: str) -> None:
        """Let everyone come within the time of arrival, and stay until the end."""
        coming = [(self._draws, number) for number in range(visitors)]
        coming += [(self._watches, number) for number in range(watchers)]
        async with asyncio.TaskGroup() as group:
            for place, (visit, number) in enumerate(coming):
                group.create_task(self._come(visit, number, self.arrive * place / len(coming), run))

    async def come_and_go(self, visitors: int, stay: float) -> None:
        """The same with visitors who leave after about so many seconds, for each of whom another one comes."""
        async with asyncio.TaskGroup() as group:
            for place in range(visitors):
                group.create_task(self._one_after_the_other(place, self.arrive * place / visitors, stay))

    async def _one_after_the_other(self, place: int, after: float, stay: float) -> None:
        await asyncio.sleep(after)
        count, chance = place, random.Random(place)
        while (now := time.monotonic()) < self.end:
            await self._safely(self._draws(count, "", min(self.end, now + stay * chance.uniform(0.5, 1.5))))
            count += 1_000

    async def _come(self, visit, number: int, after: float, run: str) -> None:
        await asyncio.sleep(after)
        await self._safely(visit(number, run, self.end))

    async def _safely(self, visit) -> None:
        try:
            await visit
        except (LostError, TimeoutError, OSError) as error:
            self.noted.lost.append(repr(error))

    def _is_early(self, moment: float) -> bool:
        """Whether others were still coming."""
        return moment - self.begun < self.arrive

    def _address(self, number: int) -> str:
        return self.addresses[number % len(self.addresses)]

    async def _draws(self, number: int, _run: str, end: float) -> None:
        chance, address, came = random.Random(number), self._address(number), time.monotonic()
        cookie = await fetch_first_page(address)
        async with open_tab(address, cookie=cookie) as tab:
            await tab.come()
            self.noted.first.append(time.monotonic() - came)
            await self._draw_one(tab, chance.choice(self.digits), chance)
            while time.monotonic() < end:
                await self._draw_one(tab, chance.choice(self.digits), chance)
            self.noted.received += tab.received
            self.noted.asked_twice += tab.asked_twice

    async def _draw_one(self, tab: Tab, digit: list[Sheet], chance: random.Random) -> None:
        def some(seconds: float) -> float:
            return seconds * chance.uniform(0.5, 1.5)

        for sheet in digit:
            await asyncio.sleep(some(STROKE))
            begun = time.monotonic()
            verdict = await tab.draw(sheet)
            waited = time.monotonic() - begun
            (self.noted.arriving if self._is_early(begun) else self.noted.answers).append(waited)
            if not sheet.is_answered_by(verdict):
                self.noted.wrong.append(f"{verdict['shown']} in place of {sheet.shown}")
        self.noted.drawings += 1
        await asyncio.sleep(some(LOOK))
        await tab.draw(EMPTY)
        await asyncio.sleep(some(REST))

    async def _watches(self, number: int, run: str, end: float) -> None:
        async with open_tab(self._address(number), run) as tab:
            await tab.come("train")
            await tab.until(lambda: tab.parts.refreshed)
            await asyncio.sleep(max(end - time.monotonic(), 0))
            for asked, took in tab.parts.refreshed:
                (self.noted.settling if self._is_early(asked) else self.noted.refreshed).append(took)
            self.noted.received += tab.received


async def fetch_first_page(address: str) -> str:
    """Fetch the first page and what it names, as a browser does that has not been here before; the cookies that came with it."""
    http = Http(address)
    try:
        _, page = await http.get("/", accept="text/html")
        for found in FETCHED.finditer(page.decode()):
            await http.get(found[1].removeprefix("."), accept_encoding="gzip")
        return http.cookie
    finally:
        http.close()
