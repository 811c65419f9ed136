"""Processes that are killed at random moments, together with all that they have started: as a power cut does it."""

import contextlib
import random
import signal
import subprocess
import time
from dataclasses import dataclass

import psutil


@dataclass
class Kills:
    """Figures of one test. n: kills that met a process at work. in_the_middle: of these, with files half changed."""

    n: int = 0
    in_the_middle: int = 0


def killed(command, moment, begun, **more):
    """Start a command and kill it with all its children at a moment; whether it was still at work.

    moment: (from, seconds), from its "start", or from the first "change" of a file, when `begun()` is true.
    """
    streams = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
    process = subprocess.Popen(command, **streams, **more)
    since, seconds = moment
    while since == "change" and process.poll() is None and not begun():
        time.sleep(0.002)
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        pass
    doomed, found = [psutil.Process(process.pid)], []
    while doomed:  # each is stopped before its children are looked for, so that it can't start another one meanwhile
        one = doomed.pop()
        with contextlib.suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGSTOP)
            found.append(one)
            doomed += one.children()
    for one in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs([one for one in found if one.pid != process.pid], timeout=10)
    return process.wait() == -signal.SIGKILL


def at_random_moments(n, prepare, command, begun, state, examine, seed=0, **more):
    """Kill a command n times while it is at work, and examine each time what has come of it; returns Kills.

    prepare: puts the files as they are before. begun: () -> whether a file has changed, asked often. state: () ->
    something that differs if a file does. examine: () -> asserts that nothing is lost, and that the same command comes
    to its end. Moments are drawn from the start to a little after the end of what an uninterrupted run took; every
    second one from the first change of a file, since a short work may have a long way to it. One that finds the work
    done does not count.
    """
    chance, kills, spans = random.Random(seed), Kills(), {}
    prepare()
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **more)
    while process.poll() is None and not begun():
        time.sleep(0.002)
    changed = time.perf_counter()
    assert process.wait() == 0
    ended = time.perf_counter()
    spans = {"start": ended - started, "change": ended - changed}
    after = state()
    for attempt in range(20 * n):
        if kills.n == n:
            break
        prepare()
        before, since = state(), ("change", "start")[attempt % 2]
        moment = since, chance.uniform(0, 1.1 * spans[since])
        if not killed(command, moment, begun, **more):
            continue
        kills.n += 1
        kills.in_the_middle += state() not in (before, after)
        print(f"seed {seed}, kill {kills.n}: {moment[1]:.3f} of {spans[since]:.3f} s from the {since}", flush=True)
        examine()
    assert kills.n == n
    print(f"{kills.n} kills, {kills.in_the_middle} with files half changed, lost: 0", flush=True)
    return kills
