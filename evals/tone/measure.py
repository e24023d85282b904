"""Measures the tone scores against people and against VADER: `python -m evals.tone.measure`.

Sets that were trained on are scored by cross-validation; the e-mails and the outbound drafts by
the committed model. The e-mail set is non-commercial: it is measured and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from evals.tone.corpora import FILES, SHARED, Draft, Rated, read_drafts, read_rated
from evals.tone.crossing import TRAINED, gather, held_out_courtesy
from guardrails.content.read import read_content
from guardrails.tone.report import Tone
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import judge_tone
from ledger.errors import BadInput
from policies.tone import load_tone

_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `auc` is of the top against the bottom quarter, or of the verdict."""

    name: str
    texts: int
    rho: float
    auc: float
    vader_rho: float
    vader_auc: float
    how: str


def main() -> None:
    """Print the table."""
    try:
        rated = {name: read_rated(name) for name in (*TRAINED, "emails")}
        outbound = read_drafts(SHARED / FILES["outbound"])
    except BadInput as error:
        raise SystemExit(f"evals.tone.measure: {error.message}") from None
    rows = [*_trained(rated), _emails(rated["emails"]), _outbound(outbound)]
    lines = [f"{'set':16}{'texts':>6}{'rho':>8}{'AUC':>8}{'VADER rho':>11}{'AUC':>8}  how"]
    lines += [
        f"{row.name:16}{row.texts:6}{row.rho:8.3f}{row.auc:8.3f}"
        f"{row.vader_rho:11.3f}{row.vader_auc:8.3f}  {row.how}"
        for row in rows
    ]
    lines += _of_drafts("outbound", outbound)
    print("\n".join(lines))  # noqa: T201 - a script's answer


def _trained(rated: dict[str, list[Rated]]) -> list[Row]:
    corpora = gather(rated, read_drafts())
    found = held_out_courtesy(corpora)
    return [
        _row(name, rated[name], found[corpora.domains == index], "5-fold cross-validation")
        for index, name in enumerate(TRAINED)
    ]


def _emails(emails: list[Rated]) -> Row:
    found = np.array([score_tone(each.text, language="en").courtesy for each in emails])
    return _row("emails", emails, found, "the committed model, which has not seen them")


def _row(name: str, texts: list[Rated], found: NDArray[np.float64], how: str) -> Row:
    scores = np.array([each.score for each in texts])
    vader = _vader([each.text for each in texts])
    return Row(
        name=name,
        texts=len(texts),
        rho=_rho(found, scores),
        auc=_quarters(found, scores),
        vader_rho=_rho(vader, scores),
        vader_auc=_quarters(vader, scores),
        how=how,
    )


def _outbound(drafts: list[Draft]) -> Row:
    found = np.array([_tone(each).courtesy for each in drafts])
    scores = np.array([each.courtesy for each in drafts])
    vader = _vader([each.text for each in drafts])
    passes = np.array([each.passes for each in drafts])
    return Row(
        name="outbound",
        texts=len(drafts),
        rho=_rho(found, scores),
        auc=float(roc_auc_score(passes, found)),
        vader_rho=_rho(vader, scores),
        vader_auc=float(roc_auc_score(passes, vader)),
        how="the committed model; AUC of courtesy for pass",
    )


def _of_drafts(name: str, drafts: Sequence[Draft]) -> list[str]:
    """How firmness and verdicts come out."""
    policy = load_tone()
    tones = [_tone(each) for each in drafts]
    verdicts = [
        judge_tone(tone, each.stage, policy).verdict == "pass"
        for tone, each in zip(tones, drafts, strict=True)
    ]
    passes = [each.passes for each in drafts]
    kept = sum(said and true for said, true in zip(verdicts, passes, strict=True))
    stopped = sum(not said and not true for said, true in zip(verdicts, passes, strict=True))
    firm = _rho(
        np.array([each.firmness for each in tones]), np.array([each.firmness for each in drafts])
    )
    return [
        f"{name}: firmness rho {firm:.3f}; verdict AUC {roc_auc_score(passes, verdicts):.3f}: "
        f"{kept} of {sum(passes)} passes kept, "
        f"{stopped} of {len(passes) - sum(passes)} fails stopped"
    ]


def _tone(draft: Draft) -> Tone:
    content = read_content("", draft.text, as_of=_ANY_DAY)
    return score_tone(draft.text, language=content.language, claims=content.claims)


def _vader(texts: Sequence[str]) -> NDArray[np.float64]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return np.array([analyzer.polarity_scores(text)["compound"] for text in texts])


def _rho(found: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    return float(spearmanr(found, scores).statistic)


def _quarters(found: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    low, high = np.quantile(scores, (0.25, 0.75))
    outer = (scores <= low) | (scores >= high)
    return float(roc_auc_score(scores[outer] >= high, found[outer]))


if __name__ == "__main__":
    main()
