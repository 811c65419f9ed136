"""Where a student's cells run: a process that sees a view of the course, its libraries, and nothing else.

Bubblewrap (https://github.com/containers/bubblewrap) gives it no network, no files of anybody, an empty home, and dies
with it. Memory, processes and time are held from outside, since limits of a process say nothing of its children. Where
there is no bubblewrap, as on macOS, a container of Docker or Podman does the same, made from the image that
tools/grading/Dockerfile builds; there memory and processes are held by the container itself.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import uuid
from dataclasses import dataclass

import psutil  # comes with ipykernel

from ganhacks.checks.engine.clock import Clock, in_line
from ganhacks.checks.engine.sandbox import LIMIT
from tools.grading import wire

LOOKS = 0.05  # seconds between two looks at what a jail holds
DISK = 64_000_000  # bytes that may be written, all in memory
PROCESSES = 30
IMAGE = "ganhacks-jail"  # of the container, with the course's packages and nothing else
ENGINES = ("podman", "docker")
KILLED = 137  # how a container ends that has taken too much memory
PATIENCE = 0.1  # seconds between two looks at the clock while waiting
GRACE = 2.0  # seconds after which a question that is not even taken is late


@dataclass(frozen=True)
class Limits:
    """What one submission may take: seconds for a cell, for all of them, for a check, and megabytes of memory."""

    cell_seconds: float = 20.0
    all_seconds: float = 120.0
    check_seconds: float = LIMIT
    memory: int = 3_000


class Ended(Exception):
    """The jail is no more. why: "timeout", "memory", "crashed" or "tampered"; said: a sentence about it."""

    def __init__(self, why, said):
        super().__init__(said)
        self.why, self.said = why, said


class NoJail(Exception):
    """Nothing here can hold a student's code: one sentence, with what to do."""


def kind(unsafe=False):
    """Return how answers are held here: "bubblewrap", "podman", "docker", or "none" if that is asked for.

    Raises NoJail.
    """
    if unsafe:
        return "none"
    said = ""
    if sys.platform == "linux" and shutil.which("bwrap"):
        tried = subprocess.run([*_bubblewrap([]), "true"], capture_output=True, text=True)
        if tried.returncode == 0:
            return "bubblewrap"
        said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
    for engine in filter(shutil.which, ENGINES):
        asked = [engine, "image", "inspect", IMAGE]
        if subprocess.call(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return engine
    if said:
        raise NoJail(
            f"Bubblewrap cannot make a jail here ({said}): allow user namespaces, or, with Docker or Podman running, "
            f"make the container's image: docker build -t {IMAGE} -f tools/grading/Dockerfile ."
        )
    raise NoJail(
        "There is no bubblewrap here, and students' code is not run without a jail: install it (Debian, Ubuntu: "
        "apt-get install bubblewrap), or, with Docker or Podman running, make the container's image: docker build -t "
        f"{IMAGE} -f tools/grading/Dockerfile . Who trusts every line of every submission may say --unsafe."
    )


def _container(engine, name, course, limits):
    """Return the command up to what it runs, in a container of this name."""
    own = {"--network": "none", "--cap-drop": "ALL", "--security-opt": "no-new-privileges"}
    own |= {"--memory": f"{limits.memory}m", "--memory-swap": f"{limits.memory}m", "--pids-limit": str(PROCESSES)}
    own |= {"--tmpfs": f"/tmp:size={DISK},mode=1777", "--volume": f"{course}:/course:ro", "--name": name}
    return [
        *(engine, "run", "--interactive", "--rm", "--read-only", "--user", "65534:65534", "--workdir", "/tmp"),
        *(part for option in own.items() for part in option),
        *(part for pair in {**_environment(), "HOME": "/tmp"}.items() for part in ("--env", "=".join(pair))),
        IMAGE,
    ]


def _bubblewrap(views):
    """Return the command up to what it runs. views: (path outside, path inside), readable alone."""
    shown = [
        path
        for path in ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
        if os.path.exists(path)
    ]
    python = {os.path.realpath(sys.base_prefix), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    views = [
        *((path, path) for path in shown),
        *((p, p) for p in sorted(python) if not p.startswith("/usr/lib")),
        *views,
    ]
    return [
        *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "jail"),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(DISK), "--tmpfs", "/tmp", "--dir", "/tmp/home"),
        *(part for outside, inside in views for part in ("--ro-bind", outside, inside)),  # last: one may lie in /tmp
        *("--chdir", "/tmp/home", "--clearenv"),
        *(part for name, value in _environment().items() for part in ("--setenv", name, value)),
    ]


