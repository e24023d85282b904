"""One account with everything a letter can name, and the letters that can be written about it."""

from dataclasses import replace
from datetime import date

from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement
from ledger.facts import AccountFacts, ContactFact, OpenCredit, OpenItem, UnappliedReceipt
from policies.load import load_policy, with_changes
from policies.schema import Policy

LANGUAGES = ("de", "en", "es", "fr")
REMINDERS = ("reminder_1", "reminder_2", "reminder_3", "final_notice")
TEMPLATES = (*REMINDERS, "statement", "dispute_acknowledgement")
EVERY_LETTER = [(template, language) for language in LANGUAGES for template in TEMPLATES]
IBAN = "DE89 3704 0044 0532 0130 00"
PORTAL = "https://pay.northwind.example/start"


def letter_policy(**company: str) -> Policy:
    """The default policy with bank details, a portal and a phone."""
    policy = load_policy()
    settings = {
        "payment_details": f"IBAN {IBAN}\nBIC COBADEFFXXX",
        "portal_link": PORTAL,
        "phone": "+1 503 555 0147",
    } | company
    return with_changes(policy, company=policy.company.model_copy(update=settings))


def item(
    number: str, due_on: date, open_minor: int, currency: str = "EUR", **more: str
) -> OpenItem:
    """An open invoice; its id comes from its number."""
    return OpenItem(
        invoice_id=f"inv_{number}",
        invoice_number=number,
        issued_on=date.fromordinal(due_on.toordinal() - 30),
        due_on=due_on,
        amount_minor=open_minor,
        open_minor=open_minor,
        currency=currency,
        **more,
    )


FACTS = AccountFacts(
    account_id="acc_1",
    account_number="C-20417",
    name="Fjord Outfitters",
    as_of=date(2026, 11, 4),
    segment="smb",
    strategic=False,
    owner=None,
    language="en",
    debtor_type="company",
    places=(),
    time_zones=(),
    preferred_channel="email",
    credit_limit_minor=None,
    credit_hold=False,
    credit_currency=None,
    open_items=(
        item("INV-10482", date(2026, 8, 31), 123450, po_number="PO-7731"),
        item("INV-10519", date(2026, 9, 12), 98765),
        item("INV-10577", date(2026, 10, 3), 50000007, po_number="PO-7802"),
        item("INV-20001", date(2026, 10, 20), 77700),
        item("INV-30001", date(2026, 10, 9), 43210, "USD"),
    ),
    credits=(OpenCredit("crd_1", "CM-88", date(2026, 9, 25), 4500, "EUR"),),
    receipts=(UnappliedReceipt("rcp_1", "RC-412", date(2026, 10, 28), 20050, "EUR"),),
    contacts=(
        ContactFact("con_1", "Jane Doe", "ap", "jane@fjord.example", "+1 503 555 0199", None),
    ),
)
CHASED = ("inv_INV-10482", "inv_INV-10519", "inv_INV-10577")


def with_name(name: str) -> AccountFacts:
    """The same account with another name of its contact."""
    return replace(FACTS, contacts=(replace(FACTS.contacts[0], name=name),))


def letter_action(template_id: str, language: str, /, **more: object) -> MessageAction:
    """The action that sends a template; a reminder is about three of the four euro invoices."""
    base = {"account_id": "acc_1", "contact_id": "con_1", "language": language} | more
    if template_id == "statement":
        return SendStatement(**{"currency": "EUR"} | base)
    if template_id not in REMINDERS:
        return AnswerQuery(template_id=template_id, **base)
    stage = REMINDERS.index(template_id) + 1
    reminder = {"currency": "EUR", "invoice_ids": CHASED, "stage": stage}
    return SendReminder(**reminder | {"template_id": template_id} | base)
