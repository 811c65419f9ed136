"""A stand-in for a training run, which takes a millisecond: a score that follows from the cell alone."""

import hashlib
import os
import time
from pathlib import Path

from tools.board import rows
from tools.board.arms import PROTOCOL
from tools.board.workloads import WORKLOADS


def play(workload, arm, factor, seed):
    """Return the sealed row of a run."""
    time.sleep(0.001)
    digest = hashlib.sha256(f"{workload} {arm.name} {factor} {seed}".encode()).digest()
    score = 0.5 + int.from_bytes(digest[:4], "big") / 2**32
    about = {"protocol": PROTOCOL, "workload": workload, "arm": arm.name, "factor": factor, "seed": seed}
    about["rate"] = float(factor) * WORKLOADS[workload].rates[arm.context]
    measured = {"outcome": "finished", "score": f"{score:.6g}", "seconds": 1.0, "wall": 1.5, "machine": "none"}
    return rows.sealed({**about, **measured})


def dies_once(workload, arm, factor, seed):
    """As `play`, in a process that ends in the middle of seed 3 the first time, as for want of memory."""
    mark = Path(os.environ["STANDIN_MARK"])
    if seed == 3 and not mark.exists():
        mark.touch()
        os._exit(1)
    return play(workload, arm, factor, seed)


def fails_at_seed_5(workload, arm, factor, seed):
    """As `play`, but one seed cannot be trained."""
    if seed == 5:
        raise MemoryError("out of memory")
    return play(workload, arm, factor, seed)
