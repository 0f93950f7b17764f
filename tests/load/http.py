"""One connection to a server, kept open from request to request as a browser keeps it."""

import asyncio
from urllib.parse import urlsplit


class Http:
    """Requests one after the other; of what HTTP knows only what the app answers with."""

    def __init__(self, address: str, cookie: str = "") -> None:
        parts = urlsplit(address)
        self._host, self._port, self._below = parts.hostname, parts.port, parts.path.rstrip("/")
        self._cookie = f"Cookie: {cookie}\r\n" if cookie else ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """The status and the content of the answer; once more on a new connection where the server had let go of the old one."""
        kept = self._streams is not None
        try:
            return await self._post(path, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            if not kept:
                raise
            return await self._post(path, body)
        except BaseException:  # an answer that nobody waits for any more must not be taken for the next one
            self.close()
            raise

    async def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = (
            f"POST {self._below}{path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{self._cookie}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        return int(lines[0].split()[1]), await reader.readexactly(int(headers.get("content-length", 0)))

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None
