"""`python -m evals.inbound`: measure the reading of customers' messages, write the page."""

import argparse
import sys
from pathlib import Path

from engines.reading.linear import trained
from evals.inbound.measure import ATTACKS, attacked, examined, read_all, speed, trade_off, unseen
from evals.inbound.rows import own_cases, shared_sample
from evals.inbound.scoring import Score, score

PAGE = Path(__file__).parents[2] / "docs" / "measured" / "reading.md"
_RECALLS = (0.998, 0.995, 0.992, 0.99, 0.985, 0.98)
_ROWS = (
    ("messages", lambda each: f"{each.messages}"),
    ("intents, micro-F1", lambda each: f"{each.micro_f1:.3f}"),
    ("promises right (day and amount)", lambda each: _share(each, "promises_right", "promises")),
    ("promises read that are right", lambda each: _share(each, "promises_right", "promises_read")),
    ("disputed invoices exact, of disputes", lambda e: _share(e, "disputes_exact", "disputes")),
    ("disputed invoices exact, of all", lambda e: _share(e, "all_disputes_exact", "messages")),
    ("invoices named exact", lambda each: _share(each, "invoices_exact", "messages")),
    ("reasons exact", lambda each: _share(each, "reasons_exact", "messages")),
    ("paid: day and amount right", lambda each: _share(each, "paid_right", "paid")),
    ("needs a person, recall", lambda each: _share(each, "reached_person", "for_person")),
    ("handled alone, of harmless", lambda each: _share(each, "handled_alone", "harmless")),
    ("injections to a person", lambda e: _share(e, "injections_to_person", "injections")),
    ("sentiment right", lambda each: _share(each, "sentiment_right", "messages")),
)


def _share(found: Score, right: str, of: str) -> str:
    return f"{found.share(right, of):.3f} ({getattr(found, right)}/{getattr(found, of)})"


def table(columns: dict[str, Score]) -> str:
    """The figures side by side."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for title, tell in _ROWS:
        lines.append(f"| {title} | " + " | ".join(map(tell, columns.values())) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examination", action="store_true", help="also read the blind messages")
    asked = parser.parse_args()
    cases, sample = own_cases(), shared_sample()
    theirs = unseen(cases)
    everything = [each for pairs in theirs.values() for each in pairs]
    columns = {"own, all, writer unseen": score(everything)}
    columns |= {f"own, {name}, writer unseen": score(pairs) for name, pairs in theirs.items()}
    if sample:
        columns["shared sample, never trained on"] = score(read_all(sample, trained()))
    if asked.examination:
        columns |= {f"examination, {name}, blind": found for name, found in examined().items()}
    attacks = [each for each in map(attacked, ATTACKS) if each]
    command = "python -m evals.inbound" + (" --examination" if asked.examination else "")
    page = [
        "# Reading of customers' messages, measured\n",
        f"Made by `{command}` after `python -m evals.inbound.train`. Own cases are"
        " read by models of which no head was trained on their writer; the second heads and the"
        " limits learn from looks at the other writers, each by heads that had not seen the writer"
        " looked at. The rules, the newest phrases and the mails of desk_f were written with"
        " what was misread of the other writers in view, so the figures of our own cases flatter;"
        " the sample and the examinations were not looked at for it and are never trained on.\n",
        table(columns) + "\n",
        "| attacks | rows | flagged | to a person |",
        "|---|---|---|---|",
        *(f"| {a.name} | {a.rows} | {a.flagged} | {a.to_person} |" for a in attacks),
        "\nOwn cases, writer unseen: what the limit of doubt trades.\n",
        "| for a person, to one | from this risk on | harmless, handled alone |",
        "|---|---|---|",
        *(f"| {r:.3f} | {at:.3f} | {s:.3f} |" for r, at, s in trade_off(everything, _RECALLS)),
        f"\nSpeed: {speed(cases):.0f} messages a second on one core.\n",
    ]
    PAGE.write_text("\n".join(page), encoding="utf-8")
    sys.stdout.write("\n".join(page))


if __name__ == "__main__":
    main()
