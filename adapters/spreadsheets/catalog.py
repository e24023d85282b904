"""Every flaw a file can have: how grave, what follows if it is ignored, what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error blocks the import; a warning changes what follows; info explains a choice."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a kind of flaw means for the books."""

    severity: Severity
    consequence: str = ""
    remedy: str = ""


def _error(remedy: str = "") -> Flaw:
    return Flaw(Severity.ERROR, "nothing is imported", remedy)


def _warning(consequence: str, remedy: str = "") -> Flaw:
    return Flaw(Severity.WARNING, consequence, remedy)


def _info(consequence: str = "", remedy: str = "") -> Flaw:
    return Flaw(Severity.INFO, consequence, remedy)


_FILL_IN = _error("fill in the cell or take the row out")
_FUTURE = _warning(
    "not booked before that day",
    "check the date order, or give the day of the export as --as-of",
)

CATALOG: dict[str, Flaw] = {
    # The file as a whole
    "no_rows": _error("export again"),
    "no_orders": _info("no order is left to be billed"),
    "mapping_open": _error(),
    "decimal_open": _error(),
    "dates_open": _error(),
    "total_differs": _error("export again; rows are missing or changed"),
    "total_not_checked": _info("", "compare it by hand"),
    "encoding_chosen": _info(
        "letters with accents are read that way", "say --encoding if names look wrong"
    ),
    "other_sheets": _info("", "say --sheet NAME"),
    "column_not_used": _info("not used"),
    "date_order": _info(),
    "other_day": _info("balances are those of the report"),
    # Cells
    "bad_amount": _error("correct the cell"),
    "bad_credit_limit": _error("correct the cell"),
    "bad_date": _error("correct the cell, or say --dates DMY|MDY|YMD"),
    "bad_flag": _error("write yes or no, or leave the column out with --map field="),
    "cut_number": _error("export again with this column as text"),
    "no_currency": _error("say --currency CODE if all these rows are in one currency"),
    "unknown_currency": _error(
        "use ISO 4217 codes such as EUR, or say --map currency= --currency CODE"
    ),
    "currency_conflict": _error("correct the cell or the currency column"),
    "currency_assumed": _warning("these rows are booked in that currency"),
    "terms_not_days": _info("terms are left as the customer has them"),
    # Rows that lack something
    "missing_amount": _FILL_IN,
    "missing_customer": _FILL_IN,
    "missing_number": _FILL_IN,
    "missing_date": _FILL_IN,
    "missing_text": _FILL_IN,
    "missing_due_date": _warning(
        "cannot be dunned until the customer's terms or a due date are known",
        "import the customer's terms",
    ),
    "missing_issue_date": _warning("age is counted from the due date"),
    "missing_credit_date": _warning("the credit counts from the day of import"),
    # Rows left out
    "deleted_rows": _info("left out"),
    "void_rows": _info("left out"),
    "payable_rows": _info("left out"),
    "zero_amount": _info("left out"),
    # Open items
    "unknown_document_type": _warning(
        "the sign decides: positive is an invoice, negative a credit"
    ),
    "negative_invoice": _warning("booked as a credit memo"),
    "credit_without_sign": _warning(
        "taken as a credit all the same; the file's total may count it as owed"
    ),
    "returned_payment": _error("take the row out and reverse the receipt it gives back"),
    "open_above_amount": _error(
        "correct the amount, or say --map amount= to take the open balance as the amount"
    ),
    "overpaid_invoice": _warning(
        "the invoice is settled and the customer has that much to their credit"
    ),
    "only_open_known": _info("it is taken as the amount too"),
    "settled_undated": _info("the payment counts, but teaches no habit"),
    "cleared_but_open": _warning("what is not open counts as received on that date"),
    "due_from_terms": _info("due on the issue date plus the terms"),
    "due_before_issued": _warning("overdue from the day of issue"),
    "future_issued": _FUTURE,
    "future_cleared": _FUTURE,
    "future_received": _FUTURE,
    "future_opened": _FUTURE,
    # Doubles and strangers
    "equal_rows": _warning("taken once"),
    "number_twice": _error("keep one row, or give each document its own number"),
    "look_alike": _warning(
        "both are booked; if one is a double, the customer is asked twice", "look at a few of them"
    ),
    "unmatched_customer": _warning(
        "a new account is opened for each", "import customers first, or correct the number"
    ),
    "unidentified_payer": _warning(
        "these receipts stay unidentified", "import customers first, or correct the number"
    ),
    "no_account": _error("import customers or invoices first"),
    "orders_gone": _warning(
        "nothing is left to be billed of them", "export again if the file was cut"
    ),
    # Master data
    "unknown_segment": _warning("the segment stays as it is"),
    "unknown_debtor_type": _warning("counts as a business"),
    "unknown_severity": _warning("counts as medium"),
    "unknown_country": _warning("places stay as they are"),
    "unknown_region": _warning("only the country is kept"),
    "unknown_language": _warning("letters go out in the house language"),
    "unknown_time_zone": _warning("quiet hours follow the customer's places"),
    "unknown_email": _warning("the customer has no e-mail address"),
    "unknown_phone": _warning("the customer has no phone number"),
    # Beside the books
    "no_due_date": _error("import the customer's terms first, or fill in the due date"),
    "due_from_account": _info("due on the issue date plus the customer's terms"),
    "ambiguous_customer": _error("add a column with the customer's number"),
    "ambiguous_payer": _warning(
        "the receipt stays unidentified", "add a column with the customer's number"
    ),
    "older_file": _warning(
        "nothing is opened again from it", "import the newest export, or correct --as-of"
    ),
    "currency_changed": _error("give the invoice in the other currency its own number"),
    "issue_date_kept": _warning("the issue date stays as it is in the books"),
    "amount_changed": _info("the difference is posted as an adjustment"),
    "amount_below_paid": _warning(
        "only what is open is taken off", "import the credit memo for the rest"
    ),
    "amount_kept": _warning(
        "the books keep what was posted first", "import the difference as a document of its own"
    ),
    "open_again": _warning("it is open again by that much"),
    "less_open_here": _info(
        "what was applied in the books stays applied", "post it in the accounting system too"
    ),
    "clearing_gone": _warning(
        "the payment stays in the books", "import it with its open balance if it is owed again"
    ),
    "number_elsewhere": _warning(
        "both are booked; if the invoice moved to another customer, it counts twice"
    ),
    "not_in_file": _info(
        "they stay open", "import them with a clear date or an open balance of zero if settled"
    ),
    "told_by_the_bank": _info("it is booked once"),
    "perhaps_told_by_the_bank": _warning("it waits for a person to say whether it is"),
    "credit_of_ours": _info("it is booked once"),
    "perhaps_credit_of_ours": _warning("it is booked unapplied, and a person has a task to look"),
    "used_before": _info("that part is not booked"),
    "used_elsewhere": _warning("the books keep it as unapplied"),
    "paid_by_clear_date": _warning(
        "the money is booked a second time, unapplied", "import clear dates or receipts, not both"
    ),
    "unknown_parent": _warning("it stands alone", "import its parent too"),
    "opt_out_kept": _info("the opt-out stays"),
}
