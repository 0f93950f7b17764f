"""A contender's process: it gets ready, then takes a turn for every line that comes in, and answers with the seconds.

`python -m core.bench '{"name": ..., "case": {...}}'`. Each answer is a line of JSON; anything else that a library
prints goes to standard error. The process ends with its input.
"""

import json
import os
import sys
import time
from typing import Any

import msgspec

from core.bench.cases import Case
from core.bench.contenders import create
from core.errors import DigitLabError


def main(text: str) -> None:
    asked = json.loads(text)
    if hasattr(os, "sched_setaffinity"):  # for the libraries that count processors and read no variable
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked["threads"]])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**fields: Any) -> None:
        print(json.dumps(fields), file=answers, flush=True)

    try:
        case = Case.from_dict(asked["case"])
        data = case.data()
        turn = create(asked["name"], case, data)
        turn(case.order(0))  # the warm-up: compilers compile, threads start
    except DigitLabError as error:
        answer(error=msgspec.to_builtins(error.message))
        return
    answer(data=data.name)
    for number, _ in enumerate(sys.stdin, start=1):
        order = case.order(number)
        started = time.perf_counter()
        turn(order)
        answer(seconds=time.perf_counter() - started)


if __name__ == "__main__":
    main(sys.argv[1])
