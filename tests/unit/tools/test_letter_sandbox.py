"""Templates somebody else wrote: every way to do more than fill slots ends in one line."""

import time

import pytest

from policies.schema import LetterTemplate
from tools.letter_sandbox import MAX_TEXT, SLOTS, LetterError, compile_letter, fill_letter
from tools.letter_worker import try_letter
from tools.letters import check_template

PLACE = "letters/en/reminder_1.txt"
# What is tried, and a part of the line it is refused with.
ATTACKS = {
    "{{ 'a' * 10**9 }}": "take out the mul",
    "{{ 10 ** 10 ** 10 }}": "take out the pow",
    "{{ '%999999999s' % 1 }}": "take out the mod",
    "{{ 1 / 0 }}": "take out the div",
    "{{ total + total }}": "take out the add",
    "{{ total ~ total }}": "take out the concat",
    "{% for a in items %}{{ a }}{% endfor %}": "take out the for",
    "{% for a in range(10**9) %}x{% endfor %}": "take out the for",
    "{{ range(9) }}": "take out the call",
    "{{ lipsum(999) }}": "take out the call",
    "{{ total.__class__ }}": "take out the getattr",
    "{{ total.__class__.__mro__[1].__subclasses__() }}": "take out the call",
    "{{ total['__class__'] }}": "take out the getitem",
    "{{ items[:9] }}": "take out the getitem",
    "{{ total | upper }}": "take out the filter",
    "{{ total | attr('__class__') }}": "take out the filter",
    "{{ total is defined }}": "take out the test",
    "{{ [total, total] }}": "take out the list",
    "{{ {'a': total} }}": "take out the dict",
    "{% set total = '1' %}": "take out the assign",
    "{% include 'reminder_1.txt' %}": "take out the include",
    "{% extends 'reminder_1.txt' %}": "take out the extends",
    "{% import 'x' as x %}": "take out the import",
    "{% macro a() %}{{ a() }}{% endmacro %}": "take out the macro",
    "{% block a %}{{ self.a() }}{% endblock %}": "take out the block",
    "{{ bank }}": "unknown slot 'bank'",
    "{{ self }}": "unknown slot 'self'",
    "{{ cycler }}": "unknown slot 'cycler'",
    "{{ total": "not a template",
    "{% if count %}": "not a template",
    "{% do x %}": "not a template",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}": "not a template",
    "{{ " + "9" * 5000 + " }}": "not a template",
    "{{ 9999999 }}": "small whole numbers",
    "{{ 1e308 }}": "small whole numbers",
    "{% if count %}" * 9 + "x" + "{% endif %}" * 9: "at most 6 deep",
    "{{ " + "not " * 100 + "count }}": "at most 6 deep",
    "x" * 9000: "at most 8000 characters",
    "a\x1fb": "one text",
}


@pytest.mark.parametrize(("body", "says"), ATTACKS.items())
def test_template_that_does_more_than_fill_slots__is_refused_in_one_line(body, says):
    with pytest.raises(LetterError, match=says) as refused:
        compile_letter(PLACE, "Hello", body)
    assert refused.value.message.startswith(PLACE)
    assert "\n" not in refused.value.message
    assert len(refused.value.message) < 400


@pytest.mark.parametrize("body", list(ATTACKS)[::4])
def test_worker__refuses_it_in_the_same_words(body):
    with pytest.raises(LetterError) as here:
        compile_letter(PLACE, "Hello", body)
    with pytest.raises(LetterError) as there:
        try_letter(PLACE, "Hello", body)
    assert there.value.message == here.value.message


def test_subject__is_held_to_the_same_bounds():
    with pytest.raises(LetterError, match="take out the for"):
        compile_letter(PLACE, "{% for a in items %}x{% endfor %}", "Hello")


@pytest.mark.parametrize("body", ["{{ total < 1 }}", "{% if count < total %}a{% endif %}"])
def test_choice_that_cannot_be_made__is_refused(body):
    template = compile_letter(PLACE, "Hello", body)
    with pytest.raises(LetterError, match="cannot be filled: '<' not supported"):
        fill_letter(PLACE, template, dict.fromkeys(SLOTS, "x") | {"count": 1})


def test_slot_the_letter_lacks__is_named():
    with pytest.raises(LetterError, match="'total' is undefined"):
        fill_letter(PLACE, compile_letter(PLACE, "Hello", "{{ total }}"), {"count": 1})


def test_slots_put_in_over_and_over__end_at_the_longest_letter():
    template = compile_letter(PLACE, "Hello", "{{ items }}" * 600)
    table = "x" * 1000
    with pytest.raises(LetterError, match=f"at most {MAX_TEXT}"):
        fill_letter(PLACE, template, {"items": table}, len(table))


def test_long_table_of_ours__is_no_fault_of_the_template():
    table = "x" * (3 * MAX_TEXT)
    template = compile_letter(PLACE, "Hello", "{{ items }}\n")
    assert fill_letter(PLACE, template, {"items": table}, len(table)) == ("Hello", f"{table}\n")


def test_slot_that_looks_like_a_template__stays_as_it_is():
    template = compile_letter(PLACE, "Hello", "{{ contact }}")
    assert fill_letter(PLACE, template, {"contact": "{{ 7*7 }}"})[1] == "{{ 7*7 }}"


def test_trial_that_takes_too_long__is_killed():
    started = time.monotonic()
    with pytest.raises(LetterError, match=r"not filled within 0\.0001 s"):
        try_letter(PLACE, "Hello", "{{ total }}", seconds=0.0001)
    assert time.monotonic() - started < 10


def test_letter_of_a_home__is_tried_once(monkeypatch):
    tried = []
    monkeypatch.setattr("tools.letters.try_letter", lambda *told: tried.append(told))
    own = LetterTemplate(id="reminder_1", language="en", version=77, subject="Hi", body="{{ pay }}")
    check_template(own)
    check_template(own.model_copy())
    assert tried == [(PLACE, "Hi", "{{ pay }}")]
