"""BAI2 type codes: which way money went, and what the commonest are called."""

from adapters.bank_files.values import shown
from ledger.errors import BadInput

# The standard's own split of detail codes; loans name theirs one by one, customs by range.
_CREDITS = (range(100, 400), range(920, 960))
_DEBITS = (range(400, 700), range(960, 1000))
_LOAN_CREDITS = frozenset({"720", "721", "722"})
_LOAN_DEBITS = frozenset({"760"})

_ABOUT = {
    "108": "credit",
    "115": "lockbox deposit",
    "116": "item in lockbox deposit",
    "118": "lockbox adjustment credit",
    "142": "ACH credit received",
    "143": "item in ACH deposit",
    "145": "ACH concentration credit",
    "165": "preauthorized ACH credit",
    "166": "ACH settlement",
    "169": "miscellaneous ACH credit",
    "175": "check deposit package",
    "191": "individual incoming internal money transfer",
    "195": "incoming money transfer",
    "201": "individual automatic transfer credit",
    "206": "book transfer credit",
    "208": "individual international money transfer credit",
    "218": "letter of credit",
    "252": "debit reversal",
    "255": "check posted and returned",
    "257": "individual ACH return item",
    "261": "ACH reversal credit",
    "266": "return item",
    "275": "ZBA credit",
    "277": "ZBA credit transfer",
    "354": "interest credit",
    "399": "miscellaneous credit",
    "408": "float adjustment",
    "409": "debit",
    "447": "ACH disbursement funding debit",
    "451": "ACH debit received",
    "455": "preauthorized ACH debit",
    "469": "miscellaneous ACH debit",
    "475": "check paid",
    "491": "individual outgoing internal money transfer",
    "495": "outgoing money transfer",
    "555": "deposited item returned",
    "557": "individual ACH return item",
    "561": "individual ACH reversal debit",
    "566": "return item",
    "575": "ZBA debit",
    "577": "ZBA debit transfer",
    "661": "account analysis fee",
    "669": "miscellaneous fee",
    "698": "miscellaneous fee",
    "699": "miscellaneous debit",
}


def about(code: str) -> str:
    """What the code is called, or ""."""
    return _ABOUT.get(code, "")


def sign_of(code: str, minor: int, where: str) -> int:
    """1 for a credit code, -1 for a debit code.

    Raises:
        BadInput: An amount under a code that does not say which way it went.
    """
    number = int(code) if code.isdecimal() and code.isascii() and len(code) == 3 else 0
    if code in _LOAN_CREDITS or any(number in each for each in _CREDITS):
        return 1
    if code in _LOAN_DEBITS or any(number in each for each in _DEBITS):
        return -1
    if minor == 0:
        return 1
    raise BadInput(
        f"{where}: type code {shown(code)} does not say whether money came or went; ask the bank"
    )
