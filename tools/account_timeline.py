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
    cut: dict[str, date] = {}
    for kind in kinds or tuple(TRACKS):
        track = TRACKS[kind]
        mine = [track.entry(row) for row in track.rows(session, account_id, before, limit)]
        if len(mine) == limit:
            cut[kind] = mine[-1].on
        found += mine
    # Older rows of a cut kind are not here yet, so nothing of its last day or older may be shown.
    covered = max(cut.values(), default=date.min)
    newest = max((each.on for each in found), default=date.min)
    if cut and covered == newest:
        whole = [kind for kind, last in cut.items() if last == newest]
        found = [each for each in found if each.on == newest and each.kind not in whole]
        for kind in whole:
            found += _day(session, account_id, before, kind, newest)
        return Timeline(entries=tuple(_sorted(found)), before=newest)
    shown = [each for each in _sorted(found) if each.on > covered]
    more = bool(cut) or len(shown) > limit
    if len(shown) > limit:
        last = shown[limit - 1].on
        shown = [each for each in shown if each.on >= last]
    return Timeline(entries=tuple(shown), before=shown[-1].on if more and shown else None)


def _sorted(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: (each.on, ORDER[each.kind]), reverse=True)


def _day(
    session: Session, account_id: str, before: date | None, kind: str, day: date
) -> list[Entry]:
    """Every entry of a kind on its newest day; of very many the first, and how many more."""
    track, asked = TRACKS[kind], MAX_ENTRIES
    while True:
        read = [track.entry(row) for row in track.rows(session, account_id, before, asked)]
        if len(read) < asked or read[-1].on < day:
            break
        asked *= 4
    mine = [each for each in read if each.on == day]
    if (left := len(mine) - MAX_ENTRIES) <= 0:
        return mine
    says = f"{left:,} more of this kind on this day are not shown"
    return [*mine[:MAX_ENTRIES], Entry(on=day, kind=kind, source=f"{kind} {day}", says=says)]
