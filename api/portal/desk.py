"""The desk's page of links to the customer's page: made, revoked, and what came by them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy import select

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word
from api.pages.render import done, page
from ledger.clock import SystemClock
from ledger.errors import NotFound
from ledger.tables.account import Contact
from tools.account_names import find_account
from tools.account_pages import name_of
from tools.portal_acts import files_of, stored_file
from tools.portal_links import links_of, make_portal_link, revoke_portal_link

router = APIRouter(prefix="/desk/portal", include_in_schema=False)
_SHUT = "default-src 'none'; sandbox; frame-ancestors 'none'"
Named = Annotated[str, Path(max_length=100)]


@router.get("/{account}")
def show_links(request: Request, visitor: SignedIn, account: Named) -> Response:
    """The links of an account, and the files that came by them."""
    return _links(request, visitor, account)


def _links(request: Request, visitor: Visitor, named: str, address: str = "") -> Response:
    now = SystemClock().now()
    with visitor.house.ledger.read() as session:
        account_id = find_account(session, named)
        contacts = session.scalars(
            select(Contact).where(Contact.account_id == account_id).order_by(Contact.id)
        ).all()
        return page(
            request,
            "portal_desk/links.html",
            visitor,
            account_id=account_id,
            contacts={each.id: name_of(each.name) or each.id for each in contacts},
            links=links_of(session, account_id),
            files=files_of(session, account_id),
            address=address,
            now=now,
        )


@router.post("/{account}/links")
def make_link(request: Request, visitor: SignedIn, account: Named, form: Sent) -> Response:
    """Make a link; the answer shows it, and nothing ever does again."""
    house = visitor.house
    visitor.person.check_may_decide(house.policy)
    contact_id = word(form, "contact")
    with house.ledger.read() as session:
        contact = session.get(Contact, contact_id)
        if contact is None or contact.account_id != find_account(session, account):
            raise NotFound("this account has no such contact")
    with house.ledger.whole.write() as session:
        now = SystemClock().now()
        who = visitor.person.person_id
        made = make_portal_link(session, contact_id, house.policy, who, now)
    public = house.settings.public_url or str(request.base_url)
    return _links(request, visitor, account, made.address(public))


@router.post("/{account}/links/{link_id}/revoke")
def end_link(
    request: Request, visitor: SignedIn, account: Named, link_id: Named, _form: Sent
) -> Response:
    """End a link now."""
    house = visitor.house
    visitor.person.check_may_decide(house.policy)
    with house.ledger.read() as session:
        account_id = find_account(session, account)
        if link_id not in {each.id for each in links_of(session, account_id)}:
            raise NotFound("this account has no such link")
    with house.ledger.whole.write() as session:
        revoke_portal_link(session, link_id, visitor.person.person_id, SystemClock().now())
    return done(request, f"/desk/portal/{account_id}", "The link opens nothing any more.")


@router.get("/{account}/files/{attachment_id}")
def download(visitor: SignedIn, account: Named, attachment_id: Named) -> Response:
    """A file as it came, to be saved and never shown here."""
    with visitor.house.ledger.read() as session:
        account_id = find_account(session, account)
        if attachment_id not in {row.id for row in files_of(session, account_id)}:
            raise NotFound("no such file came from this account")
        _name, content = stored_file(session, attachment_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{attachment_id}.bin"',
        "Content-Security-Policy": _SHUT,
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
