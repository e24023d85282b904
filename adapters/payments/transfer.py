"""A bank transfer made easy: our own details, a reference the cash desk finds, a code to scan.

The details come from `company.payment_details` alone, the text our letters carry too.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

from ledger.money import Money
from policies.schema import CompanyPolicy
from policies.schema_portal import PostalAddress

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]){11,30}\b")
_NOT_PLAIN = re.compile(r"[^A-Z0-9]")
_SWISS = ("CH", "LI")
_LONGEST_REFERENCE = 21
_MOST_EPC = Decimal("999999999.99")
_LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account of ours, as the settings name it."""

    iban: str
    bic: str

    @property
    def formatted(self) -> str:
        """In groups of four."""
        return " ".join(self.iban[at : at + 4] for at in range(0, len(self.iban), 4))

    @property
    def masked(self) -> str:
        """Enough to know it by, not enough to copy."""
        return f"{self.iban[:4]} … {self.iban[-4:]}"

    @property
    def is_swiss(self) -> bool:
        """Whether a QR-bill can name it."""
        return self.iban[:2] in _SWISS


@dataclass(frozen=True, slots=True)
class Transfer:
    """How to transfer one amount.

    Attributes:
        picture: A data address of the code; empty where there is no code for this currency.
        standard: epc, swiss or nothing.
    """

    account: BankAccount
    amount: Money
    name: str
    reference: str
    picture: str = ""
    standard: str = ""


def own_accounts(company: CompanyPolicy) -> tuple[BankAccount, ...]:
    """The IBANs in our payment details whose check digits hold."""
    from schwifty import IBAN
    from schwifty.exceptions import SchwiftyException

    found: dict[str, BankAccount] = {}
    for written in _candidates(company.payment_details):
        try:
            iban = IBAN(written)
            bic = str(iban.bic or "")
        except (SchwiftyException, ValueError):
            continue
        found.setdefault(str(iban), BankAccount(str(iban), bic))
    return tuple(found.values())


def _candidates(details: str) -> Sequence[str]:
    """Stretches that may be an IBAN; words after it may stick to it, so shorter ones are tried."""
    tried = []
    for match in _IBAN.finditer(details.upper()):
        groups = match[0].split()
        tried += [" ".join(groups[:count]) for count in range(len(groups), 0, -1)]
    return tried


def reference_for(numbers: Sequence[str], account_number: str) -> str:
    """A creditor reference (ISO 11649) that the cash desk reads back: the invoice or the account.

    Empty where their number cannot stand in one; then the words beside the transfer say it.
    """
    from stdnum import iso11649
    from stdnum.iso7064 import mod_97_10

    body = _NOT_PLAIN.sub("", (numbers[0] if len(numbers) == 1 else account_number).upper())
    if not 0 < len(body) <= _LONGEST_REFERENCE:
        return ""
    reference = f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"
    return reference if iso11649.is_valid(reference) else ""


def transfer_for(
    amount: Money,
    numbers: Sequence[str],
    account_number: str,
    company: CompanyPolicy,
    postal: PostalAddress,
    language: str,
) -> Transfer | None:
    """How to transfer an amount; None where our settings name no account.

    Args:
        amount: What is to be paid.
        numbers: The invoices it pays.
        account_number: The customer's number with us.
        company: Our name and payment details.
        postal: Our address in parts, for a Swiss bill.
        language: Of the bill.
    """
    accounts = own_accounts(company)
    if not accounts:
        return None
    swiss = amount.currency == "CHF"
    account = next((each for each in accounts if each.is_swiss == swiss), accounts[0])
    reference = reference_for(numbers, account_number)
    plain = Transfer(account, amount, company.name, reference)
    words = ", ".join(numbers)[:140] if not reference or len(numbers) > 1 else ""
    if amount.minor <= 0:
        return plain
    if amount.currency == "EUR" and amount.amount <= _MOST_EPC:
        return _with(plain, _epc(plain, words), "epc")
    if amount.currency in ("CHF", "EUR") and account.is_swiss and postal.is_whole:
        return _with(plain, _swiss(plain, words, postal, language), "swiss")
    return plain


def _with(plain: Transfer, picture: str, standard: str) -> Transfer:
    told = (plain.account, plain.amount, plain.name, plain.reference)
    return Transfer(*told, picture, standard if picture else "")


def _epc(transfer: Transfer, words: str) -> str:
    """The code of the European Payments Council (EPC069-12): a reference or words, never both."""
    from segno.helpers import make_epc_qr

    said = {"reference": transfer.reference} if transfer.reference else {"text": words or "-"}
    code = make_epc_qr(
        transfer.name[:_LONGEST_NAME],
        transfer.account.iban,
        transfer.amount.amount,
        bic=transfer.account.bic or None,
        **said,
    )
    return code.svg_data_uri(scale=4, border=4, light="#fff")


def _swiss(transfer: Transfer, words: str, postal: PostalAddress, language: str) -> str:
    """The payment part of a Swiss QR-bill; a QR-IBAN takes no such reference, so it has no bill."""
    from qrbill import QRBill

    try:
        bill = QRBill(
            account=transfer.account.iban,
            creditor={
                "name": transfer.name[:_LONGEST_NAME],
                "street": postal.street,
                "house_num": postal.house_number,
                "pcode": postal.postal_code,
                "city": postal.town,
                "country": postal.country,
            },
            amount=str(transfer.amount.amount),
            currency=transfer.amount.currency,
            reference_number=transfer.reference or None,
            additional_information=words,
            language=language if language in ("en", "de", "fr") else "en",
        )
    except ValueError:
        return ""
    drawn = io.StringIO()
    bill.as_svg(drawn)
    return f"data:image/svg+xml;charset=utf-8,{quote(drawn.getvalue())}"
