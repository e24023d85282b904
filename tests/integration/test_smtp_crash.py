"""A process killed in the middle of a batch: only what was under way is a person's."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.outgoing.channels import Channels
from adapters.outgoing.smtp import SmtpMail, read_smtp_url
from ledger.states import OutboxState
from ledger.tables.work import CallTask
from tests.support.killed_sender import Killed, KilledSender
from tests.support.post import MORNING, Post
from tests.support.smtp_server import mail_server

LETTERS = 8
LATER = MORNING + timedelta(minutes=10)


@pytest.mark.parametrize(("nth", "connections"), [(1, 1), (3, 1), (LETTERS, 1), (4, 3)])
def test_killed_in_a_batch__others_leave_with_the_next_dispatch_and_none_twice(
    post: Post, tmp_path: Path, nth: int, connections: int
) -> None:
    for number in range(LETTERS):
        post.queue(f"acc_{number}")
    with mail_server() as server:
        url, folder = f"smtp://{server.url}?connections={connections}", tmp_path / "sent"
        dying = KilledSender(url, folder, nth)
        server.at_words = dying.at_words
        post.desk.house.mail = Channels({"email": dying})
        with pytest.raises(Killed):
            post.at(MORNING)
        post.desk.house.mail = Channels({"email": SmtpMail(read_smtp_url(url), folder)})
        done = post.at(LATER)
        assert post.at(LATER + timedelta(minutes=10)).sent == 0

    states = Counter(row.state for row in post.rows().values())
    assert 1 <= states[OutboxState.UNCERTAIN] <= connections
    assert states[OutboxState.SENT] == done.sent == LETTERS - states[OutboxState.UNCERTAIN]
    assert len(post.all(CallTask)) == done.uncertain == states[OutboxState.UNCERTAIN]
    assert {len(mails) for mails in server.taken.values()} == {1}
    sent = {row.recipient for row in post.rows().values() if row.state == OutboxState.SENT}
    assert sent <= set(server.taken)
