"""A template nobody here wrote is first tried in a process of its own, under a time limit.

What passes does no more than fill slots, so it is filled in the process of the night afterwards.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tools.letter_sandbox import SLOTS, LetterError, compile_letter, fill_letter

SECONDS = 2.0
_STARTING = 20.0  # until a loaded machine has started a process; the trial has its own limit
_MEMORY = 1 << 30
_ROOT = str(Path(__file__).parent.parent)
_START = "import sys; sys.path.insert(0, sys.argv[1]); from tools.letter_worker import main; main()"


def try_letter(place: str, subject: str, body: str, seconds: float = SECONDS) -> None:
    """Compile and fill a template in a worker process, which is killed when it takes too long.

    Args:
        place: How the template is spoken of in errors.
        subject: The template of its subject line.
        body: The template of its body.
        seconds: How long the trial may take once the worker has started.

    Raises:
        LetterError: It is no letter template, or did not finish.
    """
    job = {"place": place, "subject": subject, "body": body, "seconds": seconds}
    try:
        worker = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-I", "-c", _START, _ROOT],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=_STARTING,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_long(place, seconds) from None
    if worker.returncode == -signal.SIGALRM:
        raise _too_long(place, seconds)
    try:
        fault = json.loads(worker.stdout)["fault"]
    except (ValueError, KeyError):
        raise LetterError(f"{place}: its trial ended badly; make the template simpler") from None
    if fault:
        raise LetterError(fault)


def _too_long(place: str, seconds: float) -> LetterError:
    return LetterError(f"{place}: not filled within {seconds:g} s; make the template simpler")


def main() -> None:
    """Try the template given on standard input; say on standard output what is wrong with it."""
    job = json.load(sys.stdin)
    _limit(job["seconds"])
    fault = ""
    try:
        template = compile_letter(job["place"], job["subject"], job["body"])
        for count in (1, 2):
            slots: dict[str, object] = dict.fromkeys(SLOTS, "x")
            fill_letter(job["place"], template, slots | {"count": count})
    except LetterError as error:
        fault = error.message
    print(json.dumps({"fault": fault}))  # noqa: T201 - the answer of the worker


def _limit(seconds: float) -> None:
    """Let the system end the process; an alarm without a handler needs no cooperation."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.setitimer(signal.ITIMER_REAL, seconds)
