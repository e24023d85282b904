"""What is spoiled in the words of a good record: figures, references, letters, sentences."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from evals.records.good import Good, Record, Sum, Value
from evals.records.mutant import Mutant, said, spoiled

# "$" alone means the dollar of the place, so dollars are not swapped for dollars.
_OTHER_CURRENCIES = {"USD": ("EUR", "GBP"), "EUR": ("GBP", "USD"), "GBP": ("EUR", "USD")}
_OTHER_CURRENCIES |= {"CAD": ("EUR", "GBP"), "AUD": ("EUR", "GBP")}
_AMOUNT = ("UNI-01", "UNI-13", "UNI-14", "UNI-15")
_DAY = ("UNI-02", "UNI-12", "UNI-13", "UNI-14", "UNI-26")
# Letters that look like another, or like nothing.
_ALIKE = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "i": "\u0456", "c": "\u0441"}
_UNSEEN = {
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "byte order mark": "\ufeff",
    "tag letter": "\U000e0061",
}
_ACCOUNTS = ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR7630006000011234567890189")
_LINKS = ("https://pay.other-house.example/a1", "www.northpay.test/k", "http://203.0.113.9/pay")
_RESIDUE = (
    "{{ amount_due }}",
    "[INSERT NAME]",
    "${due_date}",
    "As an AI language model, I wrote this.",
)
_OTHER_LANGUAGES = {
    "Polish": "Dzień dobry, przypominamy o fakturze {inv1} na kwotę {amt1}, której termin płatności"
    " minął {due1}. Prosimy o informację, kiedy możemy spodziewać się wpłaty. {creditor}",
    "Italian": "Buongiorno, vi ricordiamo che la fattura {inv1} di {amt1} è scaduta il {due1}."
    " Vi preghiamo di comunicarci la data prevista del pagamento. Cordiali saluti, {creditor}",
    "Dutch": "Goedemorgen, wij herinneren u eraan dat factuur {inv1} van {amt1} op {due1} is"
    " vervallen. Wilt u ons laten weten wanneer wij de betaling mogen verwachten? {creditor}",
}


def word_mutants(good: Good) -> Iterator[Mutant]:
    """Every way to spoil the words of this record."""
    for slot in good.slots:
        yield from _figures(good, slot, good.values[slot])
    yield from _swapped(good)
    yield from _required(good)
    yield from _letters(good)
    yield from _disputed(good)
    yield from _additions(good)


def _figures(good: Good, slot: str, value: Value) -> Iterator[Mutant]:
    if isinstance(value, Sum):
        yield from _amounts(good, slot, value)
    elif isinstance(value, date):
        for step in (-1, 1):
            other = value + timedelta(days=step)
            yield from spoiled("date one day off", good, good.record(**{slot: other}), _DAY)
    elif slot == "days1":
        for other in (int(value) - 1, int(value) + 1):
            record = good.record(**{slot: other})
            yield from spoiled("days overdue off by one", good, record, ("UNI-02",))
    elif slot in {"percent", "count"}:
        rules = ("UNI-13",) if slot == "percent" else ("UNI-14",)
        yield from _approved_figure(good, slot, int(value), rules)
    elif slot in {"inv1", "inv2"}:
        for other in _other_numbers(str(value)):
            record = good.record(**{slot: other})
            yield from spoiled("invoice number changed", good, record, ("UNI-02",))


def _swapped(good: Good) -> Iterator[Mutant]:
    """What is true of one invoice, said of the other."""
    for one, other, rules in (("amt1", "amt2", _AMOUNT), ("due1", "due2", _DAY)):
        first, second = good.values[one], good.values[other]
        if {one, other} <= set(good.slots):
            record = good.record(**{one: second, other: first})
            yield from spoiled("figures of two invoices swapped", good, record, rules)


def _amounts(good: Good, slot: str, value: Sum) -> Iterator[Mutant]:
    for step in (-1, 1):
        other = Sum(value.minor + step, value.currency)
        yield from spoiled("amount one cent off", good, good.record(**{slot: other}), _AMOUNT)
    for currency in _OTHER_CURRENCIES[value.currency]:
        other = Sum(value.minor, currency)
        yield from spoiled("currency swapped", good, good.record(**{slot: other}), _AMOUNT)
    turned = Sum(_turned(value.minor), value.currency)
    yield from spoiled("digits turned", good, good.record(**{slot: turned}), _AMOUNT)


def _approved_figure(good: Good, slot: str, value: int, rules: tuple[str, ...]) -> Iterator[Mutant]:
    """The rule is silent on what was approved, but not on other figures than those."""
    for other in (value - 1, value + 1):
        record = good.record(**{slot: other})
        yield Mutant(
            "rate or number of instalments off by one", good.name, record, frozenset(rules)
        )


def _turned(minor: int) -> int:
    """The amount with two neighbouring digits turned, the slip of a tired typist."""
    digits = str(minor)
    for at in range(1, len(digits) - 1):
        if digits[at] != digits[at + 1]:
            return int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
    return minor


def _other_numbers(number: str) -> tuple[str, ...]:
    last = str((int(number[-1]) + 1) % 10)
    return number[:-1] + last, number + last, number[:-2] + number[-1] + number[-2] * 2


def _required(good: Good) -> Iterator[Mutant]:
    needed = {
        "opt_out": ("opt-out line dropped", ("UNI-17", "US-REGF-08")),
        "opt_out_sms": ("opt-out line dropped", ("UNI-17", "US-REGF-08")),
        "collector": ("disclosure dropped", ("US-REGF-13", "US-REGF-21")),
        "collector_initial": ("disclosure dropped", ("US-REGF-13", "US-REGF-21")),
        "ai": ("disclosure dropped", ("EU-AIA-01", "US-AI-01")),
        "reply": ("way to reach a person dropped", ("CA-CASL-01",)),
    }
    for slot in good.slots:
        if slot in needed and not (slot == "reply" and "opt_out" in good.slots):
            mutation, rules = needed[slot]
            yield from spoiled(mutation, good, good.record(**{slot: ""}), rules)
    for other in ("Sommerfeld Partners", ""):
        yield from spoiled("sender's name changed", good, good.record(creditor=other), ("UNI-24",))


def _disputed(good: Good) -> Iterator[Mutant]:
    """The true total of the account, of which a part is disputed."""
    if good.row.get("disputed"):
        for slot in ("total", "amt2"):
            words = {**good.row, "text": f"{good.row['text']} Please transfer {{{slot}}} now."}
            record = replace(good, row=words).record()
            yield from spoiled("disputed amount in the words", good, record, ("UNI-04",))


def _letters(good: Good) -> Iterator[Mutant]:
    record = good.record()
    for part in ("subject", "text"):
        words = [word for word in record[part].split() if word.isalpha() and len(word) > 4]
        if not words:
            continue
        word = words[len(words) // 2]
        for name, char in _UNSEEN.items():
            yield from _relettered(good, part, word, f"{word[:2]}{char}{word[2:]}", name)
        for latin, alike in _ALIKE.items():
            if latin in word:
                yield from _relettered(
                    good, part, word, word.replace(latin, alike, 1), "look-alike"
                )


def _relettered(good: Good, part: str, word: str, other: str, name: str) -> Iterator[Mutant]:
    record = good.record()
    mutation = "look-alike letter" if name == "look-alike" else "unseen letter"
    changed: Record = record | {part: record[part].replace(word, other, 1)}
    yield from spoiled(mutation, good, changed, ("UNI-21",), detail=name)


def _additions(good: Good) -> Iterator[Mutant]:
    record = good.record()
    for account in _ACCOUNTS:
        yield from spoiled("IBAN added", good, said(record, f"IBAN: {account}"), ("UNI-23",))
    for link in _LINKS:
        yield from spoiled("link to another domain", good, said(record, link), ("UNI-23",))
    for residue in _RESIDUE:
        yield from spoiled(
            "unfilled field or model's words", good, said(record, residue), ("UNI-27",)
        )
    for language, text in _OTHER_LANGUAGES.items():
        words = good.record()["text"]
        there = {"inv1", "amt1", "due1"} <= set(good.slots)
        swapped = _in_other_words(good, text) if there else None
        if swapped is not None and swapped["text"] != words:
            yield from spoiled("language swapped", good, swapped, ("UNI-22",), detail=language)


def _in_other_words(good: Good, text: str) -> Record:
    return replace(good, row={**good.row, "text": text}).record()
