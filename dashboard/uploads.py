"""Files that visitors upload are kept in the server's memory, by Streamlit, until their tab is closed: here they are bounded.

Streamlit limits one file (`server.maxUploadSize`), not how many, and takes them for any id of a session's own choosing.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec

from core.errors import DigitLabError
from core.messages import N_

MOST_FILES = 4  # of a visitor: a page has fewer places for them
MOST_BYTES = 16_000_000  # of a visitor
MOST_IN_ALL = 64_000_000  # bytes of all visitors
GIVEN_WAY = N_("The file is not on the server any more: it gave way to newer ones. Give it again.")


class BoundedUploads:
    """Takes the place of a manager's `add_file`: the oldest files give way to what is one too many.

    A file that gave way is gone for its page as if its visitor had removed it.
    """

    def __init__(self, manager: MemoryUploadedFileManager) -> None:
        self._manager, self._add = manager, manager.add_file
        self._sizes: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = threading.Lock()
        manager.add_file = self.add_file  # type: ignore[method-assign]  # there is no other door to it

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        with self._lock:
            self._forget_what_is_gone()
            self._add(session_id, file)
            self._sizes.pop((session_id, file.file_id), None)
            self._sizes[session_id, file.file_id] = len(file.data)
            own = [key for key in self._sizes if key[0] == session_id]
            while len(own) > MOST_FILES or sum(self._sizes[key] for key in own) > MOST_BYTES:
                self._remove(own.pop(0))
            while sum(self._sizes.values()) > MOST_IN_ALL:
                self._remove(next(iter(self._sizes)))

    def _remove(self, key: tuple[str, str]) -> None:
        del self._sizes[key]
        self._manager.remove_file(*key)

    def _forget_what_is_gone(self) -> None:
        for session_id, file_id in list(self._sizes):
            if not self._manager.get_files(session_id, [file_id]):
                del self._sizes[session_id, file_id]


def still_here(files: Iterable[UploadedFile | DeletedFile | None]) -> list[UploadedFile]:
    """Of what a field holds in the session, the files that are here. Raises `DigitLabError` where one has given way to others."""
    here = []
    for file in files:
        if isinstance(file, DeletedFile):
            raise DigitLabError(GIVEN_WAY)
        if file is not None:
            here.append(file)
    return here


@st.cache_resource(show_spinner=False)
def bound_uploads() -> BoundedUploads | None:
    """Bound the uploads of this server, once; where there is no server, as in a test of one page, there is nothing to bound."""
    context = get_script_run_ctx()
    manager = context.uploaded_file_mgr if context else None
    return BoundedUploads(manager) if isinstance(manager, MemoryUploadedFileManager) else None
