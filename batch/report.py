"""The morning report: built from the ledger at the end of a night, kept as HTML and JSON."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import update
from sqlmodel import Session

from batch import report_parts as parts
from batch.report_page import report_html
from batch.report_risk import risk_part
from batch.run import portfolio_size, standing_dispositions
from engines.metrics import CurrencyMetrics, summary
from graph.bootstrap import House
from ledger.errors import NotFound
from ledger.money import Money
from ledger.queries import report as reads
from ledger.queries.as_of import metric_inputs
from ledger.queries.inbound import unlinked_count
from ledger.states import RunState
from ledger.tables.work import Run
from tools.morning_report import (
    Change,
    Control,
    Cost,
    CurrencyLine,
    ModelLine,
    MorningReport,
    Reason,
    Seal,
    kept_report,
)
from tools.risk_models import what_to_do

MODEL_CURRENCY = "USD"


def write_report(house: House, as_of: date) -> MorningReport:
    """Build the report of a night, keep its numbers in the ledger and its pages in the home.

    Returns:
        The report that was written to `reports/AS_OF.html` and `reports/AS_OF.json`.

    Raises:
        NotFound: No night has run as of the date.
    """
    with house.ledger.read() as session:
        report = build_report(session, house, as_of)
    with house.ledger.write() as session:
        _keep_numbers(session, report)
    folder = house.home / "reports"
    folder.mkdir(exist_ok=True)
    _replace(folder / f"{as_of}.json", orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2))
    _replace(folder / f"{as_of}.html", report_html(report).encode())
    return report


def stored_report(house: House, as_of: date) -> MorningReport:
    """The report as it was written that morning; built again where it is not there any more.

    Raises:
        NotFound: No night has run as of the date.
    """
    return kept_report(house.home, as_of) or write_report(house, as_of)


def build_report(session: Session, house: House, as_of: date) -> MorningReport:
    """Read the report of a night from the ledger.

    Raises:
        NotFound: No night has run as of the date.
    """
    run = reads.run_on(session, as_of)
    if run is None:
        raise NotFound(f"no night ran as of {as_of}; run it with `dunwell night --as-of {as_of}`")
    counts, policy = orjson.loads(run.counts), house.policy
    before = reads.run_before(session, as_of)
    numbers = orjson.loads(before.counts).get("numbers", {}) if before else {}
    waiting = parts.waiting_part(session, as_of, policy)
    return MorningReport(
        company=policy.company.name,
        as_of=as_of,
        run_id=run.id,
        run_number=run.number,
        policy_hash=run.policy_hash,
        finished=run.state == RunState.FINISHED,
        looked_at=counts.get("collections", {}).get("looked_at", 0),
        not_reached=counts.get("collections", {}).get("not_reached", 0),
        cases_failed=counts.get("cases", {}).get("failed", 0),
        waiting=waiting,
        waiting_change=waiting.cases - numbers["waiting"] if numbers else None,
        previous=before.as_of if before and numbers else None,
        sent=parts.sent_part(session, as_of, run.id, policy),
        promises=parts.promises_part(session, counts.get("cash", {}).get("promises", [])),
        ours=parts.ours_part(session, as_of),
        cash=parts.cash_part(session, as_of),
        not_done=parts.not_done_part(session, policy),
        tasks=(
            *_tasks(session, as_of),
            *_mail_to_see(session, counts.get("intake", {})),
            *_billing(counts.get("disputes", {})),
            *_risk_model(session, house, as_of, counts.get("forecast", {})),
        ),
        feeds=parts.feeds_part(session, as_of, policy),
        currencies=_currencies(session, as_of, numbers.get("currencies", {})),
        forecast=parts.forecast_part(counts.get("forecast", {}).get("weeks", [])),
        risk=risk_part(session, counts),
        cost=_cost(session, run, counts.get("seconds", {})),
        control=_control(session),
    )


def _replace(path: Path, content: bytes) -> None:
    """Write a whole file or leave the old one."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)  # noqa: PTH105 - atomic on every platform


def _tasks(session: Session, as_of: date) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            why=parts.TASK_SAYS.get(row.kind, row.kind.replace("_", " "))
            + (f" ({row.late} past their date)" if row.late else ""),
            count=row.tasks,
        )
        for row in reads.open_tasks(session, as_of)
    )


