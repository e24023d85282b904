from datetime import time

import pytest

from guardrails.compliance.expression import compile_expression
from policies.packs_expression import Unreadable, mentions, read_expression
from tests.support.compliance import message

NAMED = frozenset({"US", "EU", "GB-ENG"})


def holds(text: str, **facts: object) -> bool | None:
    return compile_expression(text, NAMED).test(message(**facts))


@pytest.mark.parametrize(
    "text",
    [
        "claims.__class__",
        "claims.isdisjoint(elements)",
        "__import__('os')",
        "open('x')",
        "eval('1')",
        "getattr(claims, 'x')",
        "any_in.__globals__",
        "[claim for claim in claims]",
        "any(claim for claim in claims)",
        "{'a': claims}",
        "{'a', 'b'}",
        "('a', 'b')",
        "lambda: claims",
        "(x := claims)",
        "claims[0]",
        "f'{claims}'",
        "claims + claims",
        "-contacts_7d < 1",
        "contacts_7d ** 9 ** 9 < 1",
        "1 < contacts_7d < 3",
        "'a' == 'a'",
        "1",
        "True",
        "'text'",
        "None",
        "claims is None",
        "has(elements)",
        "has(elements, 'a', 'b')",
        "has(elements, element='opt_out')",
        "has(*elements)",
        "any_in(claims, [])",
        "any_in(claims, [text])",
        "any_in(claims, [1])",
        "any_in(['a'], ['a'])",
        "approved(text)",
        "between(local_time, '8', '25:00')",
        "fresh('invoices', True)",
        "channel == [1]",
        "channel == ['email']",
        "a; b",
        "not",
        "",
        "channel == 'x' or " * 200 + "high_value",
        "not " * 400 + "high_value",
    ],
)
def test_anything_off_the_list__is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        compile_expression(text, NAMED)


def test_name_that_is_no_fact__is_refused() -> None:
    with pytest.raises(Unreadable, match="reads shoe_size, which is no fact"):
        compile_expression("shoe_size == 'x'", NAMED)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("high_value", {"high_value": True}, True),
        ("not high_value", {"high_value": True}, False),
        ("not other_recipients", {"other_recipients": []}, True),
        ("not other_recipients", {"other_recipients": ["x"]}, False),
        ("contacts_7d <= 3", {"contacts_7d": 3}, True),
        ("contacts_7d < 3", {"contacts_7d": 3}, False),
        ("contacts_7d >= 3", {"contacts_7d": 2}, False),
        ("contacts_7d > 3", {"contacts_7d": 4}, True),
        ("channel == 'sms'", {"channel": "sms"}, True),
        ("channel != 'sms'", {"channel": "sms"}, False),
        ("channel in ['sms', 'email']", {"channel": "letter"}, False),
        ("channel not in ['sms', 'email']", {"channel": "letter"}, True),
        ("channel not in opted_out_channels", {"opted_out_channels": ["email"]}, False),
        ("'marketing' in claims", {"claims": ["marketing"]}, True),
        ("'marketing' not in claims", {"claims": ["marketing"]}, False),
        ("template_stage == dunning_stage", {"dunning_stage": "final"}, False),
        ("any_in(claims, ['a', 'b'])", {"claims": ["b"]}, True),
        ("any_in(claims, ['a', 'b'])", {"claims": ["c"]}, False),
        ("has(elements, 'opt_out')", {"elements": []}, False),
        ("subset(links, allowed_domains)", {"links": ["a"], "allowed_domains": ["a", "b"]}, True),
        ("subset(links, allowed_domains)", {"links": ["c"], "allowed_domains": ["a"]}, False),
        ("approved('suspension')", {"approvals": ["suspension"]}, True),
        ("approved('suspension')", {"approvals": ["legal_language"]}, False),
        ("between(local_time, '08:00', '21:00')", {"local_time": time(8, 0)}, True),
        ("between(local_time, '08:00', '21:00')", {"local_time": time(21, 0)}, False),
        ("covered(jurisdictions)", {"jurisdictions": ["US-TX", "IE"]}, True),
        ("covered(jurisdictions)", {"jurisdictions": ["US-TX", "NZ"]}, False),
        ("covered(jurisdictions)", {"jurisdictions": ["GB-SCT"]}, False),
        ("fresh('invoices', 1)", {"fresh_hours": {"invoices": 1.0}}, True),
        ("fresh('invoices', 1)", {"fresh_hours": {"invoices": 1.5}}, False),
        ("matches_ledger('amount')", {"ledger_matches": {"amount": False}}, False),
        ("high_value if is_initial else legal_matter", {"is_initial": True}, False),
    ],
)
def test_known_facts__are_answered(text: str, facts: dict, expected: bool) -> None:
    assert holds(text, **facts) is expected


UNKNOWN = {"high_value": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("high_value", None),
        ("not high_value", None),
        ("high_value and legal_matter", False),
        ("legal_matter and high_value", False),
        ("high_value and context_complete", None),
        ("context_complete and high_value", None),
        ("high_value or context_complete", True),
        ("context_complete or high_value", True),
        ("high_value or legal_matter", None),
        ("high_value and high_value", None),
        ("high_value and context_complete and legal_matter", False),
        ("high_value and context_complete and recipient_authorised", None),
        ("context_complete if high_value else recipient_authorised", True),
        ("context_complete if high_value else legal_matter", None),
        ("high_value if context_complete else legal_matter", None),
    ],
)
def test_unknown_fact__counts_only_where_the_answer_hangs_on_it(
    text: str, expected: bool | None
) -> None:
    assert holds(text, **UNKNOWN) is expected


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("contacts_7d <= 3", {"contacts_7d": None}),
        ("channel in ['sms']", {"channel": None}),
        ("channel not in ['sms']", {"channel": None}),
        ("'marketing' not in claims", {"claims": None}),
        ("any_in(claims, ['a'])", {"claims": None}),
        ("has(elements, 'opt_out')", {"elements": None}),
        ("subset(links, allowed_domains)", {"links": None}),
        ("subset(links, allowed_domains)", {"links": ["a"], "allowed_domains": None}),
        ("between(local_time, '08:00', '21:00')", {"local_time": None}),
        ("covered(jurisdictions)", {"jurisdictions": None}),
        ("covered(jurisdictions)", {"jurisdictions": []}),
        ("fresh('invoices', 1)", {"fresh_hours": {}}),
        ("matches_ledger('amount')", {"ledger_matches": {}}),
        ("template_stage == dunning_stage", {"template_stage": None}),
        ("channel not in opted_out_channels", {"opted_out_channels": None}),
    ],
)
def test_missing_fact__is_unknown_never_a_guess(text: str, facts: dict) -> None:
    assert holds(text, **facts) is None


def test_no_links__need_no_list_of_hosts() -> None:
    assert holds("subset(links, allowed_domains)", links=[], allowed_domains=None) is True


def test_mentions__name_what_is_read() -> None:
    named = mentions(
        read_expression(
            "'fee' not in claims or (has(elements, 'opt_out') and approved('b') and approved('a')"
            " and any_in(claims, ['x', 'y']) and high_value)"
        )
    )
    assert named.inputs == {"claims", "elements", "high_value"}
    assert named.claims == {"fee", "x", "y"}
    assert named.elements == {"opt_out"}
    assert named.scopes == ("b", "a")
    assert named.helpers == {"has", "approved", "any_in"}
