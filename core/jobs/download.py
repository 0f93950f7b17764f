"""The download of MNIST as it goes on in a thread: it waits for the network, not for the processor, and needs no queue."""

import threading
from dataclasses import dataclass

from core.datasets.download import download_mnist
from core.errors import DigitLabError
from core.messages import N_, Message, message

NOT_KEPT = N_("The files could not be kept: {reason}. Make room on the disk and try again.")


@dataclass
class Download:
    """One download.

    Attributes
    ----------
    done, total : bytes.
    error : why it failed, or None.
    running : until it has ended, however that was.
    """

    done: int = 0
    total: int = 0
    error: Message | None = None
    running: bool = True

    def begin(self) -> None:
        """Fetch the files in a thread of its own."""
        threading.Thread(target=self._go, name="download", daemon=True).start()

    def _go(self) -> None:
        try:
            download_mnist(progress=self._progress)
        except DigitLabError as error:
            self.error = error.message
        except OSError as error:
            self.error = message(NOT_KEPT, reason=error.strerror)
        finally:
            self.running = False

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total
