"""The page of the mutation check: what was switched off, and which case noticed first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.mutations.mutation import Killed

PAGE = Path("docs/measured/mutations.md")
_LONGEST = 90


def page(found: Sequence[Killed], seconds: float) -> str:
    """The measured page.

    Args:
        found: What became of each mutation.
        seconds: How long it took.
    """
    noticed = sum(bool(each.noticed) for each in found)
    lines = [
        "# Controls switched off one at a time",
        "",
        f"{len(found)} controls, each switched off in a process of its own, in which the cases of "
        "the suites that name it were played until one failed. The case that noticed passes with "
        f"everything in place. Noticed: {noticed} of {len(found)}. Made by "
        f"`dunwell eval --mutations` in {seconds:.0f} s on SQLite, on a machine that did other "
        "work too.",
        "",
        "| kind | controls | noticed |",
        "|---|--:|--:|",
        *_kinds(found),
        "",
        "| kind | control | where | cases | first case that noticed | what it said |",
        "|---|---|---|--:|---|---|",
        *map(_line, found),
        "",
        "A gate rule, a fact reader and a gate call lose their body; a rule of the packs loses its "
        "findings; a digest is the same for everything, or is not compared. `approval_digest` and "
        "`chain_hash` are switched off for writing and checking alike, as somebody would who "
        "rewrites the program. What is not switched off: the triggers that keep rows as they are "
        "(they are made with a home), and rules of the packs that are pending or retired.",
        "",
    ]
    return "\n".join(lines)


def _kinds(found: Sequence[Killed]) -> Iterator[str]:
    total = Counter(each.mutation.kind for each in found)
    noticed = Counter(each.mutation.kind for each in found if each.noticed)
    yield from (f"| {kind} | {count} | {noticed[kind]} |" for kind, count in total.items())


def _line(each: Killed) -> str:
    mutation = each.mutation
    noticed = f"`{each.noticed}`" if each.noticed else "**nothing**"
    said = " ".join(each.said.split()).replace("|", "/")[:_LONGEST]
    where = mutation.where.partition(":")[0]
    beside = f" with {', '.join(x.name for x in mutation.beside)}" if mutation.beside else ""
    because = f" ({mutation.because})" if mutation.because else ""
    return (
        f"| {mutation.kind} | {mutation.name}{beside}{because} | `{where}` | {each.cases} "
        f"| {noticed} | {said} |"
    )
