"""The supervisor, watched from outside: a real process tree, real signals."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 30

PROGRAM = """
import os, signal, sys, time
from cms import supervisor
from cms.supervisor import Child

def note(line):
    os.write(1, (line + "\\n").encode())

def website():
    grandchild = os.fork()
    if grandchild == 0:
        time.sleep(600)
    note(f"website {os.getpid()} {grandchild}")
    time.sleep(600)

def worker():
    note(f"worker {os.getpid()}")
    time.sleep(600)

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(f"stubborn {os.getpid()}")
    time.sleep(600)

supervisor.RESTART_AFTER_S = 0.01
supervisor.STOP_WITHIN_S = 0.5
others = {"worker": worker, "stubborn": stubborn}
children = [Child("website", website, essential=True)]
children += [Child(name, others[name]) for name in sys.argv[1:]]
code = supervisor.run(children)
note(f"stopped {code}")
sys.exit(code)
"""


class Tree:
    """A supervisor with its children, and the process numbers they have told us."""

    def __init__(self, *names):
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *names],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self.told = []

    @property
    def pids(self):
        return [pid for _, pids in self.told for pid in pids]

    def hear(self, name, *, times=1):
        """Read what the tree says until `name` has told its process numbers that often; return the latest."""
        while [who for who, _ in self.told].count(name) < times:
            line = self.process.stdout.readline()
            assert line, f"the tree ended before {name} spoke"
            self.told.append((line.split()[0], [int(number) for number in re.findall(r"\d+", line)]))
        return [pids for who, pids in self.told if who == name][times - 1]

    def end(self):
        return self.process.wait(timeout=PATIENCE_S)


@pytest.fixture
def grow():
    trees = []

    def make(*names):
        trees.append(Tree(*names))
        return trees[-1]

    yield make
    for tree in trees:
        for pid in [tree.process.pid, *tree.pids]:
            if is_running(pid):
                os.kill(pid, signal.SIGKILL)
        tree.process.wait()
        tree.process.stdout.close()


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def all_gone(pids):
    """Say whether every process is gone, allowing a while for the last ones to go."""
    deadline = time.monotonic() + PATIENCE_S
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_process_and_is_no_failure(grow, number):
    tree = grow("worker")
    tree.hear("website")
    tree.hear("worker")

    tree.process.send_signal(number)

    assert tree.end() == 0
    assert len(tree.pids) == 3
    assert all_gone(tree.pids)


def test_a_worker_that_dies_is_started_again(grow):
    tree = grow("worker")
    (first,) = tree.hear("worker")

    os.kill(first, signal.SIGKILL)
    (second,) = tree.hear("worker", times=2)

    assert second != first
    assert is_running(second)
    assert tree.process.poll() is None


def test_when_the_website_dies_all_of_it_ends_and_says_so(grow):
    tree = grow("worker")
    tree.hear("worker")
    website, _ = tree.hear("website")

    os.kill(website, signal.SIGKILL)

    assert tree.end() != 0
    assert all_gone(tree.pids)


def test_a_child_that_will_not_stop_is_made_to(grow):
    tree = grow("stubborn")
    (stubborn,) = tree.hear("stubborn")

    tree.process.send_signal(signal.SIGTERM)

    assert tree.end() == 0
    assert all_gone([stubborn, *tree.pids])


def test_nothing_is_left_when_the_supervisor_itself_is_killed(grow):
    tree = grow("worker")
    website, _ = tree.hear("website")
    (worker,) = tree.hear("worker")

    tree.process.kill()
    tree.end()

    assert all_gone([website, worker])
