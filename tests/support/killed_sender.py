"""A batch of mail handed over by a process of its own that can be killed in the middle of it.

`python -m tests.support.killed_sender URL FOLDER` hands over the messages pickled on its input.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal
from adapters.outgoing.smtp import SmtpMail, read_smtp_url


class Killed(BaseException):
    """The process that handed over is gone, and with it whoever asked it to."""


@dataclass
class KilledSender:
    """A mailer whose process dies by SIGKILL when the server takes the words of the n-th mail."""

    url: str
    folder: Path
    nth: int
    pid: int = 0
    taken: int = 0
    plays_the_day = False

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """Never returns."""
        command = [sys.executable, "-m", "tests.support.killed_sender", self.url, str(self.folder)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            self.pid = process.pid
            process.communicate(pickle.dumps(list(messages)), timeout=60)
        assert process.returncode == -signal.SIGKILL
        raise Killed

    def at_words(self, _recipient: str) -> None:
        """What the server calls when it has taken the words of a mail."""
        self.taken += 1
        if self.taken == self.nth:
            os.kill(self.pid, signal.SIGKILL)


def main() -> None:
    """Hand over everything."""
    url, folder = sys.argv[1:]
    SmtpMail(read_smtp_url(url), Path(folder)).deliver(pickle.load(sys.stdin.buffer))


if __name__ == "__main__":
    main()