def _environment():
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1")
    own = {"HOME": "/tmp/home", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    course = {"GANHACKS_JOURNAL": "", "GANHACKS_FAST": "1", "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
    return {**own, **course, **threads, "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


class Jail:
    """A running jail: `ask` asks a question, `with` ends it. course: the view of the course that it sees.

    peak: megabytes of memory at the most, as far as was seen; 0 for a container's.
    """

    container = None  # (engine, name) of the one that runs

    def __init__(self, course, limits=Limits(), held="bubblewrap"):
        self.limits, self.peak, self.why = limits, 0, None
        soft = {"FSIZE": DISK, "CORE": 0, "DATA": 4 * limits.memory * 1_000_000}
        command = [sys.executable, "-c", _START, json.dumps(soft)]
        if held == "bubblewrap":
            command = [*_bubblewrap([(str(course), "/course"), *_interpreter()]), *command]
            where = {}
        elif held in ENGINES:
            self.container = held, f"{IMAGE}-{uuid.uuid4().hex[:12]}"
            command = [*_container(*self.container, course, limits), "python3", *command[1:]]
            where = {}
        else:
            where = {"cwd": str(course), "env": {**os.environ, **_environment(), "HOME": str(course)}}
            command[3] = json.dumps({"FSIZE": DISK, "CORE": 0})
            command[2] = _START.replace("/course", str(course))
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **pipes, **where, start_new_session=True)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.stood = {}
        self.clock = None  # of the question that is asked: somebody who never listens holds up who asks
        self.watch = threading.Thread(target=self._watch, daemon=True)
        self.watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end(None)

    def ask(self, question, seconds, called=None):
        """Return the answer to a question. called(message): answers calls that are made meanwhile. Raises Ended.

        seconds: that it may take; what the jail stands in line for a processor does not count.
        """
        clock = self.clock = Clock(seconds, self.in_line)
        try:
            wire.send(self.process.stdin, question)
            while True:
                answer = wire.receive(lambda n: self._read(n, clock))
                if not isinstance(answer, dict):
                    raise wire.BadMessage("no answer")
                if answer.get("outcome") != "call" or called is None:
                    self.clock = None
                    return answer
                wire.send(self.process.stdin, called(answer))
        except wire.BadMessage as bad:
            self.end("tampered")
            raise Ended("tampered", f"It wrote to the judge's own channel ({bad}).") from None
        except (BrokenPipeError, EOFError):
            raise self._ended() from None

    def in_line(self):
        """Return how long each thread in the jail had stood ready without a processor when it was last looked at.

        Of a container, nothing. A check asks a jail hundreds of times, so that no look is taken for a question alone.
        """
        return self.stood

    def _read(self, n, clock):
        """Return exactly n bytes, or raise EOFError where there are no more, or Ended when the time is up."""
        parts, missing = [], n
        while missing:
            if clock.left() < 0:  # also for who goes on talking
                self.end("timeout")
                raise self._ended()
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            if ready:
                part = os.read(self.process.stdout.fileno(), min(missing, 1 << 20))
                if not part:
                    raise EOFError
                parts.append(part)
                missing -= len(part)
            elif self.process.poll() is not None:
                raise EOFError
        return b"".join(parts)

    def _ended(self):
        self.process.wait()
        self.watch.join(1)
        if self.container and self.why is None and self.process.returncode == KILLED:
            self.why = "memory"
        sentences = {
            "timeout": "It was still running when its time was up, and was stopped.",
            "memory": f"It took more than {self.limits.memory:,} MB of memory, and was stopped.",
            "processes": f"It had more than {PROCESSES} processes, and was stopped.",
            None: "The process in which it ran ended in the middle.",
        }
        why = {"processes": "crashed", None: "crashed"}.get(self.why, self.why)
        return Ended(why, sentences[self.why])

    def end(self, why):
        """End the jail and all that runs in it."""
        self.why = self.why or why
        self._end_container()
        for process in [*_below(self.process.pid), self.process]:
            try:
                process.kill()
            except (psutil.NoSuchProcess, ProcessLookupError):
                pass
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    def _end_container(self):
        """End the container: it is no child of ours, and lives on when the command that began it is killed."""
        if self.container and self.process.poll() is None:
            engine, name = self.container
            subprocess.call([engine, "kill", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _watch(self):
        while self.process.poll() is None:
            inside = [] if self.container else _below(self.process.pid)
            memory = 0
            for process in inside:
                try:
                    memory += process.memory_info().rss
                except psutil.NoSuchProcess:
                    pass
            self.peak = max(self.peak, memory // 1_000_000)
            self.stood = in_line([process.pid for process in inside])
            clock = self.clock  # another thread may set it to None
            late = clock is not None and clock.left() < -GRACE
            if late or memory > self.limits.memory * 1_000_000 or len(inside) > PROCESSES:
                self.why = self.why or ("timeout" if late else "memory" if len(inside) <= PROCESSES else "processes")
                self._end_container()
                for process in inside:  # the first of them is the jail's own, and takes all others along
                    try:
                        process.kill()
                    except psutil.NoSuchProcess:
                        pass
                return
            time.sleep(LOOKS)


def _below(pid):
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _interpreter():
    """Return the views that the interpreter needs beside its libraries: itself, where it is a virtual environment's."""
    prefix = sys.prefix
    return (
        [(f"{prefix}/bin", f"{prefix}/bin"), (f"{prefix}/pyvenv.cfg", f"{prefix}/pyvenv.cfg")]
        if prefix != sys.base_prefix
        else []
    )


#: The course's own path first: an editable installation would lead elsewhere.
_START = "import sys; sys.path.insert(0, '/course'); from tools.grading.inside import main; main()"
