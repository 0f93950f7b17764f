"""Which cluster carries out runs: `DIGITLAB_SCHEDULER`."""

import importlib.util
import os
import re

from core.errors import DigitLabError
from core.messages import N_

ADDRESS = re.compile(r"(tcp|tls)://[\w.:\[\]-]{1,200}:\d{1,5}", re.ASCII)
NO_ADDRESS = N_("DIGITLAB_SCHEDULER is to be the address of a Dask scheduler, as tcp://10.0.0.5:8786, not {value!r}.")
NO_LIBRARY = N_(
    "DIGITLAB_SCHEDULER is set, but the library that talks with a cluster is not installed. Install it with "
    "pip install -r requirements-distributed.txt, or unset the variable: then runs go on here."
)


def scheduler() -> str:
    """The address of the scheduler; nothing where runs go on here.

    Raises `DigitLabError` for what is no address, and where the library `distributed` is not installed.
    """
    value = os.environ.get("DIGITLAB_SCHEDULER", "").strip()
    if value and not ADDRESS.fullmatch(value):
        raise DigitLabError(NO_ADDRESS, value=value)
    if value and importlib.util.find_spec("distributed") is None:
        raise DigitLabError(NO_LIBRARY)
    return value
