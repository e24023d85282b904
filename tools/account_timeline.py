"""The whole story of an account on one line of time, newest first."""

from datetime import date

from sqlmodel import Session

from ledger.errors import BadInput
from tools.contract import Result
from tools.timeline_tracks import ORDER, TRACKS, Entry

MAX_ENTRIES = 200


class Timeline(Result):
    """A stretch of the story; `before` starts the next one, None where it ends."""

    entries: tuple[Entry, ...]
    before: date | None


def timeline(
    session: Session,
    account_id: str,
    before: date | None = None,
    kinds: tuple[str, ...] = (),
    limit: int = 60,
) -> Timeline:
    """A stretch of an account's story, in whole days.

    Args:
        session: A read transaction.
        account_id: The account.
        before: Only what happened before this day.
        kinds: Only these kinds; empty means all.
        limit: About how many entries, 1 to 200.

    Raises:
        BadInput: A kind does not exist, or the limit is out of bounds.
    """
    if unknown := [kind for kind in kinds if kind not in TRACKS]:
        raise BadInput(f"no kind {unknown[0]!r} on a timeline: use {', '.join(TRACKS)}")
    if not 1 <= limit <= MAX_ENTRIES:
        raise BadInput(f"a timeline shows 1 to {MAX_ENTRIES} entries, not {limit}")
    found: list[Entry] = []
    covered = date.min
    for kind in kinds or tuple(TRACKS):
        track = TRACKS[kind]
        mine = [track.entry(row) for row in track.rows(session, account_id, before, limit)]
        if len(mine) == limit:
            # Older rows of this kind are not here yet, so nothing older may be shown.
            covered = max(covered, mine[-1].on)
        found += mine
    found.sort(key=lambda each: (each.on, ORDER[each.kind]), reverse=True)
    newest = found[0].on if found else date.min
    shown = [each for each in found if each.on > covered or covered == newest]
    more = covered > date.min or len(shown) > limit
    if len(shown) > limit:
        last = shown[limit - 1].on
        shown = [each for each in shown if each.on >= last]
    return Timeline(entries=tuple(shown), before=shown[-1].on if more and shown else None)
