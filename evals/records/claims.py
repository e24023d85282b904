"""One sentence of each claim class, in each language, appended to a good record."""

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.records.good import Good
from evals.records.mutant import Mutant, changed, said, spoiled

_SENTENCES = Path(__file__).with_name("claims.toml")
# The rules that object to each class, and facts without which they would not.
_RULES: dict[str, tuple[str, ...]] = {
    "legal_action_threat": ("UNI-05", "UK-PAP-01", "US-CA-01"),
    "collections_referral": ("UNI-05",),
    "attorney_implied": ("UNI-06",),
    "government_implied": ("UNI-06",),
    "legal_process_simulated": ("UNI-06",),
    "arrest_or_crime": ("UNI-07",),
    "seizure_garnishment": ("UNI-07",),
    "violence_or_harm": ("UNI-07",),
    "credit_report_threat": ("UNI-08",),
    "public_shaming": ("UNI-09",),
    "third_party_contact_threat": ("UNI-09",),
    "third_party_disclosure": ("UNI-09",),
    "profanity": ("UNI-10",),
    "insult_or_sarcasm": ("UNI-10",),
    "guilt_pressure": ("UNI-11",),
    "vulnerability_exploited": ("UNI-11",),
    "false_urgency": ("UNI-12",),
    "vague_consequence": ("UNI-05", "US-UDAAP-01"),
    "service_suspension": ("UNI-16", "HITL-06"),
    "discount_offer": ("UNI-13", "HITL-03"),
    "waiver_or_credit": ("UNI-13", "HITL-03"),
    "plan_commitment": ("UNI-14", "HITL-03"),
    "fee_or_interest": ("UNI-15", "HITL-05"),
    "asserted_past_action": ("UNI-26",),
    "human_persona": ("UNI-24",),
    "marketing": ("UNI-27",),
    "protected_trait": ("UNI-25",),
    "sensitive_data": ("UNI-25",),
    "bank_change": ("UNI-23",),
    "overshadowing": ("US-REGF-19",),
    "binding_admission": ("HITL-15", "US-REGF-16"),
    "automated_decision": ("HITL-15", "EU-GDPR-01"),
    "claim_of_no_dispute_right": ("US-UDAAP-01", "US-REGF-11"),
}
_FACTS: dict[str, dict[str, Any]] = {
    "overshadowing": {"validation": {"notice_sent_days_ago": 5, "period_open": True}},
    "binding_admission": {"human_reviewed": False},
    "automated_decision": {"human_reviewed": False},
}


def claim_mutants(good: Good) -> Iterator[Mutant]:
    """The record with a sentence of each class in each language at its end."""
    for claim, by_language in sentences().items():
        record = changed(good.record(), _FACTS.get(claim, {}))
        for language, sentence in by_language.items():
            yield from spoiled(
                claim,
                good,
                said(record, sentence),
                _RULES[claim],
                sort="content",
                detail=language,
            )


@functools.cache
def sentences() -> dict[str, dict[str, str]]:
    """The sentences by claim class and language."""
    return tomllib.loads(_SENTENCES.read_text("utf-8"))
