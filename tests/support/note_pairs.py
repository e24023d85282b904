"""Notes as people write them, a question that means each, and many other notes around them."""

import random
from datetime import date

from adapters.word_index import Note

PAIRS = (
    (
        "Payment terms extended from 30 to 60 days for all orders placed after the spring fair.",
        "longer payment terms agreed",
    ),
    (
        "Customer may deduct 2% if the invoice is settled within ten days of receipt.",
        "early payment discount",
    ),
    (
        "Invoices without a purchase order number are returned unpaid by their service centre.",
        "why do they send back our invoices, PO missing",
    ),
    (
        "Freight is included in the unit price; separate shipping lines are not accepted.",
        "who pays for shipping",
    ),
    (
        "All credit notes need the signature of both procurement heads before we issue them.",
        "approval for credit memos",
    ),
    (
        "Volume rebate of 3 percent once yearly purchases pass one million.",
        "rebate agreed on volume",
    ),
    (
        "Deliveries to the Rotterdam depot only between 06:00 and 10:00, otherwise refused.",
        "when can we deliver to the depot in Rotterdam",
    ),
    (
        "Price increase of July was contested; old price list stays valid until year end.",
        "which price list is valid",
    ),
    (
        "Pallets arrived wet and mouldy, photographs attached, replacement requested.",
        "damaged goods pallets wet",
    ),
    (
        "Customer portal rejects our XML since their upgrade; upload PDF by hand until fixed.",
        "problem uploading invoices to the portal",
    ),
    (
        "Late interest was waived once in March as a gesture of goodwill.",
        "did we waive interest before",
    ),
    (
        "Sales promised a free maintenance visit to make up for the outage.",
        "what did sales promise after the outage",
    ),
    (
        "Retention of ten percent is withheld until the final acceptance of the machine.",
        "retention withheld until acceptance",
    ),
    (
        "Parent company guarantees all liabilities of this subsidiary up to five million.",
        "is there a guarantee from the parent",
    ),
    (
        "Statement of account must reach them by the third working day, else they pay later.",
        "when do they need the monthly statement",
    ),
    (
        "Two boxes of valves missing on delivery note 4471, warehouse confirms short pick.",
        "short delivery of valves",
    ),
    (
        "Tax exemption certificate expired and was not renewed; tax must be charged again.",
        "tax exempt certificate expired",
    ),
    (
        "Consignment stock is invoiced on consumption, reported by the customer every Friday.",
        "how is consignment stock billed",
    ),
    (
        "Bank details in their letterhead changed; verified by phone with the treasurer.",
        "were changed bank details verified",
    ),
    (
        "Contract forbids assignment of receivables to third parties without written consent.",
        "can we sell the receivables, factoring",
    ),
    (
        "Disputes must be raised within eight days of receipt of goods, says the frame contract.",
        "deadline for raising disputes",
    ),
    (
        "They pay only on the 5th and the 20th of a month by collective run.",
        "on which days is their payment run",
    ),
    (
        "Duplicate billing of the April licence, second invoice was withdrawn.",
        "licence billed twice in April",
    ),
    (
        "Technician never appeared for the installation, customer refuses the service charge.",
        "installation technician did not show up",
    ),
    (
        "Advertising allowance of 1.5% may be taken off each invoice, proof sent quarterly.",
        "marketing allowance deduction",
    ),
    (
        "Contact for overdue items is the regional controller, not the plant.",
        "whom to contact for overdue items",
    ),
    (
        "Instalments agreed: four equal parts beginning in September, no interest.",
        "payment plan in instalments",
    ),
    (
        "Customer wants one collective invoice per month instead of single invoices.",
        "monthly collective invoice",
    ),
    (
        "Quality of the last coil was outside tolerance, lab report promised by supplier.",
        "quality complaint coil tolerance",
    ),
    (
        "Currency clause: dollars are converted at the central bank's rate of the order date.",
        "exchange rate clause",
    ),
)

_WHO = (
    "Customer",
    "The plant",
    "Their shared service centre",
    "Accounts payable",
    "The buyer",
    "Procurement",
    "Sales",
    "The controller",
    "Logistics",
    "The subsidiary",
)
_DOES = (
    "asks for",
    "confirmed",
    "refuses",
    "wants",
    "promised",
    "reported",
    "questions",
    "waits for",
    "accepted",
    "disputes",
)
_WHAT = (
    "a copy of the invoice",
    "the delivery note",
    "the new price list",
    "a credit note",
    "the statement of account",
    "longer opening hours of the warehouse",
    "payment by card",
    "the tax certificate",
    "the purchase order number",
    "the freight charge",
    "a replacement for damaged cartons",
    "the service report",
    "an updated contract",
    "the discount on spare parts",
    "the bank details form",
    "the licence key",
    "the quarterly rebate",
    "an instalment",
    "the installation date",
    "the quality report",
)
_WHEN = (
    "for the order of May",
    "before the renewal",
    "at the depot in Lyon",
    "for the northern region",
    "after the visit",
    "with reference to the frame agreement",
    "by the end of the month",
    "since the portal changed",
    "for two pallets",
    "on the last delivery",
    "because the contact left",
    "in the next meeting",
    "for the branch office",
    "under the old terms",
    "without written consent",
    "during the audit",
)
_HOW = ("", "", "Called today: ", "Note from the meeting: ", "By e-mail: ", "Ticket closed: ")


def note(number: int, text: str, account_id: str = "acc_a") -> Note:
    """A note."""
    return Note(f"ctn_{number}", account_id, "contract note", date(2026, 1, 15), text)


def notes_with_pairs(others: int) -> list[Note]:
    """The notes of `PAIRS`, numbered from 0, among others in the same vocabulary."""
    draw = random.Random(7).choice
    made = (
        f"{draw(_HOW)}{draw(_WHO)} {draw(_DOES)} {draw(_WHAT)} {draw(_WHEN)}; reference {n}."
        for n in range(others)
    )
    texts = [text for text, _question in PAIRS]
    return [note(n, text, f"acc_{n % 300}") for n, text in enumerate([*texts, *made])]


def hits_at(search, counts: tuple[int, ...] = (1, 5)) -> dict[int, int]:
    """For how many of `PAIRS` the note is among the first so many found by their question."""
    found = [search(question, max(counts)) for _text, question in PAIRS]
    return {
        count: sum(f"ctn_{n}" in ids[:count] for n, ids in enumerate(found)) for count in counts
    }
