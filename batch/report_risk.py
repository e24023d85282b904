"""The part of the morning report on credit risk and on whom to work."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from ledger.tables.account import Account
from tools.account_pages import name_of
from tools.morning_report import RiskPart, WarnedLine


def risk_part(session: Session, counts: dict[str, Any]) -> RiskPart:
    """What the night counted of credit, work and experiments, with names to the warnings."""
    credit, tried = counts.get("credit", {}), counts.get("experiments", {})
    told = credit.get("warnings", [])
    rows = session.execute(
        select(Account.id, Account.account_number, Account.name).where(
            Account.id.in_([line[0] for line in told])
        )
    )
    named = {row[0]: (row[1], name_of(row[2])) for row in rows}
    return RiskPart(
        classes=credit.get("classes", {}),
        warned=credit.get("warned", 0),
        warnings=tuple(
            WarnedLine(
                account_number=named[account][0],
                name=named[account][1],
                account_class=risk_class,
                warning=warning,
            )
            for account, risk_class, warning in told
            if account in named
        ),
        groups=counts.get("forecast", {}).get("groups", {}),
        experiments=(
            *(f"Experiment {name} has begun." for name in tried.get("started", ())),
            *(
                f"Experiment {name} does harm and was stopped: everybody is treated as usual."
                for name in tried.get("stopped", ())
            ),
            *(
                f"Experiment {name} does not begin: it was not in force before its start, or "
                "nobody fits its segments."
                for name in tried.get("not_begun", ())
            ),
        ),
    )
