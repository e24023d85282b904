"""The whole gate on message records: packs, content, tracing and tone, on one core."""

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evals.bench.frame import BenchOptions, Measured, apart
from evals.messages.rows import LANGUAGES, read_messages
from evals.records.good import Record, good_records
from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.judge import judge_packs
from guardrails.compliance.scope import CompiledPacks, compile_packs
from guardrails.content.sentences import split_sentences
from guardrails.records.judgement import judge_record
from guardrails.records.shape import MessageRecord
from guardrails.tone.score import score_tone
from ledger.clock import stopwatch
from policies.packs import load_packs
from policies.packs_schema import Packs

MESSAGES = 2_000
_BASELINE_MESSAGES = 60
_MORE_SENTENCES = 2
_FIRST_SEED, _WARM_SEED = 1_000, 7
_COLD = (
    "different messages, four languages, each with sentences of other messages, none seen before"
)
_REPEATED = (
    "different messages of the same kinds of letter: names, numbers, amounts and days differ"
)


@dataclass(frozen=True, slots=True)
class FullGateRates:
    """Messages a second of each piece of work, and of what stands beside it."""

    characters: float
    cold: float
    repeated: float
    compiled_each_time: float
    rules: float
    rules_compiled_each_time: float


def bench_full_gate(options: BenchOptions) -> Iterator[Measured]:
    """Messages a second through every check, and what the rules alone take of it."""
    options.tell("the whole gate on message records")
    rates = apart(full_gate_rates, MESSAGES, options.seed)
    every_check = "message records judged by all packs, content checks, tracing and tone"
    size = f"{rates.characters:.0f} characters on average"
    yield Measured(
        "full-gate",
        f"{MESSAGES:,} {_COLD}; {size}",
        every_check,
        "messages/s on one core",
        rates.cold,
        "each record read, judged and scored once, one process, after 85 others",
        aim=">= 1,000",
        baseline="the same, the packs compiled for every message",
        baseline_value=rates.compiled_each_time,
    )
    yield Measured(
        "full-gate",
        f"{MESSAGES:,} {_REPEATED}",
        every_check,
        "messages/s on one core",
        rates.repeated,
        "as above, without the sentences of others",
        aim=">= 1,000",
    )
    yield Measured(
        "full-gate",
        "facts of those messages",
        "all rules of the packs, for one message",
        "µs",
        1e6 / rates.rules,
        "judge_packs in a loop over all facts, the packs compiled once",
        aim="<= 100",
        baseline="the packs compiled for every message",
        baseline_value=1e6 / rates.rules_compiled_each_time,
    )


def full_gate_rates(number: int, seed: int) -> FullGateRates:
    """Judge so many messages of each sort, none twice."""
    source = load_packs()
    packs = compile_packs(source)
    repeated = _records(number, _FIRST_SEED + seed)
    cold = _mixed(_records(number, _FIRST_SEED + seed + number), seed)
    for record in _records(len(list(good_records())), _WARM_SEED):
        _judge(record, packs)
    facts: list[MessageFacts] = []
    cold_rate = _rate([_work(each, packs, facts) for each in cold])
    few = cold[:_BASELINE_MESSAGES]
    return FullGateRates(
        characters=sum(len(each["text"]) for each in cold) / len(cold),
        cold=cold_rate,
        repeated=_rate([_work(each, packs, []) for each in repeated]),
        compiled_each_time=_rate([_fresh_work(each, source) for each in few]),
        rules=_rate([lambda each=each: judge_packs(each, packs) for each in facts]),
        rules_compiled_each_time=_rate(
            [lambda each=each: judge_packs(each, CompiledPacks(source)) for each in facts[:60]]
        ),
    )


def _judge(record: Record, packs: CompiledPacks) -> MessageFacts:
    judgement = judge_record(MessageRecord.model_validate(record), packs)
    score_tone(record["text"], language=record["lang"])
    return judgement.facts


def _work(record: Record, packs: CompiledPacks, kept: list[MessageFacts]) -> Callable[[], object]:
    return lambda: kept.append(_judge(record, packs))


def _fresh_work(record: Record, source: Packs) -> Callable[[], object]:
    return lambda: _judge(record, CompiledPacks(source))


def _rate(works: Sequence[Callable[[], object]]) -> float:
    gc.freeze()  # as `dunwell guard` does: packs, lexicons and models stay
    started = stopwatch()
    for work in works:
        work()
    return len(works) / (stopwatch() - started)


def _records(number: int, seed: int) -> list[Record]:
    found: list[Record] = []
    while len(found) < number:
        found.extend(good.record() for good in good_records(seed))
        seed += 1
    return found[:number]


def _mixed(records: Sequence[Record], seed: int) -> list[Record]:
    """The records with sentences of labelled messages in between, so that wording differs too."""
    chance = random.Random(seed)  # noqa: S311 - reproducible by design
    others: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for message in read_messages():
        others[message.language] += [s.text for s in split_sentences(message.body, "body")]
    return [
        each
        | {"text": " ".join((*chance.sample(others[each["lang"]], _MORE_SENTENCES), each["text"]))}
        for each in records
    ]
