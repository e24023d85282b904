"""`dunwell doctor`: what is missing or wrong on this machine and home, and what to do about it."""

import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import typer
from sqlalchemy import func, select

from adapters.documents import pdf_missing
from adapters.payments.transfer import own_accounts
from cli.output import emit, say
from cli.policy_diff import missing_letters, render_every_letter
from graph.bootstrap import House, open_house
from graph.payments import payments_missing, payments_wanted
from graph.settings import Settings, read_settings
from guardrails.feeds import stale_feeds
from ledger.clock import SystemClock
from ledger.errors import ArError
from ledger.identities import Identity
from ledger.session import open_engine, revision_gap, sqlite_url
from ledger.states import OutboxState
from ledger.tables.work import Feed, Outbox, Person
from policies.errors import PolicyError
from policies.packs import ALERT_DAYS, pending_rules
from tools.portal_checkout import waiting_notices
from tools.webhooks_told import backlogs

_GIVE = "GRANT each role TO this login; then run `dunwell doctor` again"
_LEAST_PYTHON = (3, 11)
_PACKAGES = ("fastapi", "langgraph", "sqlmodel", "typer", "uvicorn", "babel", "jinja2")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `ok`, `warn` or `fail`, and what to do."""

    name: str
    state: str
    says: str


def run(home: Path | None, json_out: bool) -> None:
    """Look at everything; exit 1 if anything fails."""
    checks = list(examine(read_settings(home)))
    if json_out:
        emit({"checks": [{"name": c.name, "state": c.state, "says": c.says} for c in checks]})
    else:
        for check in checks:
            say(f"{check.state:<4}  {check.name}: {check.says}")
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Check]:
    """Look at the machine, then at the home, each only if what it stands on is sound."""
    yield _python()
    yield _packages()
    yield _pdf()
    folder = _folder(settings.home)
    yield folder
    database = _database(settings)
    yield database
    if "fail" in (folder.state, database.state):
        return
    try:
        house = open_house(settings=settings)
    except ArError as error:
        what = "policy" if isinstance(error, PolicyError) else "settings"
        yield Check(what, "fail", error.message)
        return
    try:
        for look in _LOOKS:
            yield look(house)
    finally:
        house.close()


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _LEAST_PYTHON:
        return Check("python", "fail", f"{version}; install 3.11 or newer")
    return Check("python", "ok", version)


def _pdf() -> Check:
    missing = pdf_missing()
    if missing:
        return Check("pdf", "ok", f"documents are HTML only; {missing}")
    return Check("pdf", "ok", "documents can be written as PDF")


def _packages() -> Check:
    missing = []
    for name in _PACKAGES:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check("packages", "fail", f"{', '.join(missing)} missing; run `scripts/test` once")
    return Check("packages", "ok", f"{len(_PACKAGES)} of {len(_PACKAGES)} there")


def _folder(home: Path) -> Check:
    if not (home / "policies").is_dir():
        return Check("home", "fail", f"{home} is not a home; run `dunwell init --home {home}`")
    if not os.access(home, os.W_OK | os.X_OK):
        return Check("home", "fail", f"{home} cannot be written to; change its owner or mode")
    return Check("home", "ok", str(home))


def _database(settings: Settings) -> Check:
    where = settings.database_url or sqlite_url(settings.home / "ledger.db")
    kind = where.split(":", 1)[0].split("+", 1)[0]
    if settings.database_url is None and not (settings.home / "ledger.db").exists():
        return Check("database", "warn", "no ledger yet; the first command makes one")
    engine = None
    try:
        engine = open_engine(where)
        has, wants = revision_gap(engine)
    except ArError as error:
        return Check("database", "fail", error.message)
    except Exception as error:  # noqa: BLE001 - whatever a driver raises, the answer is the same
        what = type(error).__name__
        return Check("database", "fail", f"{kind} is not reachable ({what}); check the URL")
    finally:
        if engine is not None:
            engine.dispose()
    if has != wants:
        return Check(
            "database", "warn", f"{kind} is at {has}; the next command brings it to {wants}"
        )
    return Check("database", "ok", f"{kind}, revision {has}")


def _identities(house: House) -> Check:
    """Whether the database keeps agents, posting and sending apart; grants what was missing."""
    name = "identities"
    if refused := house.ledger.part_identities():
        roles = "; ".join(f"CREATE ROLE {each.role} NOLOGIN" for each in Identity)
        return Check(
            name, "warn", f"not kept apart, {refused}; let a superuser run: {roles}; {_GIVE}"
        )
    keeper = "connections of their own" if house.ledger.is_sqlite else "roles and grants"
    return Check(name, "ok", f"agent, poster and dispatcher kept apart by {keeper}")


def _policy(house: House) -> Check:
    try:
        letters = render_every_letter(house.policy)
    except ArError as error:
        return Check("policy", "fail", error.message)
    if missing := missing_letters(house.policy):
        return Check("policy", "warn", f"no letter for {', '.join(missing)}; a person writes those")
    if change := house.policy_change:
        waits = " and ".join(change.missing)
        return Check("policy", "warn", f"an edit waits for {waits}; see `dunwell policy approve`")
    mode = house.policy.autonomy.mode
    return Check("policy", "ok", f"version {house.policy.hash}, {letters} letters, autonomy {mode}")


def _compliance(house: House) -> Check:
    """Rules that start soon need a person; one whose day has come stops the next night."""
    packs, today = house.policy.packs, SystemClock().today()
    soon = [
        f"{rule.id} from {start}"
        for rule in pending_rules(packs)
        if (start := rule.effective.from_) and (start - today).days <= ALERT_DAYS
    ]
    if soon:
        return Check(
            "compliance",
            "warn",
            f"to be activated: {', '.join(soon)}; see `dunwell policy pending`",
        )
    return Check("compliance", "ok", f"ruleset {packs.ruleset_version}, {len(packs.rules)} rules")


def _feeds(house: House) -> Check:
    as_of = house.business_date()
    with house.ledger.read() as session:
        read = {feed.name: feed.read_through for feed in session.scalars(select(Feed))}
    stale = [
        f"{name} ({f'read through {through}' if through else 'never read'})"
        for name, through in stale_feeds(read, house.policy, as_of).items()
    ]
    if stale:
        told = ", ".join(stale)
        return Check(
            "feeds", "warn", f"{told} on {as_of}; import them, nothing is chased till then"
        )
    return Check("feeds", "ok", f"fresh on {as_of}")


def _people(house: House) -> Check:
    entries = {entry.role for entry in house.policy.approval.authority}
    with house.ledger.read() as session:
        people = list(session.scalars(select(Person)))
    deciding = [p.id for p in people if entries.intersection(p.roles.split(","))]
    if len(deciding) < 2:
        says = f"{len(deciding)} who may decide; four eyes need two: `dunwell people add`"
        return Check("people", "warn", says)
    return Check("people", "ok", f"{len(people)}, of whom {len(deciding)} may decide")


def _model(house: House) -> Check:
    settings = house.settings
    if settings.model is None and settings.base_url is None:
        return Check("model", "ok", "offline model; a model is optional")
    if settings.model is None or settings.base_url is None:
        return Check("model", "warn", "set DUNWELL_MODEL and DUNWELL_BASE_URL, or neither")
    if settings.api_key is None:
        return Check("model", "warn", f"{settings.model} without DUNWELL_API_KEY")
    return Check("model", "ok", settings.model)


def _mail(house: House) -> Check:
    if house.settings.smtp_url is not None:
        return _mail_server(house)
    folder = house.home / "mail"
    if not os.access(folder / "new", os.W_OK | os.X_OK):
        return Check("mail", "fail", f"{folder} cannot be written to; change its owner or mode")
    count = sum(1 for _ in (folder / "new").iterdir())
    return Check("mail", "ok", f"{folder}, {count} letters; open it with any mail program")


def _incoming_mail(house: House) -> Check:
    """Sign in where mail comes from, and see whether a sender can be proven."""
    from adapters.inbound_mail.imap import ImapMail, read_imap_url
    from adapters.inbound_mail.parsing import MailReader

    name, url = "incoming mail", house.settings.imap_url
    if url is None:
        return Check(name, "ok", "from intake/mail of the home; DUNWELL_IMAP_URL names a mailbox")
    try:
        server = read_imap_url(url.get_secret_value())
        ImapMail(server, house.home / "imap.json", MailReader()).check()
    except ArError as error:
        return Check(name, "fail", error.message)
    where = f"{server.host}:{server.port}"
    if house.settings.mail_authserv is None:
        told = "no sender is ever proven: name your server in DUNWELL_MAIL_AUTHSERV"
        return Check(name, "warn", f"{where}; {told}")
    return Check(name, "ok", where)


def _mail_server(house: House) -> Check:
    """Sign in at the mail server, and see whether anybody hands over when the hour comes."""
    from adapters.outgoing.smtp import SmtpMail, read_smtp_url

    server = read_smtp_url(house.settings.smtp_url.get_secret_value())
    where = f"{server.host}:{server.port}"
    if wrong := SmtpMail(server, house.home / "mail").check():
        return Check("mail", "fail", f"{where}: {wrong}; check DUNWELL_SMTP_URL")
    late = house.system_clock.now() - timedelta(hours=1)
    with house.ledger.read() as session:
        waiting = session.scalar(
            select(func.count())
            .select_from(Outbox)
            .where(Outbox.state == OutboxState.QUEUED, Outbox.release_at < late)
        )
    if waiting:
        told = f"{where}; past their hour: {waiting}; run `dunwell dispatch` by day"
        return Check("mail", "warn", told)
    return Check("mail", "ok", where)


def _sms(house: House) -> Check:
    if house.settings.sms_url is None:
        return Check("sms", "ok", f"files in {house.home / 'sms'} for whatever sends them")
    if importlib.util.find_spec("twilio") is None:
        return Check("sms", "fail", "Twilio's library is missing; install dunwell[sms]")
    return Check("sms", "ok", "Twilio")


def _payments(house: House) -> Check:
    """Whether customers can pay on their page, and what that still needs."""
    name, settings = "payments", house.settings
    has_account = bool(own_accounts(house.policy.company))
    missing = ", ".join(payments_missing(settings))
    if payments_wanted(settings) and missing:
        return Check(name, "warn", f"no card payments, {missing} missing; see docs/howto/portal.md")
    if missing and not has_account:
        told = "no way to pay on the customer's page: name an IBAN in company.payment_details"
        return Check(name, "ok", told)
    ways = ["transfer"] * has_account + ["card (Stripe)"] * (not missing)
    with house.ledger.read() as session:
        waits, odd = waiting_notices(session)
    if waits or odd:
        told = f"{waits} notices wait and {odd} are odd; run `dunwell portal payments`"
        return Check(name, "warn", f"{' and '.join(ways)}; {told}")
    return Check(name, "ok", " and ".join(ways))


def _webhooks(house: House) -> Check:
    """Whether what happened reaches whoever asked to be told of it."""
    with house.ledger.read() as session:
        found = backlogs(session)
    told = [
        f"{each.dead} given up for {each.endpoint_id}: mend the receiver, then "
        f"`dunwell webhooks replay {each.endpoint_id}`"
        for each in found
        if each.dead and not each.gone
    ]
    told += [
        f"{each.endpoint_id} said that it is gone: `dunwell webhooks remove {each.endpoint_id}`"
        for each in found
        if each.gone
    ]
    told += [
        f"{each.waiting} wait for {each.endpoint_id}, which is paused: "
        f"`dunwell webhooks resume {each.endpoint_id}`"
        for each in found
        if each.paused and each.waiting
    ]
    if told:
        return Check("webhooks", "warn", "; ".join(told))
    waiting = sum(each.waiting for each in found)
    says = f"{len(found)} endpoints, {waiting} to be told" if found else "nobody is told of events"
    return Check("webhooks", "ok", says)


def _reply_key(house: House) -> Check:
    key = house.home / "reply.key"
    _ = house.reply_key  # made where there is none
    if key.stat().st_mode & 0o077:
        return Check("reply key", "warn", f"others may read {key}; run `chmod 600 {key}`")
    return Check("reply key", "ok", str(key))


def _traces(house: House) -> Check:
    """Whether spans leave, where the operator wants them to."""
    if not house.settings.telemetry:
        return Check("traces", "ok", "none leave; OTEL_EXPORTER_OTLP_ENDPOINT names a collector")
    if "traces" not in house.settings.telemetry:
        return Check("traces", "ok", "none leave, only metrics; OTEL_TRACES_EXPORTER is none")
    if importlib.util.find_spec("opentelemetry.sdk") is None:
        return Check("traces", "warn", "none leave, the SDK is missing; install dunwell[otel]")
    return Check("traces", "ok", "to the collector of OTEL_EXPORTER_OTLP_ENDPOINT")


def _clock(_house: House) -> Check:
    return Check("clock", "ok", f"{SystemClock().now():%Y-%m-%d %H:%M} UTC")


_LOOKS: tuple[Callable[[House], Check], ...] = (
    _identities,
    _policy,
    _compliance,
    _feeds,
    _people,
    _model,
    _mail,
    _incoming_mail,
    _sms,
    _payments,
    _webhooks,
    _reply_key,
    _traces,
    _clock,
)
