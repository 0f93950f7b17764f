"""The Taichi engine on a graphics card: several steps to a launch.

The kernels of a step (see `core.engines.taichi.gpu_tiles`) are recorded one after the other in a `ti.graph`, for several
steps, and played back with each step's numbers: so the card has work while Python prepares the next launch.
"""

import functools
from typing import Any

import taichi as ti

from core.engines.taichi.gpu_tiles import backward_kernel, forward_kernel, gather_kernel, judge_kernel, learn_kernel
from core.engines.taichi.kernels import Choice

STEPS_A_LAUNCH = 16
OF_A_STEP = ("start", "n", "step")  # parameters of kernels whose values differ from step to step


class Launches:
    """The phases of a step, recorded several steps at a time, each with its numbers.

    `phases` are kernels with the layer that each works on (0 where it works on none). A kernel's parameters tell by their
    names what they are to be given; those of a step or a layer get its number as well.
    """

    def __init__(self, phases: list[tuple[Any, int]]) -> None:
        self._phases = phases
        self._graphs = {count: self._record(count) for count in (1, STEPS_A_LAUNCH)}

    def _record(self, count: int) -> tuple[Any, list[str]]:
        builder, symbols = ti.graph.GraphBuilder(), {}
        for step in range(count):
            for kernel, layer in self._phases:
                of_kernel = []
                for argument in kernel._primal.arguments:
                    name = argument.name
                    if name in OF_A_STEP:
                        name = f"{name}_{step}"
                    elif name == "layer":
                        name = f"layer_{layer}"
                    if name not in symbols:
                        symbols[name] = self._symbol(name, argument.annotation)
                    of_kernel.append(symbols[name])
                builder.dispatch(kernel, *of_kernel)
        return builder.compile(), list(symbols)

    def _symbol(self, name: str, annotation: Any) -> Any:
        if annotation is ti.i32:
            return ti.graph.Arg(ti.graph.ArgKind.SCALAR, name, ti.i32)
        return ti.graph.Arg(ti.graph.ArgKind.NDARRAY, name, annotation.dtype, ndim=1)

    def run(self, given: dict[str, Any]) -> None:
        """Take the steps over the first `samples` samples, in batches of `size`, that `given` speaks of.

        No samples at all are one empty step: it compiles the kernels.
        """
        samples, size = given["samples"], given["size"]
        given = given | {f"layer_{layer}": layer for layer in range(given["layers"] + 1)}
        step, steps = 0, max(-(-samples // size), 1)
        while step < steps:
            count = STEPS_A_LAUNCH if steps - step >= STEPS_A_LAUNCH else 1
            for place in range(count):
                start = (step + place) * size
                given |= {
                    f"start_{place}": start,
                    f"n_{place}": min(size, samples - start),
                    f"step_{place}": step + place,
                }
            graph, names = self._graphs[count]
            graph.run({name: given[name] for name in names})
            step += count


@functools.cache
def steps_launches(choice: Choice, layers: int) -> Launches:
    """What takes all steps of a call: the counterpart of `core.engines.taichi.cpu.steps_kernel`, for so many layers."""
    kind, activation, output, loss, optimizer, dropout, l2, _, dtype, lanes = choice
    upwards, downwards = range(1, layers + 1), range(layers, 1, -1)
    phases = [(gather_kernel(choice.pixel_strips, dtype, lanes), 0)]
    phases += [(forward_kernel(activation, dropout, dtype, lanes), layer) for layer in upwards]
    phases += [(judge_kernel(output, loss, dtype, lanes), 0)]
    if kind != "look":
        phases += [(backward_kernel(activation, choice.apart, dropout, dtype, lanes), layer) for layer in downwards]
        phases += [(learn_kernel(optimizer, l2, kind, dtype, lanes), layer) for layer in upwards]
    return Launches(phases)
