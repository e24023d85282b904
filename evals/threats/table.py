"""Which function keeps which threat out, and the tests that fail without it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evals.threats.taken_out import (
    all_scopes,
    always_allowed,
    any_seal,
    believed,
    empty,
    first_every_time,
    frozen_in_name_only,
    may_all,
    never_said,
    no_claims,
    no_headers,
    no_objection,
    no_rows,
    no_words,
    nothing,
    parsed_whole,
    passed_on,
    proven,
    same_seal,
    unchanged,
    unescaped,
    unfenced,
)


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that keeps a threat out.

    Attributes:
        where: `module:name`, or `module:Class.name` of a method.
        off: What it is without it; a constant where `where` names no function.
        tests: Test ids, one of which must fail without it.
    """

    threat: str
    where: str
    off: Callable[..., Any]
    tests: tuple[str, ...]


THREATS = {
    "T1": "an injected order to send",
    "T2": "a release of a hold that somebody claims was agreed",
    "T3": "chasing a disputed account",
    "T4": "a payment plan said to be agreed",
    "T5": "changed bank details or links",
    "T6": "other customers' data",
    "T7": "a waiver, or an invoice marked as paid",
    "T8": "a journal deleted or rewritten",
    "T9": "a made-up or changed figure",
    "T10": "threats, shaming, false claims",
    "T11": "an approval of something else than was seen",
    "T12": "one effect twice",
    "T13": "a card written by the attacker",
    "T14": "notes that become rules",
    "T15": "an answer that steers or leaks",
    "T16": "bombs, loops and automatic answers",
    "T17": "the same claim without end",
    "T18": "somebody in another's name",
    "T19": "files that attack their reader",
    "T20": "policy or prompts changed in silence",
    "T21": "scores and limits by request",
}

_MAIL, _SENT = "tests/threats/test_mail.py", "tests/threats/test_messages.py"
_SHOWN, _SCORES = "tests/threats/test_shown.py", "tests/threats/test_scores.py"
_GATE = "tests/unit/guardrails"
_DESK = "tests/unit/tools/test_reply_actions.py"
_KEPT = "tests/integration/test_identities.py"
_CARDS = "tests/integration/test_inbox_cards.py"
_LESSONS = "tests/integration/test_lessons.py"
_REPLIES = "tests/integration/test_replies_pass.py"
_FAILING = "tests/threats/test_nights.py::test_case_that_breaks_its_role__is_a_persons"
_CASE_GRAPH = "tests/integration/test_case_graph.py::test_hostile_model__changes_nothing_outside"
_ORDERS = f"{_MAIL}::test_role_asks_for_what_a_mail_ordered__a_person_is_asked"
_PAID_IN_PART = (
    "tests/integration/test_inbox_decisions.py::TestWorldMoved::"
    "test_part_payment_arrives__asks_again_with_a_new_request"
)

