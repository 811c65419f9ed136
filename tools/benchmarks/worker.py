"""One way of training in a process of its own, so that ways share neither threads nor memory.

    python tools/benchmarks/worker.py WAY WORKLOAD

It answers a line of JSON when it is ready, and after that one for each number of steps that it reads.
"""

import importlib
import json
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.benchmarks.workloads import WORKLOADS  # noqa: E402  (the path comes first)

# The module of each way, told here so that whoever asks for the names loads no framework.
WAYS = {
    "loop of 2018": "keras_ways",
    "fit": "keras_ways",
    "fit, jit_compile": "keras_ways",
    "PyTorch eager": "pytorch_ways",
    "PyTorch fused": "pytorch_ways",
    "PyTorch compiled": "pytorch_ways",
    "PyTorch fused, bfloat16": "pytorch_ways",
    "JAX jitted step": "jax_ways",
    "JAX scan": "jax_ways",
    "course": "keras_ways",
}


def main(way, workload):
    answers = sys.stdout
    sys.stdout = sys.stderr  # frameworks may print; answers may not be mixed with that
    say = lambda **answer: print(json.dumps(answer), file=answers, flush=True)  # noqa: E731
    try:
        module = importlib.import_module(f"tools.benchmarks.{WAYS[way]}")
    except ModuleNotFoundError as error:
        say(error=f"{error.name} is not installed: pip install -r requirements-bench.txt")
        return
    try:
        contestant = module.WAYS[way](WORKLOADS[workload])
        started = time.perf_counter()
        contestant.run(1)
        say(version=module.VERSION, first=time.perf_counter() - started)
        for line in sys.stdin:
            started = time.perf_counter()
            losses = contestant.run(int(line))
            say(seconds=time.perf_counter() - started, losses=losses)
    except Exception as error:
        traceback.print_exc()
        say(error=f"{type(error).__name__}: {str(error).splitlines()[0][:120]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
