"""What the processor could do: matrix products per second, large ones and those of a workload's step.

python tools/benchmarks/limits.py WORKLOAD    prints a line of JSON
"""

import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import ganhacks  # noqa: E402, F401, I001  (first, because it keeps TensorFlow quiet)

import tensorflow as tf  # noqa: E402

from ganhacks.startup import processor  # noqa: E402
from tools.benchmarks.workloads import WORKLOADS, flop, step_products  # noqa: E402

LARGE = (2048, 2048, 2048)


def seconds(product, dtype, least=0.1):
    """Return the seconds that one product (rows, inner, columns) takes: the median of five stretches."""
    rows, inner, columns = product
    a, b = (tf.cast(tf.random.normal(shape), dtype) for shape in ((rows, inner), (inner, columns)))
    repeats = max(1, int(least * 5e10 / flop(product)))
    tf.matmul(a, b)
    stretches = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(repeats):
            result = tf.matmul(a, b)
        result.numpy()
        stretches.append((time.perf_counter() - started) / repeats)
    return statistics.median(stretches)


def measure(workload):
    """Return operations per second: large, large in bfloat16 (None without it), and at the shapes of a step."""
    products = step_products(workload)
    taken = {product: seconds(product, tf.float32, 0.02) for product in set(products)}
    return {
        "large": flop(LARGE) / seconds(LARGE, tf.float32),
        "large_bfloat16": flop(LARGE) / seconds(LARGE, tf.bfloat16) if processor.has_bfloat16() else None,
        "shapes": sum(map(flop, products)) / sum(taken[product] for product in products),
    }


if __name__ == "__main__":
    print(json.dumps(measure(WORKLOADS[sys.argv[1]])))
