"""The client of a cluster's scheduler, in a thread of its own: it connects, looks how many runs the cluster takes, and connects
again. Whoever asks something of it waits for so many seconds and no longer, and is told when it is lost.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # its import takes seconds, and only a server with a cluster needs it
    from distributed import Client

LOOK_AGAIN = 1.0  # seconds between two looks at the workers
PATIENCE = 10.0  # seconds in which a scheduler or a worker has to answer
T = TypeVar("T")

log = logging.getLogger(__name__)


class Lost(Exception):  # noqa: N818 - it is what has happened
    """The scheduler or a worker does not answer, or not in time."""


class Connection:
    """One server's connection with a cluster.

    Parameters
    ----------
    address : of the scheduler.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: dict[str, int] = {}  # of each worker, by its address
        self._lock = threading.Lock()
        self._closed = False

    def begin(self) -> None:
        """Connect, and stay connected; returns at once."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._run, name="cluster", daemon=True).start()

    def runs_at_once(self) -> int:
        """How many runs the cluster takes: each holds a thread of a worker. One as long as that is not known."""
        return max(1, sum(self._threads.values()))

    def workers(self) -> dict[str, int]:
        """The threads of each worker, by its address, as of the last look."""
        return dict(self._threads)

    def is_with(self, client: "Client") -> bool:
        """Whether it is still this client: what was handed in by another one is gone."""
        return self._client is client

    def wait(self, seconds: float) -> bool:
        """Wait until it is connected; returns whether it is."""
        end = time.monotonic() + seconds
        while self._client is None and time.monotonic() < end:
            time.sleep(0.05)
        return self._client is not None

    def ask(self, what: "Callable[[Client], Awaitable[T]]", seconds: float | None = None) -> T:
        """What the client answers, within these seconds or `PATIENCE`.

        Raises `Lost` where nothing comes in time; what a worker raises itself comes through.
        """
        client, loop = self._client, self._loop
        if client is None or loop is None:
            raise Lost
        patience = PATIENCE if seconds is None else seconds

        async def bounded() -> T:
            from distributed.client import ClosedClientError

            try:
                return await asyncio.wait_for(what(client), patience)
            except ClosedClientError as error:
                raise Lost from error

        future = asyncio.run_coroutine_threadsafe(bounded(), loop)
        try:
            return future.result(patience + 1.0)
        except (OSError, TimeoutError, CancelledError) as error:  # a lost connection is an OSError
            future.cancel()
            raise Lost from error

    def call(
        self, worker: str, function: Callable[..., Awaitable[Any]], *arguments: Any, seconds: float | None = None
    ) -> Any:
        """What a function says that a worker runs beside its tasks. Raises `Lost`."""

        async def run(client: "Client") -> Any:
            return (await client.run(function, *arguments, workers=[worker]))[worker]

        return self.ask(run, seconds)

    def close(self) -> None:
        self._closed = True
        if self._loop and self._client:
            client = self._client
            with contextlib.suppress(Lost):
                self.ask(lambda _: client.close())

    # -- in its thread

    def _run(self) -> None:
        assert self._loop is not None  # `begin` made it
        loop = self._loop
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._stay_connected())
        finally:
            self._client = self._loop = None
            loop.close()

    async def _stay_connected(self) -> None:
        from distributed import Client
        from distributed.client import ClosedClientError

        said = False
        while not self._closed:
            try:
                async with Client(
                    self.address, asynchronous=True, set_as_default=False, timeout=PATIENCE, name="digit-lab"
                ) as client:
                    said = False
                    await self._look_after(client)
            except (OSError, TimeoutError, ClosedClientError) as error:
                if not said:
                    log.warning("The cluster at %s does not answer: %s", self.address, error or type(error).__name__)
                said = True
            await asyncio.sleep(LOOK_AGAIN)

    async def _look_after(self, client: "Client") -> None:
        """Count the workers' threads again and again, as long as the scheduler answers."""
        self._client = client
        try:
            while client.status == "running":
                self._threads = await asyncio.wait_for(client.nthreads(), PATIENCE)
                await asyncio.sleep(LOOK_AGAIN)
        finally:
            self._client, self._threads = None, {}
