"""Reviewing as work: one's load, absences and substitutes, the daily letter, who notices what."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word
from api.pages.inbox_decide import read_date
from api.pages.render import done, page
from ledger.queries.reviewing import exercises_of, names_of_people
from tools.colleagues import takers
from tools.delegation import delegate, end_delegation, planned
from tools.digests import choose_digest, digest_choice

router = APIRouter(include_in_schema=False)
HERE = "/desk/inbox/reviewing"


@router.get(HERE)
def reviewing(request: Request, visitor: SignedIn) -> Response:
    """How reviewing goes, and what a person may set for themselves."""
    return page(request, "inbox/reviewing.html", visitor, **_known(visitor))


def _known(visitor: Visitor) -> dict[str, Any]:
    deps = visitor.house.deps()
    rules = deps.policy.approval.reviewing
    with deps.ledger.read() as session:
        names = dict(tuple(row) for row in names_of_people(session))
        return {
            "load": visitor.inbox().load(),
            "rules": rules,
            "names": names,
            "takers": takers(session, deps.policy),
            "absences": planned(session, deps.as_of),
            "may_manage": "admin" in visitor.person.roles,
            "noticed": sorted(exercises_of(session).items()),
            "digest": digest_choice(session, visitor.person.person_id),
            "as_of": deps.as_of,
        }


@router.post(f"{HERE}/absence")
def absence(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Name who stands in."""
    deps, me = visitor.house.deps(), visitor.person
    with deps.ledger.whole.write() as session:
        delegate(
            session,
            me,
            word(form, "person", me.person_id) or me.person_id,
            word(form, "substitute"),
            read_date(word(form, "from")),
            read_date(word(form, "until")),
            word(form, "why"),
            deps.policy,
            visitor.house.system_clock.now(),
        )
    return done(request, HERE, "The absence is noted; requests go to the substitute meanwhile.")


@router.post(f"{HERE}/absence/{{delegation_id}}/end")
def end_absence(request: Request, visitor: SignedIn, delegation_id: str, form: Sent) -> Response:
    """They are back."""
    del form
    with visitor.house.ledger.whole.write() as session:
        end_delegation(session, visitor.person, delegation_id, visitor.house.system_clock.now())
    return done(request, HERE, "The absence is over.")


@router.post(f"{HERE}/digest")
def digest(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Ask for the daily letter, or for none."""
    wants = bool(word(form, "wants"))
    with visitor.house.ledger.whole.write() as session:
        choose_digest(
            session,
            visitor.person.person_id,
            word(form, "email"),
            wants,
            visitor.house.system_clock.now(),
        )
    return done(request, HERE, "A letter a day it is." if wants else "No letters.")
