"""The morning report on a terminal, from the same data as its page."""

from collections.abc import Iterable
from itertools import groupby

from batch.report_page import age, bare, bucket_words, charts, days, in_currency, price, signed
from cli.output import amounts, say, show_heading, show_table, told
from engines.metrics import BUCKETS
from ledger.money import Money
from tools.morning_report import CurrencyLine, MorningReport, count

SHORT_CASES = 5


def show_report(report: MorningReport, full: bool = False) -> None:
    """Print the report; the short form leaves out the forecast and most of the waiting cases."""
    show_heading(report.verdict)
    _show_alarms(report)
    if report.quiet:
        say(report.standing)
        say(_run_line(report))
        return
    _show_waiting(report, None if full else SHORT_CASES)
    _show_sent(report)
    _show_promises(report)
    _show_cash(report)
    _show_not_done(report)
    _show_book(report)
    if full:
        _show_forecast(report)
    _show_foot(report)


def _show_alarms(report: MorningReport) -> None:
    if report.stale:
        show_heading("NOBODY WAS CHASED: THE BOOKS MAY BE OUT OF DATE")
        for feed in report.stale:
            say(f"  {feed.name} read through {feed.read_through or 'never'}")
    if not report.ties:
        show_heading("THE BOOKS DO NOT TIE: run `dunwell verify` before anybody acts on this")
    if not report.finished:
        show_heading(f"NOT FINISHED: run `dunwell night --as-of {report.as_of}` to go on")


def _show_waiting(report: MorningReport, most: int | None) -> None:
    waiting = report.waiting
    if not waiting.cases:
        return
    _head("Waiting for you")
    for kind in waiting.kinds:
        words = kind.action_type.replace("_", " ")
        oldest = f"oldest {age(kind.oldest_days)}" if kind.oldest_days else "all new"
        say(f"  {kind.cases:>5,}  {words}: {amounts(kind.values)} ({oldest})")
    show_table(
        ("Request", "Account", "Asked for", "Amount", "Age", "Who may say yes"),
        [
            (
                case.id,
                f"{case.name} ({case.account_number})",
                case.action,
                told(case.value),
                age(case.age_days),
                case.needs,
            )
            for case in waiting.shown[:most]
        ],
        right=("Amount", "Age"),
    )
    say("Open one with `dunwell inbox show REQUEST`; all of them: `dunwell inbox list`")


def _show_sent(report: MorningReport) -> None:
    sent = report.sent
    _head("Sent")
    if not sent.lines:
        say("  nothing")
    for what, lines in groupby(sent.lines, key=lambda line: line.what):
        group = list(lines)
        number = sum(line.messages for line in group)
        asked = [line.amount for line in group if line.amount]
        say(f"  {number:>5,}  {what}" + (f": {amounts(asked)}" if asked else ""))
    for reason in sent.stopped:
        say(f"  {reason.count:>5,}  stopped at the last moment: {reason.why}")
    if sent.uncertain:
        say(f"  {sent.uncertain:>5,}  may or may not have arrived: a person looks first")
    if sent.queued:
        say(f"  {sent.queued:>5,}  wait for a permitted hour")


def _show_promises(report: MorningReport) -> None:
    if report.ours.overdue:
        say(f"Promises of ours overdue: {report.ours.overdue}")
    if not report.promises:
        return
    _head("Promises kept and broken")
    show_table(
        ("Account", "Outcome", "Due", "Amount"),
        [
            (
                f"{promise.name} ({promise.account_number})",
                promise.state.replace("_", " "),
                promise.due_on,
                told(promise.amount),
            )
            for promise in report.promises
        ],
        right=("Amount",),
    )


