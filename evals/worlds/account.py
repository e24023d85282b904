"""Opens an account: who the customer is, how they are served, and whom to write to."""

from datetime import timedelta

from evals.worlds.case import Case
from evals.worlds.events import dispute, note_contract, open_ticket, write_in
from evals.worlds.names import company_name, domain, person_name, phone_number, pick_market, slug
from evals.worlds.story import Story, World
from ledger.ids import make_id
from ledger.states import DebtorType, DisputeState, Segment, TicketState
from ledger.tables.account import Account, Contact

LONG_AGO_DAYS = 30
_TERMS = (14, 30, 30, 30, 45, 60)
# Median invoice in minor units; amounts stay below the high-value threshold unless a case says so.
_MEDIAN_MINOR = {
    Segment.SMB.value: 90_000,
    Segment.MID.value: 350_000,
    Segment.ENTERPRISE.value: 1_400_000,
    Segment.STRATEGIC.value: 2_000_000,
}


def open_account(world: World, case: Case, position: int) -> Story:
    """Open the account of a case with its contacts and the traces of earlier years."""
    rng = world.rng
    market = pick_market(rng, case.language)
    segment = case.segment or rng.choices(("smb", "mid"), (75, 25))[0]
    number = f"C{10_000 + position}"
    natural = case.debtor_type != DebtorType.BUSINESS
    name = person_name(rng, market) if natural else company_name(rng, market)
    terms = rng.choice(_TERMS)
    median = round(_MEDIAN_MINOR[segment] * rng.uniform(0.6, 1.5))
    account = world.rows.add(
        Account,
        id=make_id("acc", number),
        account_number=number,
        name=name,
        parent_id=_parent(world, natural),
        segment=segment,
        owner="amara.diallo" if segment in ("enterprise", "strategic") else "cora.lind",
        places=market.place,
        time_zones=market.time_zone,
        language=market.language,
        currency=market.currency,
        debtor_type=case.debtor_type,
        credit_limit_minor=median * 40 if rng.random() < 0.6 else None,
        terms_days=terms,
    )
    story = Story(world, account, market, median, terms)
    if not natural and account["parent_id"] is None and len(world.parents) < 200:
        world.parents.append(account["id"])
    if case.reachable:
        _add_contacts(story, natural)
    return story


def _parent(world: World, natural: bool) -> str | None:
    if natural or not world.parents or world.rng.random() >= 0.03:
        return None
    return world.rng.choice(world.parents)


def _add_contacts(story: Story, natural: bool) -> None:
    name, rng = story.account["name"], story.rng
    if natural:
        mailbox = f"{_local_part(name)}@mailbox.example"
        _add_contact(story, name, "owner", mailbox)
        return
    at = domain(name)
    clerk = person_name(rng, story.market)
    _add_contact(story, clerk, "accounts_payable", f"{_local_part(clerk)}@{at}")
    if rng.random() < 0.35:
        _add_contact(story, "", "billing", f"invoices@{at}")


def _local_part(name: str) -> str:
    return slug(name).replace("-", ".")


def _add_contact(story: Story, name: str, role: str, email: str) -> None:
    rng, market = story.rng, story.market
    phone = phone_number(rng, market) if rng.random() < 0.5 else None
    contact = story.world.rows.add(
        Contact,
        id=make_id("con", story.account_id, email),
        account_id=story.account_id,
        name=name,
        role=role,
        email=email,
        phone=phone,
        language=market.language if rng.random() < 0.9 else None,
        time_zone=market.time_zone,
        consents="sms" if phone and rng.random() < 0.3 else "",
    )
    story.contacts.append(contact)


def add_background(story: Story) -> None:
    """Write what is over or harmless: closed tickets, settled disputes, answered mail, notes."""
    chance = story.rng.random()
    if chance < 0.03:
        open_ticket(story, TicketState.CLOSED, 3, "Delivery note was missing")
    elif chance < 0.05:
        open_ticket(story, TicketState.OPEN, 3, "Asks for the new catalogue")
    elif chance < 0.09:
        note_contract(story, "Invoices need the purchase order number in the subject.")
    elif chance < 0.16 and story.paid_items:
        item = story.paid_items[0]
        said_on = item["issued_on"] + timedelta(days=8)
        if said_on > story.world.before(LONG_AGO_DAYS):
            return
        if chance < 0.13:
            write_in(story, "copy_request", item, said_on, answered=True)
        else:
            quote = "freight was quoted as included"
            dispute(story, item, "FREIGHT", quote, said_on, DisputeState.RESOLVED)