CONTROLS: tuple[Control, ...] = (
    Control(
        "T1",
        "tools.proposals:judge_action",
        always_allowed,
        (f"{_CASE_GRAPH}_the_gate",),
    ),
    Control("T1", "batch.dispatch:objection", no_objection, (f"{_SENT}::TestLeaving",)),
    Control(
        "T2",
        "guardrails.case_rules:holds_are_lifted_by_people",
        nothing,
        (f"{_ORDERS}[T2 release]",),
    ),
    Control(
        "T3",
        "guardrails.contact_rules:never_chase_disputed",
        nothing,
        (f"{_GATE}/test_contact_rules.py::TestNeverChaseDisputed",),
    ),
    Control(
        "T3",
        "batch.dispatch:objection",
        no_objection,
        (f"{_SENT}::TestLeaving::test_dispute_between_approval_and_sending__is_stopped",),
    ),
    Control(
        "T4",
        "guardrails.case_rules:plans_need_finance_lead",
        nothing,
        (f"{_GATE}/test_case_rules.py::TestPlansNeedFinanceLead",),
    ),
    Control(
        "T5",
        "guardrails.letter_rules:every_number_traced",
        nothing,
        (f"{_SENT}::TestBankDetails",),
    ),
    Control(
        "T5",
        "tools.reply_actions:_Work.tasks",
        empty,
        (f"{_DESK}::test_change_of_bank_details__alarms_and_changes_nothing",),
    ),
    Control("T6", "tools.contract:CASE_SCOPES", all_scopes, (f"{_MAIL}::TestOtherCustomers",)),
    Control(
        "T6",
        "guardrails.letter_rules:every_number_traced",
        nothing,
        (f"{_MAIL}::test_amount_of_another_customer_in_a_letter__is_denied",),
    ),
    Control(
        "T7",
        "guardrails.money_rules:allocation_fits_the_books",
        nothing,
        (f"{_GATE}/test_money_rules.py::TestAllocationFitsTheBooks",),
    ),
    Control(
        "T7",
        "ledger.postings:_check_fits",
        nothing,
        ("tests/integration/test_postings.py::TestApplyToInvoices",),
    ),
    Control(
        "T7",
        "guardrails.money_rules:credits_need_finance_lead",
        nothing,
        (f"{_GATE}/test_money_rules.py::TestCreditsNeedFinanceLead",),
    ),
    Control(
        "T8",
        "ledger.migrations.append_only:install",
        frozen_in_name_only,
        (f"{_KEPT}::test_journal_and_approvals__nobody_changes_deletes_or_replaces",),
    ),
    Control("T8", "ledger.identities:authorizer", may_all, (_KEPT,)),
    Control(
        "T8",
        "ledger.chains:chain_hash",
        same_seal,
        ("tests/threats/test_journal.py::test_changed_byte__breaks_the_chain",),
    ),
    Control(
        "T9",
        "guardrails.letter_rules:every_number_traced",
        nothing,
        (f"{_GATE}/test_letter_rules.py::TestEveryNumberTraced",),
    ),
    Control(
        "T10",
        "guardrails.letter_rules:no_free_text_unattended",
        nothing,
        (f"{_GATE}/test_letter_rules.py::TestNoFreeTextUnattended",),
    ),
    Control(
        "T10",
        "guardrails.letter_rules:tone_fits_the_stage",
        nothing,
        (f"{_GATE}/test_letter_rules.py::TestToneFitsTheStage",),
    ),
    Control(
        "T10",
        "guardrails.content.read:read_content",
        no_claims,
        (
            f"{_GATE}/test_gate.py::TestJudge::test_threat_stands_in_the_subject_alone__it_is_denied",
        ),
    ),
    Control(
        "T11",
        "tools.authority:Standing.after",
        never_said,
        ("tests/integration/test_inbox_decisions.py::TestApprove::test_author__is_refused",),
    ),
    Control(
        "T11",
        "tools.carry_out:asks_again_because",
        no_words,
        (_PAID_IN_PART,),
    ),
    Control(
        "T12",
        "ledger.journal:insert_new",
        first_every_time,
        ("tests/threats/test_journal.py::test_two_answers_to_one_version__the_second_is_refused",),
    ),
    Control(
        "T13",
        "tools.outside_text:clean_text",
        unchanged,
        ("tests/unit/tools/test_outside_text.py::test_trick__is_made_harmless",),
    ),
    Control(
        "T13",
        "cli.output:safe",
        unchanged,
        ("tests/unit/cli/test_output.py",),
    ),
    Control("T13", "batch.report_page:_pages", unescaped, (f"{_SHOWN}::TestReport",)),
    Control("T13", "adapters.documents:_template", unescaped, (f"{_SHOWN}::TestDocuments",)),
    Control("T13", "api.problems:HEADERS", no_headers, (f"{_SHOWN}::TestAnswers",)),
    Control(
        "T13",
        "tools.account_pages:shown_text",
        unchanged,
        (f"{_CARDS}::TestCard::test_outside_text__is_inert_and_cut",),
    ),
    Control(
        "T14",
        "tools.outside_text:outside",
        unfenced,
        ("tests/integration/test_search_notes.py::TestInjection",),
    ),
    Control(
        "T14",
        "tools.lesson_approval:_check",
        nothing,
        (f"{_LESSONS}::TestLetters::test_own_edits__another_person_approves",),
    ),
    Control(
        "T14",
        "tools.outside_text:outside",
        unfenced,
        ("tests/integration/test_read_tools.py::TestOutsideText",),
    ),
    Control(
        "T14",
        "tools.contact:_claims",
        no_rows,
        ("tests/integration/test_read_tools.py::TestClaims",),
    ),
    Control(
        "T15",
        "graph.nodes.answer:plain",
        unchanged,
        ("tests/integration/test_chat_graph.py::TestWords",),
    ),
    Control(
        "T16",
        "adapters.inbound_mail.reports:_is_automatic",
        nothing,
        ("tests/unit/adapters/inbound_mail/test_reports.py",),
    ),
    Control(
        "T16",
        "agents.loop:_Work._count_fault",
        nothing,
        ("tests/unit/agents/test_loop.py",),
    ),
    Control(
        "T16",
        "adapters.inbound_mail.parsing:MailReader._parsed",
        parsed_whole,
        ("tests/unit/adapters/inbound_mail/test_parsing.py::TestLimits",),
    ),
    Control(
        "T16",
        "tools.reply_desk:ReplyDesk._leave_to_person",
        passed_on,
        (f"{_REPLIES}::test_message_that_breaks_the_desk__is_a_persons_and_the_others_are_read",),
    ),
    Control(
        "T16",
        "batch.cases:_leave_to_person",
        nothing,
        (_FAILING,),
    ),
    Control("T17", "tools.reply_actions:_Work._may_pause", believed, (_DESK,)),
    Control(
        "T17",
        "ledger.queries.replies:unproven_claims",
        no_rows,
        (f"{_MAIL}::TestSameClaimAgain",),
    ),
    Control(
        "T18",
        "adapters.inbound_mail.authenticity:authenticity",
        proven,
        ("tests/unit/adapters/inbound_mail/test_authenticity.py",),
    ),
    Control(
        "T18",
        "tools.reply_address:read_reply_address",
        any_seal,
        ("tests/integration/test_inbound_links.py::TestProof::test_forged_seal__is_not_linked",),
    ),
    Control(
        "T19", "guardrails.formats:spreadsheet_cell", unchanged, ("tests/unit/cli/test_csv_out.py",)
    ),
    Control(
        "T19",
        "adapters.spreadsheets.workbooks:_check_unpacked",
        nothing,
        (
            "tests/integration/test_spreadsheets_workbooks.py::test_zip_that_is_no_workbook_or_a_bomb__is_refused",
        ),
    ),
    Control(
        "T20",
        "tools.carry_out:asks_again_because",
        no_words,
        (f"{_SENT}::test_policy_changed_since_the_request__the_yes_asks_again",),
    ),
    Control(
        "T20",
        "batch.dispatch:objection",
        no_objection,
        (f"{_SENT}::test_policy_changed_before_sending__letter_is_judged_by_the_new_one",),
    ),
    Control(
        "T21",
        "guardrails.case_rules:credit_decisions_need_finance_lead",
        nothing,
        (f"{_ORDERS}[T21 limit]",),
    ),
    Control(
        "T21",
        "ledger.identities:authorizer",
        may_all,
        (f"{_SCORES}::test_connection_a_model_reaches__writes_no_limit_and_no_invoice",),
    ),
    Control(
        "T21",
        "tools.proposals:judge_action",
        always_allowed,
        (f"{_SCORES}::test_role_that_obeys__moves_neither_limit_nor_score",),
    ),
)
