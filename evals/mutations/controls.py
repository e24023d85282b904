"""Controls around the rules: calls of the gate, digests, facts, authority, joins."""

from collections.abc import Iterator

from evals.mutations.mutation import Mutation
from evals.mutations.stand_ins import whatever_was_seen
from evals.threats.taken_out import (
    always_allowed,
    any_key,
    empty,
    joined_by_number,
    never_said,
    no_objection,
    no_rows,
    no_words,
    nothing,
    same_seal,
    still_sealed,
    true_as_said,
    words_not_compared,
)


def controls() -> Iterator[Mutation]:
    """Everything but the rules themselves."""
    yield from _calls_of_the_gate()
    yield from _digests()
    yield from _facts()
    yield from _authority_and_joins()


def _calls_of_the_gate() -> Iterator[Mutation]:
    kind = "gate call"
    yield Mutation(kind, "gate_at_submit", "tools.proposals:judge_action", always_allowed)
    yield Mutation(
        kind, "gate_at_execution", "tools.carry_out:judge_action", always_allowed, here=True
    )
    yield Mutation(kind, "asks_again", "tools.carry_out:asks_again_because", no_words)
    yield Mutation(kind, "gate_at_dispatch", "batch.dispatch:objection", no_objection)
    yield Mutation(kind, "packs_at_the_gate", "guardrails.gate:_rules_of_place", empty)
    yield Mutation(kind, "check_rules", "guardrails.gate:check_rules", nothing)


def _digests() -> Iterator[Mutation]:
    kind = "digest"
    yield Mutation(kind, "seen_digest", "tools.decisions:choose", whatever_was_seen)
    yield Mutation(kind, "permit_binds_the_bytes", "batch.dispatch:sealed", still_sealed, here=True)
    yield Mutation(kind, "words_are_made_again", "batch.dispatch:objection", words_not_compared)
    yield Mutation(kind, "audit_chain", "ledger.chains:chain_hash", same_seal)
    yield Mutation(kind, "policy_hash", "batch.proof_records:_digest_of", true_as_said)
    yield Mutation(kind, "idempotency_key", "tools.outgoing:idempotency_key", any_key)


def _facts() -> Iterator[Mutation]:
    tracing = "guardrails.tracing"
    closely = f"{tracing}.close_reading:read_closely"
    yield Mutation("fact gate", "close_reading", closely, empty)
    for name, where in (
        ("fact_amounts", "amounts:find_amounts"),
        ("fact_days", "days:find_days"),
        ("fact_lengths", "lengths:find_lengths"),
        ("fact_references", "references:find_references"),
        ("fact_counts", "references:find_counts"),
        ("fact_accounts", "addresses:find_accounts"),
        ("fact_addresses", "addresses:find_addresses"),
        ("fact_phones", "addresses:find_phones"),
        ("fact_people", "people:find_people"),
    ):
        yield Mutation("fact gate", name, f"{tracing}.{where}", nothing)


def _authority_and_joins() -> Iterator[Mutation]:
    kind = "authority"
    for name in ("nobody_approves_their_own", "roles_are_needed"):
        yield Mutation(kind, name, "tools.authority:Standing.after", never_said)
    kind = "claim join"
    yield Mutation(kind, "joined_by_number", "tools.inbound_links:_link", joined_by_number)
    yield Mutation(kind, "same_claim_again", "ledger.queries.replies:unproven_claims", no_rows)
