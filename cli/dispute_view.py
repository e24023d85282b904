"""How disputes look in a terminal."""

from typing import TYPE_CHECKING

from cli.output import note, safe, say, show_heading, show_table, told

if TYPE_CHECKING:
    from tools.dispute_metrics import DisputeMetrics
    from tools.dispute_pipeline import DisputePage, Pipeline, PipelineLine

_HEADS = ("Dispute", "Account", "Invoice", "Reason", "Stage", "Owner", "Answer by", "Amount", "P")


def show_pipeline(found: "Pipeline") -> None:
    """The pipeline as a table, then sums per reason."""
    if not found.disputes:
        say("No dispute is open.")
        return
    show_table(_HEADS, [_row(line) for line in found.disputes], right=("Amount", "P"))
    if found.found > len(found.disputes):
        note(f"{found.found - len(found.disputes)} more; --limit shows them")
    stages = ", ".join(f"{count} {stage}" for stage, count in found.per_stage.items())
    show_heading(f"{found.found} open ({stages}), {found.overdue} overdue")
    rows = [
        (each.reason, each.disputes, each.overdue, told(each.amount)) for each in found.per_reason
    ]
    heads = ("Reason", "Disputes", "Overdue", "Amount")
    show_table(heads, rows, right=("Disputes", "Overdue", "Amount"))


def _row(line: "PipelineLine") -> tuple[object, ...]:
    late = " OVERDUE" if line.overdue else ""
    amount = told(line.amount) if line.amount else ""
    return (
        line.id,
        f"{line.account_number} {line.name}",
        line.invoice_number or "all",
        line.reason,
        line.stage,
        line.owner,
        f"{line.answer_by}{late}",
        amount,
        line.priority,
    )


def show_dispute(page: "DisputePage") -> None:
    """One dispute as lines."""
    line = page.line
    show_heading(f"{line.id}: {line.reason} on {line.invoice_number or 'the account'}")
    say(f"{safe(line.account_number)} {safe(line.name)}: {page.says}")
    say(f"Opened {line.opened_on}, {line.age_days} days; {line.owner} answers by {line.answer_by}.")
    if line.amount:
        say(f"Amount: {told(line.amount)} ({line.level})")
    if line.resolution:
        say(f"Resolved {line.resolved_on} by {safe(page.resolved_by)}: {line.resolution}.")
    else:
        parts = ", ".join(f"{f.name} {f.points} ({f.says})" for f in line.factors)
        say(f"Priority {line.priority}: {parts}")
    if page.quote:
        say(f'The customer: "{safe(page.quote)}"')
    for each in page.posted:
        say(f"Booked {each.applied_on}: {each.kind} {told(each.amount)}")
    for each in page.evidence:
        say(f"Evidence {each.noted_on}, {each.kind}, {safe(each.source)}, by {safe(each.noted_by)}")
    if not line.resolution:
        _show_lists(page)


def _show_lists(page: "DisputePage") -> None:
    for head, entries in (
        ("Usual causes", page.causes),
        ("Evidence that decides it", page.wanted),
        ("Next", page.next_steps),
    ):
        if entries:
            say(f"{head}: {'; '.join(entries)}")


def show_metrics(figures: "DisputeMetrics") -> None:
    """The figures of a period."""
    show_heading(f"Disputes opened {figures.since} to {figures.until}")
    say(f"{figures.opened} opened, {figures.resolved} resolved")
    say(f"Rate: {_percent(figures.opened_rate)} of {figures.invoices_issued} invoices issued")
    days = "none" if figures.days_median is None else str(figures.days_median)
    say(f"Days to resolve, median: {days}")
    say(f"Right first time: {_percent(figures.right_first_time_rate)}")
    rows = [
        (each.reason, each.disputes, _percent(each.share), each.upheld) for each in figures.causes
    ]
    heads = ("Cause", "Disputes", "Share", "Customer right")
    if rows:
        show_table(heads, rows, right=heads[1:])


def _percent(ratio: float | None) -> str:
    return "none" if ratio is None else f"{ratio:.1%}"
