"""One account with everything a letter can name, and the letters that can be written about it."""

from dataclasses import replace
from datetime import date

from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement
from ledger.facts import (
    AccountFacts,
    ActivePlan,
    ContactFact,
    OpenCredit,
    OpenItem,
    PendingPromise,
    PlannedPart,
    ReceivedPayment,
    UnappliedReceipt,
)
from policies.load import load_policy, with_changes
from policies.schema import Policy

LANGUAGES = ("de", "en", "es", "fr")
REMINDERS = ("reminder_1", "reminder_2", "reminder_3", "final_notice")
OFF_LADDER = ("pre_due", "broken_promise")
ANSWERS = (
    "dispute_acknowledgement",
    "receipt",
    "promise_confirmation",
    "copy_answer",
    "plan_proposal",
    "opt_out_confirmation",
)
TEMPLATES = (*REMINDERS, *OFF_LADDER, "statement", *ANSWERS)
SMS_TEMPLATES = ("pre_due", "reminder_1", "reminder_2", "opt_out_confirmation")
FORMAL_TEMPLATES = ("reminder_1", "reminder_2", "reminder_3")
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
    debtor_type="business",
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
        item("INV-40001", date(2026, 11, 9), 55500, "CHF", po_number="PO-9004"),
    ),
    credits=(OpenCredit("crd_1", "CM-88", date(2026, 9, 25), 4500, "EUR"),),
    receipts=(UnappliedReceipt("rcp_1", "RC-412", date(2026, 10, 28), 20050, "EUR"),),
    contacts=(
        ContactFact("con_1", "Jane Doe", "ap", "jane@fjord.example", "+1 503 555 0199", None),
        ContactFact(
            "con_2", "Ole Berg", "ap", "ole@fjord.example", "+1 503 555 0198", None, opted_out=True
        ),
    ),
    inbound_unanswered=True,
    payments=(ReceivedPayment("rcp_7", "RC-398", date(2026, 10, 21), 640050, "EUR"),),
    promises=(
        PendingPromise(
            "prm_1", "theirs", "payment", date(2026, 11, 18), 98765, "EUR", ("inv_INV-10519",)
        ),
    ),
    broken_lately=(
        PendingPromise(
            "prm_0", "theirs", "payment", date(2026, 10, 22), 123450, "EUR", ("inv_INV-10482",)
        ),
    ),
    plans=(
        ActivePlan(
            "pln_1",
            "active",
            ("inv_INV-10482", "inv_INV-10519"),
            date(2026, 11, 30),
            (
                PlannedPart(date(2026, 11, 30), 74072),
                PlannedPart(date(2026, 12, 28), 74072),
                PlannedPart(date(2027, 1, 25), 74071),
            ),
        ),
    ),
)
CHASED = ("inv_INV-10482", "inv_INV-10519", "inv_INV-10577")


def with_name(name: str) -> AccountFacts:
    """The same account with another name of its contact."""
    return replace(FACTS, contacts=(replace(FACTS.contacts[0], name=name),))


ABOUT = {"receipt": "rcp_7", "promise_confirmation": "prm_1", "plan_proposal": "pln_1"}
NAMED = {"pre_due": ("inv_INV-40001",), "broken_promise": ("inv_INV-10482",)}


def letter_action(template_id: str, language: str, /, **more: object) -> MessageAction:
    """The action that sends a template; a reminder is about three of the four euro invoices."""
    reader = "con_2" if template_id == "opt_out_confirmation" else "con_1"
    base = {"account_id": "acc_1", "contact_id": reader, "language": language} | more
    if template_id == "statement":
        return SendStatement(**{"currency": "EUR"} | base)
    if template_id in ANSWERS or template_id not in TEMPLATES:
        return _answer(template_id, base)
    stage = REMINDERS.index(template_id) + 1 if template_id in REMINDERS else 0
    reminder = {
        "currency": "CHF" if template_id == "pre_due" else "EUR",
        "invoice_ids": NAMED.get(template_id, CHASED),
        "stage": stage,
        "promise_id": "prm_0" if template_id == "broken_promise" else None,
    }
    return SendReminder(**reminder | {"template_id": template_id} | base)


def _answer(template_id: str, base: dict[str, object]) -> AnswerQuery:
    """An answer about what the account of this file has."""
    told: dict[str, object] = {"template_id": template_id}
    if template_id in ABOUT:
        told["about"] = ABOUT[template_id]
    if template_id == "copy_answer":
        told["invoice_ids"] = CHASED[:2]
    return AnswerQuery(**told | base)
