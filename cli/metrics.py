"""`dunwell metrics`: aging, DSO, BPDSO, ADD, CEI, promises, disputes and work, as of any date."""

from datetime import date, timedelta
from pathlib import Path

from cli.home import opened
from cli.output import emit, say, show_heading, show_table
from engines.metrics import BUCKETS, CurrencyMetrics, MetricsSummary, summary
from engines.work_metrics import WorkMetrics, work_metrics
from ledger.queries.as_of import metric_inputs
from ledger.queries.work_metrics import work_tally
from tools.dispute_metrics import DisputeMetrics, dispute_metrics


def run(home: Path | None, as_of: date | None, json_out: bool) -> None:
    """Show the metrics of the 90 days that end on a date, from the postings.

    Args:
        home: Folder of the home.
        as_of: The date; the home's business date if not given.
        json_out: Print one JSON document instead of tables.
    """
    with opened(home) as house:
        day = as_of or house.business_date()
        with house.ledger.read() as session:
            metrics = summary(metric_inputs(session, day))
            disputes = dispute_metrics(session, house.policy, day, metrics.period_days)
            first = day - timedelta(days=metrics.period_days - 1)
            work = work_metrics(*work_tally(session, first, day))
    if json_out:
        told = {"disputes": disputes.model_dump(mode="json"), "work": work.as_json()}
        emit(metrics.as_json() | told)
    else:
        _show(metrics)
        _show_work(disputes, work)


def _show(metrics: MetricsSummary) -> None:
    from batch.report_page import bucket_words

    show_heading(f"Receivables as of {metrics.as_of}")
    if not metrics.currencies:
        say("Nothing has been posted by this date.")
        return
    heads = [bucket_words(name) for name in BUCKETS]
    amounts = (*heads, "Open", "Unapplied cash", "Unapplied credit")
    show_table(("", *amounts), map(_amount_row, metrics.currencies), right=amounts)
    ratios = ("DSO", "count-back", "BPDSO", "ADD", "CEI %", "Overdue %", "Disputed %", "Kept %")
    say("")
    show_heading(f"Last {metrics.period_days} days")
    show_table(("", *ratios), map(_ratio_row, metrics.currencies), right=ratios)
    ours = metrics.ours
    if ours.in_time or ours.late or ours.overdue:
        say(
            f"What we promised customers: {ours.in_time} done in time, {ours.late} late, "
            f"{ours.overdue} overdue."
        )


def _show_work(disputes: DisputeMetrics, work: WorkMetrics) -> None:
    def percent(share: float | None) -> str:
        return "-" if share is None else f"{share:.0%}"

    median = "-" if disputes.days_median is None else f"{disputes.days_median} days"
    say(
        f"Disputes: {disputes.opened} opened ({percent(disputes.opened_rate)} of invoices), "
        f"{median} to resolve, {percent(disputes.right_first_time_rate)} right first time."
    )
    hours = "-" if work.hours_to_decision is None else f"{work.hours_to_decision:.1f} hours"
    cost = "-" if work.cost_per_case_micros is None else f"{work.cost_per_case_micros / 1e6:.4f}"
    say(
        f"Work: {percent(work.touchless_messages_rate)} of {work.messages} messages and "
        f"{percent(work.touchless_cash_rate)} of {work.applications} applications of cash without "
        f"a person; {hours} to a decision ({work.decisions}); models {cost} a case."
    )


def _amount_row(line: CurrencyMetrics) -> tuple[str, ...]:
    from batch.report_page import bare
    from ledger.money import Money

    aging = line.aging
    minors = (
        *aging.buckets,
        aging.open_minor,
        aging.unapplied_cash_minor,
        aging.unapplied_credit_minor,
    )
    return (line.currency, *(bare(Money(minor, line.currency)) for minor in minors))


def _ratio_row(line: CurrencyMetrics) -> tuple[str, ...]:
    from batch.report_page import days

    shares = (line.overdue_share, line.dispute_rate, line.promises.by_count)
    return (
        line.currency,
        *(days(v) for v in (line.dso, line.dso_count_back, line.bpdso, line.add, line.cei)),
        *(days(None if share is None else share * 100) for share in shares),
    )