def _mail_to_see(session: Session, intake: dict[str, Any]) -> list[Reason]:
    """Mail that nobody could link, and what the night could not read."""
    unlinked = unlinked_count(session)
    refused = [*intake.get("files_refused", ()), *intake.get("mail_refused", ())]
    lines = []
    if unlinked:
        lines.append(Reason(why="to link (`dunwell mail list --unlinked`)", count=unlinked))
    if refused:
        lines.append(Reason(why=f"not read, the first: {refused[0]}", count=len(refused)))
    return lines


def _risk_model(
    session: Session, house: House, as_of: date, forecast: dict[str, Any]
) -> list[Reason]:
    """A model the night could not use, and what people have to do about models."""
    refused = forecast.get("model_refused")
    todo = what_to_do(session, as_of, house.policy.forecast.model_days)
    lines = [f"forecast without its model: {refused}" if refused else None, todo]
    return [Reason(why=line, count=1) for line in lines if line]


def _billing(disputes: dict[str, Any]) -> list[Reason]:
    """Billing errors this night found in invoices that are not due yet, by their reason."""
    lines = disputes.get("billing", ())
    first = {reason: f"{number}, {says}" for number, reason, says in reversed(lines)}
    return [
        Reason(
            why=f"for billing ahead of a complaint ({reason}), the first: {first[reason]}",
            count=count,
        )
        for reason, count in sorted(disputes.get("billing_found", {}).items())
    ]


def _currencies(
    session: Session, as_of: date, before: dict[str, dict[str, Any]]
) -> tuple[CurrencyLine, ...]:
    inputs = metric_inputs(session, as_of)
    books = {totals.currency: totals.open_minor for totals in inputs.totals}
    kept = reads.open_by_projection(session)
    return tuple(
        _currency(m, books[m.currency], kept.get(m.currency, 0), before.get(m.currency))
        for m in summary(inputs).currencies
    )


def _currency(
    metrics: CurrencyMetrics, books: int, kept: int, before: dict[str, Any] | None
) -> CurrencyLine:
    aging, currency = metrics.aging, metrics.currency
    return CurrencyLine(
        currency=currency,
        open=Money(aging.open_minor, currency),
        overdue=Money(aging.overdue_minor, currency),
        aging=tuple(Money(minor, currency) for minor in aging.buckets),
        books=Money(books, currency),
        kept=Money(kept, currency),
        unapplied_cash=Money(aging.unapplied_cash_minor, currency),
        unapplied_credit=Money(aging.unapplied_credit_minor, currency),
        dso=metrics.dso,
        bpdso=metrics.bpdso,
        add=metrics.add,
        cei=metrics.cei,
        change=_change(metrics, before) if before else None,
    )


def _change(metrics: CurrencyMetrics, before: dict[str, Any]) -> Change:
    aging, currency = metrics.aging, metrics.currency
    both = metrics.dso is not None and before["dso"] is not None
    return Change(
        open=Money(aging.open_minor - before["open_minor"], currency),
        overdue=Money(aging.overdue_minor - before["overdue_minor"], currency),
        dso=metrics.dso - before["dso"] if both else None,
    )


def _cost(session: Session, run: Run, phases: dict[str, float]) -> Cost:
    models = tuple(ModelLine(**row._mapping) for row in reads.model_usage(session, run.id))
    seconds = sum(phases.values())  # of every start of this night, not of the last one alone
    return Cost(seconds=seconds, phases=phases, models=models, model_currency=MODEL_CURRENCY)


def _control(session: Session) -> Control:
    return Control(
        portfolio=portfolio_size(session),
        dispositions=standing_dispositions(session),
        seals=tuple(
            Seal(chain=chain, number=number, hash=seal)
            for chain, (number, seal) in reads.last_seals(session).items()
        ),
    )


def _keep_numbers(session: Session, report: MorningReport) -> None:
    """Keep the key numbers with the run, for the comparison of the next night."""
    run = session.get_one(Run, report.run_id)
    counts = orjson.loads(run.counts) | {
        "numbers": {
            "waiting": report.waiting.cases,
            "portfolio": report.control.portfolio,
            "currencies": {
                line.currency: {
                    "open_minor": line.open.minor,
                    "overdue_minor": line.overdue.minor,
                    "dso": line.dso,
                    "cei": line.cei,
                }
                for line in report.currencies
            },
        }
    }
    session.execute(
        update(Run).where(Run.id == run.id).values(counts=orjson.dumps(counts).decode())
    )
