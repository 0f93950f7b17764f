"""Which cluster carries out runs: `DIGITLAB_SCHEDULER`."""

import importlib.util
import os
import re

from core.errors import DigitLabError
from core.messages import N_

ADDRESS = re.compile(r"(tcp|tls)://[\w.:\[\]-]{1,200}:\d{1,5}", re.ASCII)
NO_ADDRESS = N_("DIGITLAB_SCHEDULER is to be the address of a Dask scheduler, as tcp://10.0.0.5:8786, not {value!r}.")
NO_CERTIFICATE = N_(
    "DIGITLAB_SCHEDULER asks for TLS (tls://), but Dask does not know by which certificate: set "
    "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, and …__TLS__CLIENT__CERT and …__TLS__CLIENT__KEY (DEPLOY.md says how)."
)
NOT_ENCRYPTED = N_(
    "Dask is set to refuse what is not encrypted, so DIGITLAB_SCHEDULER is to be an address that begins with tls://, not {value}."
)
NO_LIBRARY = N_(
    "DIGITLAB_SCHEDULER is set, but the library that talks with a cluster is not installed. Install it with "
    "pip install -r requirements-distributed.txt, or unset the variable: then runs go on here."
)


def scheduler() -> str:
    """The address of the scheduler; nothing where runs go on here.

    Raises `DigitLabError` for what is no address, where the library `distributed` is not installed, and where Dask's own
    settings do not fit the address: its client would fail again and again.
    """
    value = os.environ.get("DIGITLAB_SCHEDULER", "").strip()
    if value and not ADDRESS.fullmatch(value):
        raise DigitLabError(NO_ADDRESS, value=value)
    if value and importlib.util.find_spec("distributed") is None:
        raise DigitLabError(NO_LIBRARY)
    if value:
        _check_encryption(value)
    return value


def _check_encryption(address: str) -> None:
    from dask import config  # only with a cluster

    is_tls, tls = address.startswith("tls://"), "distributed.comm.tls"
    known = config.get(f"{tls}.ca-file", None) and config.get(f"{tls}.client.cert", None)
    if is_tls and not known and not config.get("distributed.client.security-loader", None):
        raise DigitLabError(NO_CERTIFICATE)
    if not is_tls and config.get("distributed.comm.require-encryption", None):
        raise DigitLabError(NOT_ENCRYPTED, value=address)
