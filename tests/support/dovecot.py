"""A real mail server on the loopback: Dovecot of the system, where it is there."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER, PASSWORD = "ar", "open@sesame"
START_SECONDS = 20
PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"

# The server stops when this shell's standard input closes, so it cannot outlive the tests.
GUARD = '"$0" "$@" & server=$!; read -r _; kill -TERM "$server"; wait "$server"'

SETTINGS = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {owner}
default_login_user = {owner}
default_internal_group = {group}
mail_location = maildir:{folder}/Maildir
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """A running server with one mailbox."""

    port: int

    @property
    def url(self) -> str:
        """What the settings of a home name."""
        return f"imap://{USER}:{PASSWORD.replace('@', '%40')}@127.0.0.1:{self.port}/INBOX"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for each worker of the test run."""
    version = _version()
    if not version.startswith("2.3"):
        pytest.skip(
            "no mail server: install the package dovecot-imapd (2.3) to try IMAP against a real one"
        )
    if os.geteuid() != 0:
        pytest.skip("no mail server: Dovecot's packages start it as root only")
    # Not pytest's own folder: the server's users may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="dunwell-dovecot-"))
    try:
        yield from _served(folder)
    finally:
        shutil.rmtree(folder)


def _version() -> str:
    if not Path(PROGRAM).exists():
        return ""
    return subprocess.run([PROGRAM, "--version"], capture_output=True, text=True).stdout


def _served(folder: Path) -> Iterator[Dovecot]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    owner = pwd.getpwnam("nobody")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    config = folder / "dovecot.conf"
    group = subprocess.run(["id", "-gn", "nobody"], capture_output=True, text=True).stdout.strip()
    config.write_text(
        SETTINGS.format(folder=folder, port=port, owner="nobody", group=group, password=PASSWORD)
    )
    command = ["/bin/sh", "-c", GUARD, PROGRAM, "-F", "-c", str(config)]
    guard = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, folder / "log")
        yield Dovecot(port)
    finally:
        guard.communicate()


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as asked:
                if asked.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.1)
    told = log.read_text(errors="replace") if log.exists() else "it wrote no log"
    pytest.fail(f"Dovecot did not start within {START_SECONDS} s: {told[-2000:]}")
