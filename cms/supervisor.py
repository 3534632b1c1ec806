"""Run the website and the worker as two children of one process that has Django loaded already.

A child that ends is started again, but for an essential one, whose end is the end of all. Ctrl-C, SIGTERM and
a closed terminal stop every child; so does the death of this process, however it comes.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
STOP_WITHIN_S = 8.0
RESTART_AFTER_S = 2.0
LOOK_EVERY_S = 0.05
SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


@dataclass
class Child:
    """One long piece of work in a process, and a process group, of its own."""

    name: str
    work: Callable[[], None]
    essential: bool = False
    pid: int = 0
    exit_code: int | None = None

    def start(self) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        self.exit_code = None
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self._run(parent))
        # Here as well as in the child: whichever comes first, the group exists before we need it.
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(self.pid, self.pid)

    def _run(self, parent: int) -> int:
        """Do the work in the new process and return its exit code."""
        # A group of its own: Ctrl-C reaches the parent only, which then stops each child once.
        os.setpgid(0, 0)
        _end_with_parent(parent)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        try:
            self.work()
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else 0
        except BaseException:
            traceback.print_exc()
            return 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
        return 0

    def has_ended(self) -> bool:
        """Say whether the process is gone, collecting it when it is."""
        if self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code is not None

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        while not self.has_ended():
            time.sleep(LOOK_EVERY_S)
        return self.exit_code or 0

    def send(self, number: signal.Signals) -> None:
        if self.exit_code is None:
            os.kill(self.pid, number)

    def kill_group(self) -> None:
        """End what is left of the child and of the processes it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def run(children: Iterable[Child]) -> int:
    """Keep `children` running until told to stop. Return the exit code for this process."""
    family = list(children)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    for child in family:
        child.start()
    try:
        return _watch(family)
    finally:
        _stop(family)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


def _watch(family: list[Child]) -> int:
    while signal.sigwait(WATCHED) == signal.SIGCHLD:
        for child in family:
            if not child.has_ended():
                continue
            if child.essential:
                print(f"The {child.name} stopped.", file=sys.stderr)  # noqa: T201
                return child.exit_code or 1
            print(f"The {child.name} stopped ({child.exit_code}). Starting it again.", file=sys.stderr)  # noqa: T201
            # Long enough that a worker which cannot start does not fill the screen.
            if signal.sigtimedwait(WATCHED - {signal.SIGCHLD}, RESTART_AFTER_S):
                return 0
            child.start()
    return 0


def _stop(family: list[Child]) -> None:
    for child in family:
        child.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    while not all([child.has_ended() for child in family]) and time.monotonic() < deadline:
        # A second Ctrl-C means now.
        if signal.sigtimedwait(WATCHED - {signal.SIGCHLD}, LOOK_EVERY_S):
            break
    for child in family:
        child.kill_group()
        if child.exit_code is None:
            os.waitpid(child.pid, 0)


def _end_with_parent(parent: int) -> None:
    """Have Linux stop this process when its parent dies without saying so."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(0)
