"""What Taichi can compute on here, tried in the background: that takes some seconds once, in processes that may crash."""

import threading
import time

from core.engines.devices import Device, probe

TRIAL_SECONDS = 45.0  # a busy machine is slow, not without devices
TRY_AGAIN = 120.0


class Devices:
    """The devices of this machine; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: list[Device] | None = None
        self._tried = float("-inf")

    def known(self) -> list[Device] | None:
        """What was found; None as long as that is being tried.

        Where nothing could be used it is tried again after a while: the machine may only have been too busy.
        """
        with self._lock:
            hopeless = self._found is None or not any(device.available for device in self._found)
            if hopeless and time.monotonic() - self._tried > TRY_AGAIN:
                self._tried = time.monotonic()
                threading.Thread(target=self._probe, name="probe", daemon=True).start()
        return self._found

    def _probe(self) -> None:
        self._found = probe(TRIAL_SECONDS)