def _show_cash(report: MorningReport) -> None:
    cash = report.cash
    if not (cash.applied or cash.unapplied or cash.credits):
        return
    _head("Cash")
    for line in cash.applied:
        paid = f"applied to {count(line.invoices, 'invoice')}"
        say(f"  {line.receipts:>5,}  {paid}: {line.amount}")
    for line in cash.unapplied + cash.credits:
        waits = f"{line.amount}, {f'oldest {age(line.oldest_days)}' if line.oldest_days else 'new'}"
        say(f"  {line.count:>5,}  not applied, {line.says[0].lower()}{line.says[1:]}: {waits}")


def _show_not_done(report: MorningReport) -> None:
    if not report.not_done:
        return
    _head("Not done, and why")
    show_table(
        ("Stands", "Accounts", "Why", "Open"),
        [
            (line.kind.replace("_", " "), f"{line.accounts:,}", line.says, amounts(line.open))
            for line in report.not_done
        ],
        right=("Accounts",),
    )


def _show_book(report: MorningReport) -> None:
    _head("The book")
    show_table(
        ("", *(bucket_words(name) for name in BUCKETS), "Open", "Ledger"),
        [
            (line.currency, *map(bare, line.aging), bare(line.open), _ties(line.ties))
            for line in report.currencies
        ],
        right=(*(bucket_words(name) for name in BUCKETS), "Open"),
    )
    ratios = ("DSO", "BPDSO", "ADD", "CEI %")
    changes = ("Open change", "Overdue change", "DSO change") if report.previous else ()
    show_table(
        ("", "Overdue", *ratios, *changes),
        [_ratio_row(line, bool(report.previous)) for line in report.currencies],
        right=("Overdue", *ratios, *changes),
    )
    if report.previous and report.waiting_change is not None:
        say(f"Change since the night of {report.previous}; waiting {report.waiting_change:+,}")


def _ratio_row(line: CurrencyLine, with_change: bool) -> Iterable[str]:
    yield from (line.currency, bare(line.overdue))
    yield from (days(ratio) for ratio in (line.dso, line.bpdso, line.add, line.cei))
    if with_change:
        change = line.change
        moved: tuple[Money | float | None, ...] = (None, None, None)
        if change:
            moved = (change.open, change.overdue, change.dso)
        yield from map(signed, moved)


def _show_forecast(report: MorningReport) -> None:
    currencies = list(charts(report.forecast))
    if not currencies:
        return
    _head("Cash expected")
    show_table(
        ("Week of", *currencies),
        [
            (week.week_start, *(in_currency(week, currency) for currency in currencies))
            for week in report.forecast
        ],
        right=currencies,
    )


def _show_foot(report: MorningReport) -> None:
    cost, control = report.cost, report.control
    _head("Proof")
    phases = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cost.phases.items())
    models = "; ".join(
        f"{line.model}: {count(line.calls, 'call')}, {line.input_tokens:,} tokens in, "
        f"{line.output_tokens:,} out, {price(line, cost.model_currency)}"
        for line in cost.models
    )
    stands = " + ".join(
        f"{n:,} {kind.replace('_', ' ')}" for kind, n in control.dispositions.items()
    )
    total = sum(control.dispositions.values())
    say(f"  accounts  {stands} = {total:,} of {control.portfolio:,}: {_ties(control.ties)}")
    say(f"  cost      {cost.seconds:.1f} s ({phases}); {models or 'no model: 0'}")
    feeds = ", ".join(
        f"{feed.name} through {feed.read_through or 'never'}" for feed in report.feeds
    )
    say(f"  data      {feeds or 'no feed read'}")
    for seal in control.seals:
        say(f"  seal      {seal.chain} no. {seal.number:,} {seal.hash}")
    say(f"  {_run_line(report)}")


def _run_line(report: MorningReport) -> str:
    return (
        f"run       {report.run_id}, night {report.run_number}, policy {report.policy_hash}, "
        f"control totals: {'tie' if report.ties else 'do not tie'}"
    )


def _ties(good: bool) -> str:
    return "ties" if good else "DOES NOT TIE"


def _head(text: str) -> None:
    say("")
    show_heading(text)
