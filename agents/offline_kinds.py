"""The kinds of question the offline assistant answers: how each is known, and what it looks up.

The first kind that fits a question answers it, so the narrow ones stand before the wide ones.
`docs/howto/ask.md` shows them with their examples; a test asks every example.
"""

from agents.offline_kind import (
    Kind,
    dispute_named,
    due_within,
    notes_wanted,
    weeks_ahead,
)
from agents.offline_kinds_desk import ACCOUNTS, BOOK, RULES
from agents.offline_notes import NOTE_WORDS

_CLASSIC = (
    Kind(
        "worklist",
        "collector",
        "list_accounts_to_work",
        r"\b(?:who|whom|which (?:accounts?|customers?))\b.*"
        r"\b(?:work|call|chase|start|contact|next)\b"
        r"|what (?:should|do|can) (?:i|we) (?:do|work|start)|worklist|priorit|to-?do",
        "Who should I work today, and why?",
        "none",
    ),
    Kind(
        "waiting",
        "collector",
        "list_waiting_approvals",
        r"approv|inbox|\bwait(?:s|ing)?\b.*\b(?:for|decision|request)|pending request",
        "What waits for approval?",
        "may",
    ),
    Kind(
        "why",
        "collector",
        "why_routed",
        r"^\s*(?:and )?why\b|\brouted\b|reason for",
        "Why was Acme routed here?",
    ),
    Kind(
        "credits",
        "cash_applier",
        "list_credits",
        r"credit (?:memos?|notes?)|open credits?|credits open",
        "Which credit memos are open?",
        "may",
    ),
    Kind(
        "forecast",
        "forecaster",
        "expected_cash",
        r"forecast|expect(?:ed)?\b.*\b(?:cash|money|pay)|(?:cash|money)\b.*\bexpect|"
        r"cash.*\b(?:next|coming|week)|come[s]? in\b",
        "What cash do we expect in the next 4 weeks?",
        "may",
        weeks_ahead,
    ),
    Kind(
        "forecast_account",
        "forecaster",
        "expected_cash",
        r"when will\b.*\bpay\b|will\b.*\bpay\b",
        "When will Acme pay?",
    ),
    Kind(
        "unapplied",
        "cash_applier",
        "list_unapplied_cash",
        r"unapplied|unidentified|on[- ]account|unmatched",
        "What is unapplied?",
        "may",
    ),
    Kind(
        "credit_standing",
        "credit_analyst",
        "credit_exposure",
        r"credit (?:standing|score|class|rating|risk)|\brisk(?:y|s)?\b|\bscore\b|\bpayer\b",
        "What is the credit standing of Acme, and why?",
    ),
    Kind(
        "exposure",
        "credit_analyst",
        "credit_exposure",
        r"exposure|credit limit|\blimit\b|credit hold",
        "What is the exposure of Acme?",
    ),
    Kind(
        "holds",
        "policy_adviser",
        "list_holds",
        r"\bholds?\b|\bheld\b",
        "Which holds are in force, and why?",
        "may",
    ),
    Kind(
        "dispute_outlook",
        "dispute_analyst",
        "dispute_outlook",
        r"\boutlook\b|how (?:will|would|might)\b.*\b(?:disput|dsp_)|likely end",
        "How might dispute DISPUTE end?",
        "none",
        dispute_named,
    ),
    Kind(
        "disputes",
        "dispute_analyst",
        "list_disputes",
        r"disput|contest|challenge",
        "What is the dispute status of Northgate?",
        "may",
    ),
    Kind(
        "our_promises",
        "collector",
        "list_promises",
        r"\bour promis\w+|(?:did|have|had) we promis|\bwe (?:have )?promised",
        "What did we promise Acme?",
        "may",
        lambda _turn: {"side": "ours"},
    ),
    Kind(
        "broken_promises",
        "collector",
        "list_promises",
        r"\bbroken?\b.*promis|promis\w*.*\bbroken?\b",
        "Which promises were broken?",
        "may",
        lambda _turn: {"only": "broken", "side": "theirs"},
    ),
    Kind(
        "promises",
        "collector",
        "list_promises",
        r"promis|commit",
        "Which promises are due this week?",
        "may",
        due_within,
    ),
    Kind(
        "aging",
        "credit_analyst",
        "aging_of_account",
        r"ag(?:e)?ing|buckets?|how old",
        "Show the aging of Acme",
    ),
    Kind(
        "overdue_items",
        "collector",
        "list_open_items",
        r"\b(?:overdue|past due|late)\b.*\b(?:items?|invoices?)|(?:items?|invoices?)\b.*"
        r"\b(?:overdue|past due)",
        "Which overdue invoices has Acme?",
        arguments=lambda _turn: {"overdue_only": True},
    ),
    Kind(
        "statement",
        "collector",
        "list_open_items",
        r"statement",
        "Show the statement of Acme",
    ),
    Kind(
        "open_items",
        "collector",
        "list_open_items",
        r"open items?|open invoices?|invoices?\b|owes?\b|overdue|past due|balance|outstanding",
        "Which invoices of Acme are open?",
    ),
    Kind(
        "payments",
        "credit_analyst",
        "list_payments",
        r"\bpaid\b|payments?\b|pay(?:s|ing)? habit|remitt|last pay",
        "Show the payment history of Acme",
    ),
    Kind(
        "messages",
        "collector",
        "list_messages",
        r"messages?\b|wrote|\bsaid\b|\bsay\b|repl(?:y|ied)|e-?mails?\b|conversation|correspond",
        "What did Acme say?",
    ),
    Kind(
        "tickets",
        "dispute_analyst",
        "list_tickets_and_notes",
        r"tickets?\b|contract|\bnotes?\b|renewal|\bwhat\b.*\bagreed?\b",
        "Show tickets and notes of Acme",
    ),
    Kind(
        "story",
        "collector",
        "get_account_brief",
        r"stor(?:y|ies)|brief|summar|tell me|about|status|situation|"
        r"who is|account|contact|overview|how is|what (?:is|do we know)",
        "Tell me the story of Acme",
    ),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "search_notes",
        "dispute_analyst",
        "search_notes",
        NOTE_WORDS,
        "What was agreed with Acme about payment terms?",
        "may",
        notes_wanted,
        whole=True,
    ),
    *ACCOUNTS[:1],
    *RULES,
    *BOOK,
    *ACCOUNTS[1:],
    *_CLASSIC,
)
