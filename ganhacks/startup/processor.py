"""What the processor is and can do, as far as training cares."""

import functools
import os
import platform
from pathlib import Path


def cores():
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def name():
    """Return the processor's name, or its architecture where no name is told."""
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def kind():
    """Return the name, and ", AVX2" where the processor has no wider vectors, and so adds up in another order.

    In float32 the same training gives the same numbers on one kind. Known on Linux alone; elsewhere it is the name.
    """
    narrow = "avx2" in _flags() and not any(flag.startswith("avx512") for flag in _flags())
    return name() + (", AVX2" if narrow else "")


def has_bfloat16():
    """Tell whether the processor multiplies bfloat16 numbers itself, by AVX512-BF16 or AMX.

    Known on Linux alone; elsewhere the answer is no, and training stays in float32.
    """
    return bool({"avx512_bf16", "amx_bf16"} & _flags())


def bfloat16():
    """Say whether it does, as rows of speed have it."""
    return f"{'with' if has_bfloat16() else 'without'} bfloat16"


def load():
    """Return the machine's load average of the last minute, or None on a system that knows none."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _flags():
    return set(_cpuinfo().get("flags", "").split())


@functools.cache
def _cpuinfo():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = [line.split(":", 1) for line in reversed(lines) if ":" in line]
    return {key.strip(): value.strip() for key, value in pairs}
