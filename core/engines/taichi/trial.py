"""`python -m core.engines.taichi.trial DEVICE` computes a little on a device, to see whether that works.

It ends with 0 when the results are right; whatever else happens, crashes included, means no. `core.engines.devices`
starts it, and reads the card's name from what Taichi prints.
"""

import sys

import taichi as ti

COUNT = 64


@ti.kernel
def double(numbers: ti.types.ndarray(dtype=ti.f32, ndim=1)):
    for i in numbers:
        numbers[i] = 2.0 * i


def main(device: str) -> int:
    wanted = getattr(ti, device)
    ti.init(arch=wanted, enable_fallback=False, log_level=ti.TRACE, offline_cache=False)
    if ti.lang.impl.current_cfg().arch != wanted:
        return 1
    numbers = ti.ndarray(ti.f32, COUNT)
    double(numbers)
    return 0 if numbers.to_numpy().tolist() == [2.0 * i for i in range(COUNT)] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
