from datetime import date

import pytest

from engines.reading.message import InboundText
from engines.reading.page import lay_out
from engines.reading.promised_amounts import amounts_beside
from engines.reading.roles import Judged

TUESDAY = date(2026, 3, 10)
UNSURE = {"promise": 0.3, "paid": 0.2, "disputed": 0.2, "instalment": 0.1, "total": 0.2}


def beside(words: str) -> list[str]:
    page = lay_out(InboundText("", words, TUESDAY, "", "email"), calendar="US")
    (line,) = page.lines
    amounts = tuple((each, UNSURE) for each in line.amounts)
    return [
        str(each.value) for each in amounts_beside(Judged(0, line, {}, (), amounts, ()), line.dates)
    ]


@pytest.mark.parametrize(
    ("words", "amounts"),
    [
        ("we pay EUR 500.00 on 20 March", ["500.00"]),
        ("paying less the EUR 310.00 on 20 March", []),
        ("we take EUR 90.00 off and pay on 20 March", []),
        ("ich zahle 1000 am freitag und die restlichen 750 am 30.3.", ["1000", "750"]),
        ("EUR 21,000.00 as EUR 7,000.00 on 30 June, 31 July and 31 August", ["7000.00"]),
        ("1,500 of the 4,200 goes this Friday", ["1500"]),
        ("planned in week 43, on 21 March", []),
    ],
)
def test_the_amounts_beside_a_day__are_those_paid_then(words: str, amounts: list[str]) -> None:
    assert beside(words) == amounts
