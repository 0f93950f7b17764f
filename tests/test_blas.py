import numpy as np
import pytest

from core.engines.numpy.blas import gemm, use_threads


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture
def multiply(dtype):
    return gemm(dtype) or pytest.skip("NumPy's BLAS is not the one of its wheels")


@pytest.mark.parametrize(("k", "m", "n"), [(1, 1, 1), (3, 5, 2), (128, 784, 200), (100, 64, 10)])
@pytest.mark.parametrize("onto", [False, True])
def test_multiplies_in_place(multiply, dtype, k, m, n, onto):
    rng = np.random.default_rng(0)
    a, b, c = (rng.normal(size=shape).astype(dtype) for shape in ((k, m) if onto else (m, k), (k, n), (m, n)))
    expected = c - 0.3 * (a.T @ b) if onto else -0.3 * (a @ b)
    neighbours = np.full((m + 2, n), 7, dtype)
    view = neighbours[1:-1]
    view[...] = c
    multiply(a, b, view, by=-0.3, onto=onto)
    np.testing.assert_allclose(view, expected, rtol=0, atol={"float32": 1e-5, "float64": 1e-13}[dtype] * k)
    assert (neighbours[[0, -1]] == 7).all()  # nothing beside it is touched


def test_worked_by_hand(multiply, dtype):
    a, b = np.array([[1, 2], [3, 4]], dtype), np.array([[5, 6, 7], [8, 9, 10]], dtype)
    c = np.array([[100, 100, 100], [200, 200, 200]], dtype)
    multiply(a, b, c, by=-1.0, onto=True)  # a'b = [[1*5 + 3*8, ...], [2*5 + 4*8, ...]]
    assert c.tolist() == [[71, 67, 63], [158, 152, 146]]
    multiply(a, b, c, by=2.0)  # 2ab = [[2 * (1*5 + 2*8), ...], [2 * (3*5 + 4*8), ...]]
    assert c.tolist() == [[42, 48, 54], [94, 108, 122]]


def test_products_take_as_many_threads_as_they_are_told():
    before = use_threads(2)
    if before is None:
        pytest.skip("NumPy's BLAS is not the one of its wheels")
    assert use_threads(1) == 2 and use_threads(before) == 1
