"""Show what a training step spends its time on, as TensorFlow's profiler sees it.

    python tools/profile_step.py dense            the course's loop on a workload of tools/benchmarks
    python tools/profile_step.py small --plain    the same without XLA and without `ganhacks.training.shortcuts`

Operations run side by side and inside one another, so the times of the lines add up to more than the step.
"""

import argparse
import collections
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import ganhacks  # noqa: E402, F401, I001  (first, because it keeps TensorFlow quiet)

import tensorflow as tf  # noqa: E402
from tensorflow.tsl.profiler.protobuf import xplane_pb2  # noqa: E402

from ganhacks.training import CHUNK, loop  # noqa: E402
from ganhacks.training.batches import Chunks, drawn  # noqa: E402
from ganhacks.training.streams import Stream, generator_for  # noqa: E402
from tools.benchmarks.keras_ways import Course  # noqa: E402
from tools.benchmarks.workloads import WORKLOADS  # noqa: E402

LINES = 30


def operations(folder):
    """Return operation -> [calls, milliseconds] of everything in a profile's folder."""
    found = collections.defaultdict(lambda: [0, 0.0])
    for path in Path(folder).rglob("*.xplane.pb"):
        space = xplane_pb2.XSpace.FromString(path.read_bytes())
        for plane in space.planes:
            for event in (event for line in plane.lines for event in line.events):
                name = plane.event_metadata[event.metadata_id].name.split("#")[0].split(":")[-1]
                found[name][0] += 1
                found[name][1] += event.duration_ps / 1e9
    return found


def drawing(chunks, rounds=20):
    """Return how long drawing a chunk takes and the latents' part of it, medians in milliseconds of CPU."""
    recipe, n_samples = chunks.recipe, CHUNK * chunks.recipe.batch_size
    chunks = Chunks(recipe, chunks.data, chunks.seed, last=0)  # its own, which no second thread draws from meanwhile

    def took(draw, *args):
        started = time.process_time()
        draw(*args)
        return (time.process_time() - started) * 1000

    every = [took(chunks.arrays, number) for number in range(rounds)]
    rng = generator_for(chunks.seed, Stream.LATENTS)
    latents = [took(drawn, recipe, "latent_samples", rng, n_samples) for _ in range(rounds)]
    return statistics.median(every), statistics.median(latents)


def main():
    parser = argparse.ArgumentParser(description="Show what a training step spends its time on.")
    parser.add_argument("workload", choices=list(WORKLOADS))
    parser.add_argument("--plain", action="store_true", help="without XLA and shortcuts")
    parser.add_argument("--steps", type=int, default=CHUNK)
    arguments = parser.parse_args()
    if arguments.plain:
        loop.form_for = lambda *models: "plain"

    course, steps = Course(WORKLOADS[arguments.workload]), arguments.steps
    course.run(steps)
    started = time.perf_counter()
    course.run(steps)
    print(f"{(time.perf_counter() - started) / steps * 1000:.2f} ms a step")
    every, latents = drawing(course.chunks)
    print(f"{every:.0f} ms of CPU to draw {CHUNK} batches, {latents:.0f} of them for the latents")
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            course.run(steps)
        found = operations(folder)
    print("  calls       ms  for a step, profiled")
    for name, (calls, milliseconds) in sorted(found.items(), key=lambda item: -item[1][1])[:LINES]:
        print(f"{calls / steps:7.1f} {milliseconds / steps:8.3f}  {name[:80]}")


if __name__ == "__main__":
    main()
