"""One connection to a server, kept open from request to request as a browser keeps it."""

import asyncio
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], bytes]


class Http:
    """Requests one after the other; of what HTTP knows only what the app answers with. It keeps the cookies that it is given."""

    def __init__(self, address: str, cookie: str = "") -> None:
        parts = urlsplit(address)
        self._host, self._port, self._below = parts.hostname, parts.port, parts.path.rstrip("/")
        self.cookie = cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, **headers: str) -> tuple[dict[str, str], bytes]:
        """The headers and the content of what lies at a path."""
        _, found, content = await self._ask("GET", path, headers)
        return found, content

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """The status and the content of the answer."""
        status, _, content = await self._ask("POST", path, {"content-type": "application/json"}, body)
        return status, content

    async def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        """Once more on a new connection where the server had let go of the old one."""
        kept = self._streams is not None
        try:
            return await self._asked(method, path, headers, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            if not kept:
                raise
            return await self._asked(method, path, headers, body)
        except BaseException:  # an answer that nobody waits for any more must not be taken for the next one
            self.close()
            raise

    async def _asked(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        sent = {"host": f"{self._host}:{self._port}", "content-length": str(len(body)), **headers}
        if self.cookie:
            sent["cookie"] = self.cookie
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items())
        writer.write(f"{method} {self._below}{path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        await writer.drain()
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        found = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
        given = [value.split(";")[0] for name, value in found if name == "set-cookie"]
        self.cookie = "; ".join([*([self.cookie] if self.cookie else []), *given])
        content = await reader.readexactly(int(dict(found).get("content-length", 0)))
        return int(first.split()[1]), dict(found), content

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None
