"""An open tab without a browser: it speaks over a websocket as Streamlit's scripts do, and draws as the stage does."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection

from tests.load.drawings import Sheet
from tests.load.http import Http
from tests.load.parts import REDRAW, Parts

STAGE = "digit_stage"
ANSWER = (
    5.0  # seconds that the stage waits for an answer, before it tells the session (`dashboard/draw/stage/asking.js`)
)
GIVEN_UP = 30.0  # seconds


class LostError(Exception):
    """What was asked of the server was never answered."""


@dataclass
class Tab:
    """One visitor's tab, as long as `open_tab` lasts.

    Attributes
    ----------
    stage : what the stage was told last, None until it has come.
    parts : what of the page is drawn anew by itself.
    asked_twice : how often the stage got no answer, and the session was told at once.
    received : bytes.
    """

    socket: ClientConnection
    http: Http
    address: str
    query: str = ""
    stage: dict | None = None
    finished: int = 0  # runs of the whole page's script that have come to their end
    received: int = 0
    asked_twice: int = 0
    _page: str = ""  # its script's hash
    _of: tuple[str, str] = ("", "")  # the stage's id, and its fragment's
    _known: dict[str, bytes] = field(default_factory=dict)  # messages that the server may refer to by their hash
    _sequence: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""  # why nothing more comes

    def __post_init__(self) -> None:
        self.parts = Parts(self._ask_for_part)

    async def _ask_for_part(self, state: ClientState) -> None:
        state.page_script_hash = self._page
        with contextlib.suppress(LostError):
            await self._send(state)

    async def come(self, page: str = "") -> None:
        """Come to a page and wait until all of it is there; a first look is at an empty page, which asks for the rest."""
        await self._send(ClientState(page_name=page))
        await self.until(lambda: self.finished >= 1)
        if self.parts.any and self.finished < 2:
            await self.until(lambda: self.finished >= 2)

    async def draw(self, sheet: Sheet) -> dict:
        """Ask what the server says of what lies on the pad now, as the stage does; without an answer it tells the session."""
        if self.stage is None:
            raise LostError("there is no stage")
        self._sequence += 1
        about = {name: self.stage[name] for name in ("model", "language", "sheet")}
        asked = json.dumps(about)[:-1] + ", " + self._said(sheet)[1:]
        try:
            async with asyncio.timeout(ANSWER):
                status, answer = await self.http.post("/digit-lab/read", asked.encode())
            if status == 200:
                return json.loads(answer)
        except (TimeoutError, OSError):
            pass
        self.asked_twice += 1
        return await self.tell(sheet)

    async def tell(self, sheet: Sheet) -> dict:
        """Tell the session of a drawing, and wait for what it says."""
        sequence = self._sequence
        await self._send(self._drawing(sheet))
        return await self.until(lambda: self._word(sequence))

    def _word(self, sequence: int) -> dict | None:
        """The server's word, once it is of a drawing as late as this."""
        verdict = (self.stage or {}).get("verdict")
        return verdict if verdict and verdict["sequence"] >= sequence else None

    def _drawing(self, sheet: Sheet) -> ClientState:
        state = ClientState(fragment_id=self._of[1], page_script_hash=self._page)
        state.widget_states.widgets.add(id=self._of[0], json_value=f'{{"drawing":{self._said(sheet)}}}')
        return state

    def _said(self, sheet: Sheet) -> str:
        """A drawing as the stage sends it, as JSON."""
        version = self.stage["version"] if self.stage else 0
        return f'{{"version":{version},"sequence":{self._sequence},"strokes":{sheet.strokes},"png":"{sheet.png}"}}'

    async def until(self, come_true: Callable[[], object], seconds: float = GIVEN_UP):
        """Wait until this is true of what the server has sent; returns what it gave."""
        end = time.monotonic() + seconds
        while not (found := come_true()):
            if self.ended:
                raise LostError(self.ended)
            self._changed.clear()
            async with asyncio.timeout(max(end - time.monotonic(), 0)):
                await self._changed.wait()
        return found

    async def _send(self, state: ClientState) -> None:
        state.query_string = self.query
        state.cached_message_hashes.extend(self._known)
        state.context_info.timezone = "UTC"
        state.context_info.locale = "en-US"
        state.context_info.url = self.address
        state.context_info.color_scheme = "light"
        try:
            await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        except websockets.ConnectionClosed as error:
            raise LostError(str(error)) from error

    async def listen(self) -> None:
        """Take what the server sends, until the tab is closed."""
        try:
            async for data in self.socket:
                self.received += len(data)
                self._take(ForwardMsg.FromString(data), data)
                self._changed.set()
        except websockets.ConnectionClosed as error:
            self.ended = str(error)
        else:
            self.ended = "the server closed the connection"
        self._changed.set()

    def _take(self, message: ForwardMsg, data: bytes) -> None:
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            known = ForwardMsg.FromString(self._known[message.ref_hash])
            known.metadata.CopyFrom(message.metadata)
            message, kind = known, known.WhichOneof("type")
        elif message.metadata.cacheable:
            self._known[message.hash] = data
            while len(self._known) > 20:  # a browser forgets after two runs
                self._known.pop(next(iter(self._known)))
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
            if not message.metadata.run.fragment_ids:
                self.parts.stop()
        elif kind == "navigation":  # of which page it is, the script says when it has looked at the address
            self._page = message.navigation.page_script_hash or self._page
        elif kind == "auto_rerun":
            self.parts.every(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "script_finished":
            self._finish(list(message.metadata.run.fragment_ids))
        elif kind == "delta":
            self._look(message)
            self.parts.begins(message.delta.fragment_id)

    def _look(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") != "bidi_component":
            return
        component = element.bidi_component
        if component.component_name == STAGE:
            self.stage = json.loads(component.json)
            self._of = component.id, message.delta.fragment_id
            self._sequence = max(self._sequence, self.stage["heard"])
        elif component.component_name == REDRAW:
            self.parts.after(message.delta.fragment_id, component)

    def _finish(self, fragments: list[str]) -> None:
        if not fragments:
            self.finished += 1
        self.parts.ends(fragments)

    def close(self) -> None:
        self.parts.stop()
        self.http.close()


@contextlib.asynccontextmanager
async def open_tab(address: str, query: str = "", cookie: str = ""):
    """A tab of the app at an address with http; it comes nowhere yet."""
    parts = urlsplit(address)
    stream = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}{parts.path.rstrip('/')}/_stcore/stream"
    headers = {"Cookie": cookie} if cookie else {}
    async with websockets.connect(
        stream, subprotocols=["streamlit"], max_size=None, open_timeout=GIVEN_UP, compression=None, ping_interval=None,
        additional_headers=headers,
    ) as socket:  # fmt: skip
        tab = Tab(socket, Http(address, cookie), address, query)
        listening = asyncio.create_task(tab.listen())
        try:
            yield tab
        finally:
            tab.close()
            listening.cancel()
