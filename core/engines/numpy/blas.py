"""The products that `numpy.dot` cannot do: C <- by A B, and C <- C + by A'B, straight into C.

With them plain descent changes the weights as their gradient is worked out, and neither the gradient nor the scaled
inputs go through memory. It is BLAS's own `gemm` (Dongarra et al., A set of level 3 basic linear algebra subprograms,
1990), called in the very library that NumPy has loaded, with its threads. SciPy's wrapper would do, but it loads a second
BLAS, whose threads fight with the first's. Where NumPy's library is another one (macOS, a distribution's build) there is
none, and the engine scales its inputs, makes the gradient and subtracts it.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np

Gemm = Callable[..., None]

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


def use_threads(count: int) -> int | None:
    """Let all products of this process take so many threads; returns how many it was before, None where none can be told.

    Threads of a product wait for one another by spinning: where a training takes a processor from them, a product of a
    hundredth of a second takes a tenth, and several at a time take seconds.
    """
    put = getattr(_LIBRARY, "scipy_openblas_set_num_threads64_", None)
    told = getattr(_LIBRARY, "scipy_openblas_get_num_threads64_", None)
    if put is None or told is None:
        return None
    put.argtypes, put.restype, told.restype = [ctypes.c_int], None, ctypes.c_int
    before = told()
    put(count)
    return before


def gemm(dtype: str) -> Gemm | None:
    """`multiply(a, b, c, by=1.0)` makes c = by a b; with `onto=True` it makes c = c + by a'b.

    All are C-contiguous of `dtype`: a (m, k), or (k, m) for `onto`; b (k, n); c (m, n).
    """
    name, real = NAMES[dtype]
    routine = getattr(_LIBRARY, name, None)
    if routine is None:
        return None
    whole, array = ctypes.c_int64, ctypes.c_void_p
    routine.argtypes = [ctypes.c_int] * 3 + [whole] * 3 + [real, array, whole, array, whole, real, array, whole]
    routine.restype = None

    def multiply(a: np.ndarray, b: np.ndarray, c: np.ndarray, *, by: float = 1.0, onto: bool = False) -> None:
        (k, n), m, wide = b.shape, c.shape[0], a.shape[1]
        # fmt: off
        routine(ROW_MAJOR, TRANSPOSED if onto else AS_IT_IS, AS_IT_IS, m, n, k,
                by, a.ctypes.data, wide, b.ctypes.data, n, float(onto), c.ctypes.data, n)
        # fmt: on

    return multiply
