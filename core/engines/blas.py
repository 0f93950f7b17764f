"""The one product that `numpy.dot` cannot do: C <- C - A'B, straight into C.

With it plain descent changes the weights as their gradient is worked out, and the gradient never goes through memory.
It is BLAS's own `gemm` with beta = 1 (Dongarra et al., A set of level 3 basic linear algebra subprograms, 1990), called
in the very library that NumPy has loaded, with its threads. SciPy's wrapper would do, but it loads a second BLAS, whose
threads fight with the first's. Where NumPy's library is another one (macOS, a distribution's build) this is `None`, and
the engine makes the gradient and subtracts it.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np

Subtract = Callable[[np.ndarray, np.ndarray, np.ndarray], None]

ROW_MAJOR, AS_IT_IS, TRANSPOSED = 101, 111, 112  # CBLAS's numbers
NAMES = {"float32": ("scipy_cblas_sgemm64_", ctypes.c_float), "float64": ("scipy_cblas_dgemm64_", ctypes.c_double)}


def _library() -> ctypes.CDLL | None:
    """NumPy's own OpenBLAS, which its wheels carry beside the package; to open it again loads nothing new."""
    folders = Path(np.__file__).parent.with_name("numpy.libs"), Path(np.__file__).parent / ".dylibs"
    paths = [path for folder in folders for path in folder.glob("*scipy_openblas64_*")]
    try:
        return ctypes.CDLL(str(paths[0])) if paths else None
    except OSError:
        return None


_LIBRARY = _library()


def subtract_product(dtype: str) -> Subtract | None:
    """A function of a (k, m), b (k, n) and c (m, n), all C-contiguous of `dtype`, that takes a'b off c in place."""
    name, real = NAMES[dtype]
    gemm = getattr(_LIBRARY, name, None)
    if gemm is None:
        return None
    whole, array = ctypes.c_int64, ctypes.c_void_p
    gemm.argtypes = [ctypes.c_int] * 3 + [whole] * 3 + [real, array, whole, array, whole, real, array, whole]
    gemm.restype = None

    def subtract(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
        (k, m), n = a.shape, b.shape[1]
        # fmt: off
        gemm(ROW_MAJOR, TRANSPOSED, AS_IT_IS, m, n, k,
             -1.0, a.ctypes.data, m, b.ctypes.data, n, 1.0, c.ctypes.data, n)
        # fmt: on

    return subtract
