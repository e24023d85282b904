"""Kinds of question on the rules, on single facts of an account, and on the book as a whole."""

from agents.offline_kind import (
    INVOICE,
    Kind,
    authority_wanted,
    days_back,
    due_within,
    invoice_named,
    on_date,
    pair_named,
    since_date,
    stage_named,
    way_of_contact,
)

_ASK_IF = r"\b(?:may|can|should|am i allowed to|are we allowed to|is it (?:ok|okay|fine) to)\b"
_CONTACT = r"\b(?:call|phone|ring|e-?mail|write|text|sms|contact|remind|chase)\b"

RULES = (
    Kind(
        "contact_rules",
        "policy_adviser",
        "contact_rules",
        r"how often|how many (?:messages|e-?mails|reminders|letters)|contact (?:budget|rules|hours"
        r"|policy)|\bladder\b|dunning stages|what leaves",
        "How often may we write to a customer?",
        "none",
    ),
    Kind(
        "who_approves",
        "policy_adviser",
        "who_approves",
        r"\bwho(?:se)?\b.*\b(?:approv\w*|sign(?:s)? off|authority|may decide|decides)\b",
        "Who approves a write-off of 5000 EUR?",
        "none",
        authority_wanted,
    ),
    Kind(
        "may_contact",
        "policy_adviser",
        "may_contact",
        rf"^(?!.*\bwh(?:o|om|ich)\b).*{_ASK_IF}.*\b(?:i|we|one)\b.*{_CONTACT}"
        rf"|\ballowed to\b.*{_CONTACT}",
        "May I call Acme now?",
        arguments=way_of_contact,
    ),
    Kind(
        "regulation_notes",
        "policy_adviser",
        "regulation_notes",
        r"\blaws?\b|regulat|compliance|legal rules|jurisdiction",
        "Which regulation holds for Acme?",
    ),
    Kind(
        "preview_letter",
        "policy_adviser",
        "preview_letter",
        r"\b(?:draft|letter|words|wording|text)\b.*\bstage\b|\bstage \d+\b.*\b(?:draft|letter|words"
        r"|text)|\b(?:show|preview|see|read)\b.*\b(?:draft|letter|reminder)\b",
        "Show the draft of stage 2 for Acme",
        arguments=stage_named,
    ),
    Kind(
        "plan_options",
        "policy_adviser",
        "plan_options",
        r"\bplans?\b.*\boptions?|options? .*\b(?:plan|pay)\b|pay in (?:parts|instal)|instal+ments?"
        r"|payment plans?",
        "Which plan options are there for Acme?",
    ),
)

ACCOUNTS = (
    Kind(
        "compare",
        "account_clerk",
        "compare_accounts",
        r"\bcompar\w+|\bversus\b|\bvs\b|side by side",
        "Compare Acme and Sundial",
        "none",
        pair_named,
        whole=True,
    ),
    Kind(
        "next_steps",
        "account_clerk",
        "next_steps",
        r"\bnext (?:actions?|steps?)\b|what(?:'s| is| comes) next\b"
        r"|what should (?:i|we) do (?:with|about|at|for)",
        "What is the next action for Acme?",
    ),
    Kind(
        "promise_record",
        "account_clerk",
        "promise_record",
        r"\bkeeps?\b.*\b(?:word|promis\w+)|\bkept\b|reliab",
        "Does Acme keep its promises?",
    ),
    Kind(
        "contact_history",
        "collector",
        "list_messages",
        r"contact history|history of (?:contacts?|messages?)"
        r"|what (?:did|have) we (?:send|sent|write)",
        "Show the contact history of Acme",
    ),
    Kind(
        "contacts",
        "account_clerk",
        "list_contacts",
        r"\bwho (?:is|are) (?:the|our) (?:contacts?|owner)|phone number|who owns"
        r"|\be-?mail(?: address)? of\b|e-?mail address"
        r"|\bcontacts?\b (?:at|of|for|person|details)"
        r"|who (?:do|should|can) (?:i|we) (?:speak|talk|write) (?:to|with)",
        "Who is the contact at Acme?",
    ),
    Kind(
        "account_log",
        "account_clerk",
        "account_log",
        r"\b(?:call|phone) (?:log|notes?)|logged|which calls|our (?:calls|notes)"
        r"|notes? of (?:colleagues|the team)|\bcalls? with\b",
        "Show the call log of Acme",
    ),
    Kind(
        "invoice",
        "account_clerk",
        "invoice_detail",
        rf"^(?!\s*why).*{INVOICE}",
        "Show invoice INV-1",
        "none",
        invoice_named,
        whole=True,
    ),
)

BOOK = (
    Kind(
        "waits_for_me",
        "book_analyst",
        "waits_for_me",
        r"\bfor me\b|\bmy (?:inbox|approvals|requests|queue)\b"
        r"|\b(?:must|should|can|do) i (?:have to )?(?:approve|decide)",
        "What waits for me?",
        "none",
    ),
    Kind(
        "what_changed",
        "book_analyst",
        "what_changed",
        r"\bchang\w*|what(?:'s| is) new\b|since (?:yesterday|last night|the last night|\d{4})",
        "What changed since yesterday?",
        "may",
        since_date,
    ),
    Kind(
        "agents_work",
        "book_analyst",
        "agents_work",
        r"\bagents?\b|touchless|without a person|model (?:cost|use|calls)",
        "What did the agents do this week?",
        "none",
        days_back,
    ),
    Kind(
        "night",
        "book_analyst",
        "night_result",
        r"\bnights?\b|overnight|how (?:fresh|old) is (?:the|our) data|\bfeeds?\b",
        "How did the last night go?",
        "none",
        on_date,
    ),
    Kind(
        "tasks",
        "book_analyst",
        "list_tasks",
        r"\btasks?\b|follow-?ups?\b",
        "Which tasks are due this week?",
        "may",
        due_within,
    ),
    Kind(
        "top_overdue",
        "book_analyst",
        "top_overdue",
        r"\b(?:top|largest|biggest|highest|most)\b.*"
        r"\b(?:overdue|past due|balances?|owes?|debtors?)\b|\bowes?\b.*\bmost\b",
        "Who are the top overdue accounts?",
        "none",
    ),
    Kind(
        "metrics",
        "forecaster",
        "book_metrics",
        r"\b(?:bp)?dso\b|\bcei\b|\badd\b(?=\?|,| and| of the book|$)|\bmetrics\b|\bkpis?\b"
        r"|days sales outstanding|(?:summary|overview) of the book|\breceivables\b",
        "What are DSO, CEI and ADD?",
        "none",
        on_date,
    ),
    Kind(
        "aging_as_of",
        "forecaster",
        "book_metrics",
        r"\bag(?:e)?ing (?:as of|on)\b|\b(?:total|whole|overall)\b.*\bag(?:e)?ing"
        r"|\bag(?:e)?ing\b.*\b(?:book|portfolio|everybody|all accounts)\b",
        "Aging as of 2026-03-01",
        "none",
        on_date,
    ),
    Kind(
        "dispute_pipeline",
        "forecaster",
        "dispute_pipeline",
        r"\bpipeline\b|disputes? by (?:stage|reason)",
        "Show the dispute pipeline",
        "none",
    ),
)
