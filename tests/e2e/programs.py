"""Programs that the suite starts: each writes a log, is awaited by polling, and is stopped by its own process id."""

import os
import pathlib
import signal
import socket
import subprocess
import time

# Generous: it is spent only by a case that fails, and the machine may be busy.
DEADLINE_S = float(os.environ.get("KDELTA_E2E_DEADLINE_S", "60"))
START_S = 120
STOP_S = 30


class NotYet(AssertionError):
    """What `eventually` waits for has not happened; unittest counts it as a failure, not as an error."""


class Ended(Exception):
    """A program that should run does not."""


class Unstarted(Exception):
    """A program did not become what it was awaited to be."""


def eventually(probe, deadline_s=None):
    """Calls `probe` until it raises nothing, and returns its result.

    What is not as wished (AssertionError), not there (LookupError) or does not answer (OSError) may yet be; at the
    deadline the last of these errors is raised, with the time that it was given.
    """
    deadline_s = deadline_s or DEADLINE_S
    end = time.monotonic() + deadline_s
    while True:
        try:
            return probe()
        except (AssertionError, LookupError, OSError) as error:
            if time.monotonic() > end:
                raise NotYet(f"after {deadline_s:g} s still: {type(error).__name__}: {error}") from None
        time.sleep(0.05)


def free_port():
    """A loopback port that nobody listens on.

    It is given back before the program that wants it binds it; the kernel hands out another one to the next who asks.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Program:
    """One program that can be started again: restarts append to the same log."""

    def __init__(self, name, argv, folder: pathlib.Path):
        self.name = name
        self.log = folder / f"{name}.log"
        # What a killed suite leaves behind ends by itself.
        self._argv = ["setpriv", "--pdeathsig", "TERM", *(str(argument) for argument in argv)]
        self._process = None

    def start(self):
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        return self

    def wait_until(self, probe):
        """As `eventually`, but a program that has ended is not waited for, and the error shows the end of the log."""

        def alive_and_well():
            if not self.running():
                raise Ended(f"it ended with status {self._process.returncode}")
            return probe()

        try:
            eventually(alive_and_well, START_S)
        except (NotYet, Ended) as error:
            raise Unstarted(f"{self.name}: {error}; the end of its log:\n{self.tail()}") from None
        return self

    def running(self):
        return self._process is not None and self._process.poll() is None

    def stop(self):
        """Asks it to end, insists after a while, and returns its exit status; None if it was not running."""
        if self._process is None:
            return None
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""
