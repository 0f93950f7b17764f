"""The page's script modules on an empty page, as a browser loads them: without Streamlit, a server or Node."""

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page, Route

from tests.browser.app import PROJECT

ADDRESS = "https://digit-lab.test/"  # no request leaves the browser
FOLDER = PROJECT / "dashboard"


def open_modules(page: Page, **files: bytes) -> None:
    """Come to an empty page that can `import("/pads/raster.js")`, as any module of `dashboard/`, and fetch `/NAME` of `files`."""

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name in files:
            route.fulfill(body=files[name], content_type="application/octet-stream")
        elif not name:
            route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
        else:
            route.fulfill(path=FOLDER / name, content_type="text/javascript")

    page.route(f"{ADDRESS}**", answer)
    page.goto(ADDRESS)


def array(sent: str, dtype: Any, *shape: int) -> np.ndarray:
    """What a module's typed array holds, sent as the base64 of its bytes: a list of numbers takes many times as long."""
    return np.frombuffer(base64.b64decode(sent), dtype=dtype).reshape(shape)


# bytes(typed array) -> base64, for what is sent back from the page
BYTES = """(values) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
}"""

# base64 -> ArrayBuffer, for what is sent to the page
FROM_BASE64 = "(text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer"
