import numpy as np
import pytest

from core.engines.blas import subtract_product


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-13)])
def test_takes_the_product_off_in_place(dtype, tolerance):
    subtract = subtract_product(dtype)
    if subtract is None:
        pytest.skip("NumPy's BLAS is not the one of its wheels")
    rng = np.random.default_rng(0)
    for k, m, n in ((1, 1, 1), (3, 5, 2), (128, 784, 200), (100, 64, 10)):
        a, b, c = (rng.normal(size=shape).astype(dtype) for shape in ((k, m), (k, n), (m, n)))
        expected = c - a.T @ b
        neighbours = np.full((m + 2, n), 7, dtype)
        view = neighbours[1:-1]
        view[...] = c
        subtract(a, b, view)
        np.testing.assert_allclose(view, expected, rtol=0, atol=tolerance * k)
        assert (neighbours[[0, -1]] == 7).all()  # nothing beside it is touched


def test_worked_by_hand():
    subtract = subtract_product("float32")
    if subtract is None:
        pytest.skip("NumPy's BLAS is not the one of its wheels")
    a, b = np.array([[1, 2], [3, 4]], np.float32), np.array([[5, 6, 7], [8, 9, 10]], np.float32)
    c = np.array([[100, 100, 100], [200, 200, 200]], np.float32)
    subtract(a, b, c)  # a'b = [[1*5 + 3*8, ...], [2*5 + 4*8, ...]]
    assert c.tolist() == [[71, 67, 63], [158, 152, 146]]
