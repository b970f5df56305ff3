"""Child processes that never outlive their parent: started in their own group, stopped by number, logged to a file."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.ports import LOOPBACK, port_answers

_PR_SET_PDEATHSIG = 1  # prctl(2): the signal the kernel sends this process when its parent ends.


class ProcessFailed(RuntimeError):
    """A child ended, or did not come up, when it should run; the text names it and quotes the end of its log."""


@dataclass
class Child:
    """One running child process and the file with what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def wait_for_port(self, port: int, host: str = LOOPBACK, seconds: float = 20) -> None:
        """Return when the port answers; raise ProcessFailed when the child ends first or the time is over."""
        end = time.monotonic() + seconds
        while not port_answers(port, host):
            if not self.running:
                raise ProcessFailed(f"{self.name} ended with status {self.process.returncode}. {self.last_words()}")
            if time.monotonic() > end:
                raise ProcessFailed(f"{self.name} does not answer on port {port}. {self.last_words()}")
            time.sleep(0.02)
        if not self.running:
            raise ProcessFailed(f"{self.name}: something else listens on port {port}. {self.last_words()}")

    def stop(self, seconds: float = 10) -> None:
        """End the child and whatever it started in its group: asked first, then forced after some seconds."""
        if self.running:
            self._signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self.process.wait()
        self._signal(signal.SIGKILL)

    def last_words(self, lines: int = 12) -> str:
        """The end of its log, or that there is none."""
        try:
            text = self.log.read_text("utf-8", "replace").strip()
        except OSError:
            text = ""
        return "It said: " + "\n".join(text.splitlines()[-lines:]) if text else "It said nothing."

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


def start_child(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Child:
    """Start a command as the leader of its own process group, with its output appended to `log`.

    Call it from a thread that lives as long as the child shall: Linux counts that thread as the parent.
    Raise ProcessFailed when the command is not there.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def die_with_parent() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except OSError as error:
            raise ProcessFailed(f"{name} cannot be started: {error.strerror}: {command[0]}") from error
    return Child(name, process, log)
