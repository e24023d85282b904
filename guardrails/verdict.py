"""What the gate may answer: a closed set of values, matched exhaustively."""

from dataclasses import dataclass
from datetime import date

from ledger.states import AccountClass, Disposition

_CLASS_ORDER = (AccountClass.ROUTINE, AccountClass.EXCEPTION, AccountClass.EXECUTIVE_REVIEW)
_DENY_ORDER = (Disposition.NEEDS_PERSON, Disposition.HELD, Disposition.NOTHING_DUE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule objects. `until` is the first date on which it may no longer do so, if known."""

    detail: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit together with what policy says the rule does."""

    rule_id: str
    effect: str
    says: str
    unless: str
    detail: str = ""
    until: date | None = None
    roles: tuple[str, ...] = ()
    disposition: Disposition | None = None
    account_class: AccountClass = AccountClass.ROUTINE
    prepared_by: str | None = None


@dataclass(frozen=True, slots=True)
class Allow:
    """No rule objects."""


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """A person with every one of the role sets must say yes."""

    findings: tuple[Finding, ...]

    @property
    def role_sets(self) -> tuple[tuple[str, ...], ...]:
        """For each finding, the roles of which any one may approve."""
        return tuple(sorted({finding.roles for finding in self.findings}))


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not be done, whoever asks."""

    findings: tuple[Finding, ...]

    @property
    def disposition(self) -> Disposition:
        """The most demanding disposition among the findings that deny."""
        found = {f.disposition for f in self.findings if f.effect == "deny"}
        return next(kind for kind in _DENY_ORDER if kind in found)

    @property
    def until(self) -> date | None:
        """The first date on which nothing may deny any more, if every denial says so."""
        dates = [f.until for f in self.findings if f.effect == "deny"]
        known = [day for day in dates if day is not None]
        return max(known) if known and len(known) == len(dates) else None


Verdict = Allow | NeedsApproval | Deny


def findings_of(verdict: Verdict) -> tuple[Finding, ...]:
    """Every finding behind a verdict."""
    return () if isinstance(verdict, Allow) else verdict.findings


def class_of(verdict: Verdict) -> AccountClass:
    """Routing class of the case: the highest any finding asks for; doubt resolves upward."""
    return max(
        (finding.account_class for finding in findings_of(verdict)),
        key=_CLASS_ORDER.index,
        default=AccountClass.ROUTINE,
    )


def explain(verdict: Verdict) -> str:
    """Why it is here, as one line."""
    return " ".join(f"{f.says} ({f.detail})" if f.detail else f.says for f in findings_of(verdict))


def counterfactual(verdict: Verdict) -> str:
    """What would have to differ for the case to be routine."""
    found = findings_of(verdict)
    return f"It would be routine if {' and '.join(f.unless for f in found)}." if found else ""
