"""The only place where a home is opened and its parts are wired together."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import select, text

from adapters.chroma_knowledge import ChromaKnowledge
from adapters.embedding import Embedding, HashingEmbedding
from adapters.outgoing.message import ChannelPort
from adapters.payments.port import PaymentPort
from graph.channels import open_channels, reply_key
from graph.deps import Deps
from graph.payments import open_payments
from graph.policy_in_force import (
    PolicyChange,
    adopt,
    is_adopted,
    policy_in_force,
    read_recorded,
    remember,
)
from graph.settings import Settings, quiet_libraries, read_settings
from guardrails.gate import check_rules
from ledger.clock import Clock, FixedClock, SystemClock
from ledger.errors import Conflict, NotFound
from ledger.journal import add_rows
from ledger.session import Ledger, open_engine, sqlite_url, upgrade
from ledger.tables.work import ModelCall, PolicyVersion, Run
from policies.load import copy_defaults, load_policy
from policies.schema import Policy

NIGHT_LOCK = 0x6E69676874  # advisory locks on PostgreSQL
DISPATCH_LOCK = 0x6469737061


class House:
    """One home: its books, policy, channels, checkpoints and model."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        policy: Policy,
        policy_change: PolicyChange | None = None,
    ) -> None:
        self.settings = settings
        self.ledger = ledger
        self.policy = policy
        self.policy_change = policy_change
        self.mail: ChannelPort = open_channels(settings)
        self.system_clock: Clock = SystemClock()
        self._closers: list[Any] = [ledger]
        self._knowledge: ChromaKnowledge | None = None
        self._opening = Lock()  # chats of one server come at the same time
        self._usage: list[Any] = []
        self._recorded: set[str] = set()

    @property
    def home(self) -> Path:
        """The folder everything embedded lives in."""
        return self.settings.home

    @cached_property
    def reply_key(self) -> bytes:
        """What reply addresses are sealed with; no agent and no model needs it."""
        return reply_key(self.home)

    def business_date(self) -> date:
        """The date of the newest night, or today where none has run."""
        with self.ledger.read() as session:
            newest = session.scalar(select(Run.as_of).order_by(Run.as_of.desc()).limit(1))
        return newest or self.today()

    def today(self) -> date:
        """The date it is now where the company is."""
        zone = ZoneInfo(self.policy.company.time_zone)
        return self.system_clock.now().astimezone(zone).date()

    def clock_at(self, as_of: date) -> Clock:
        """The system clock today; on any other date the afternoon of that date.

        A home whose nights are run as of other dates is a played one, and only mail that goes
        nowhere may be played.
        """
        if as_of == self.today():
            return self.system_clock
        return FixedClock(datetime.combine(as_of, time(15), UTC))

    def deps(self, as_of: date | None = None, clock: Clock | None = None) -> Deps:
        """What graph nodes need, on a business date."""
        day = as_of or self.business_date()
        clock = clock or self.clock_at(day)
        return Deps(self.ledger, self.policy, clock, day, self.model, self.open_knowledge)

    @cached_property
    def model(self) -> Any:
        """The configured model behind its gateway, or the offline model."""
        from agents.offline_model import OfflineModel

        settings = self.settings
        if settings.model is None or settings.base_url is None:
            return OfflineModel()
        from agents.chat_model import ChatGateway
        from agents.model_settings import ModelSettings

        return ChatGateway(
            ModelSettings(
                model=settings.model,
                base_url=settings.base_url,
                api_key=settings.api_key or "none",
                price=_price(settings),
            ),
            on_usage=self._usage.append,
        )

    def flush_usage(self, run_id: str | None = None) -> None:
        """Write down what model calls cost since the last time; what they said is not kept."""
        calls = self._usage.copy()
        self._usage.clear()
        if not calls:
            return
        now = SystemClock().now()
        rows = [
            {
                "run_id": run_id,
                "prompt": call.prompt_version,
                "model": call.model,
                "input_tokens": call.input_tokens,
                "output_tokens": call.output_tokens,
                "cost_micros": call.cost_micros,
                "attempts": call.attempts,
                "called_at": now,
            }
            for call in calls
        ]
        with self.ledger.write() as session:
            add_rows(session, ModelCall, rows)

    def open_knowledge(self) -> ChromaKnowledge:
        """The knowledge index, opened by the first chat that searches the whole book.

        Raises:
            Conflict: Another process has it, which only happens without a Chroma server.
        """
        with self._opening:
            if self._knowledge is None:
                self._knowledge = ChromaKnowledge(
                    self.home / "knowledge", self._embedding(), self.settings.chroma_url
                )
                self._closers.append(self._knowledge)
            return self._knowledge

    def _embedding(self) -> Embedding:
        """The configured embedding, or the one that needs nothing."""
        settings = self.settings
        if settings.embedding_model is None or settings.base_url is None:
            return HashingEmbedding()
        from adapters.model_embedding import ModelEmbedding

        key = settings.api_key or SecretStr("none")
        return ModelEmbedding(settings.embedding_model, settings.base_url, key)

    @cached_property
    def payments(self) -> PaymentPort | None:
        """Who takes card payments; None where nobody was named."""
        return open_payments(self.settings)

    @cached_property
    def checkpointer(self) -> Any:
        """Where paused graphs live: beside the ledger, never in it."""
        if self.ledger.is_sqlite:
            from langgraph.checkpoint.sqlite import SqliteSaver

            connection = sqlite3.connect(
                self.home / "checkpoints.db", check_same_thread=False, timeout=30
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            self._closers.append(connection)
            saver: Any = SqliteSaver(connection)
        else:
            import psycopg
            from langgraph.checkpoint.postgres import PostgresSaver
            from psycopg.rows import dict_row

            url = self.ledger.engine.url.set(drivername="postgresql")
            connection = psycopg.connect(
                url.render_as_string(hide_password=False),
                autocommit=True,
                prepare_threshold=0,
                row_factory=dict_row,
            )
            self._closers.append(connection)
            saver = PostgresSaver(connection)
        saver.setup()
        return saver

    @cached_property
    def action_graph(self) -> Any:
        """The graph of one proposal that waits."""
        from graph.action import build_action_graph

        return build_action_graph(self.checkpointer)

    @cached_property
    def case_graph(self) -> Any:
        """The graph of one exception, worked by a role."""
        from graph.case import build_case_graph

        return build_case_graph(self.checkpointer)

    @cached_property
    def chat_graph(self) -> Any:
        """The graph of one turn of a conversation, which never pauses: nothing of it is kept."""
        from graph.chat import build_chat_graph

        return build_chat_graph(None)

    def night_lock(self) -> AbstractContextManager[None]:
        """Hold the night of this home; the operating system or database frees it on a crash.

        Raises:
            Conflict: Another night is running.
        """
        return self._lock("night", NIGHT_LOCK, waits=False)

    def dispatch_lock(self) -> AbstractContextManager[None]:
        """Hold the mail of this home, waiting for whoever has it: two never hand over at once."""
        return self._lock("dispatch", DISPATCH_LOCK, waits=True)

    @contextmanager
    def _lock(self, name: str, key: int, *, waits: bool) -> Iterator[None]:
        busy = Conflict(f"another {name} is running on this home; wait for it, then run it again")
        if self.ledger.is_sqlite:
            with (self.home / f"{name}.lock").open("w") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
                except OSError:
                    raise busy from None
                yield
            return
        # Outside a transaction: an open one would keep others from building indexes meanwhile.
        engine = self.ledger.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            take = "SELECT pg_advisory_lock(:key)" if waits else "SELECT pg_try_advisory_lock(:key)"
            got = connection.scalar(text(take), {"key": key})
            if got is False:
                raise busy
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})

    def remember_policy(self, as_of: date) -> None:
        """Keep what the policy of a night says; the first night brings it into force."""
        at = datetime.combine(as_of, time.min, UTC)
        with self.ledger.write() as session:
            if is_adopted(session):
                remember(session, self.policy, at)
            else:
                adopt(session, self.policy, at, ())

    def record_policy(self) -> None:
        """Keep what the policy says before a request is made under it; it is not in force by that.

        Where no night has run yet, a request of a conversation is the first thing made under it.
        """
        if self.policy.hash in self._recorded:
            return
        with self.ledger.read() as session:
            known = session.get(PolicyVersion, self.policy.hash) is not None
        if not known:
            with self.ledger.write() as session:
                remember(session, self.policy, self.system_clock.now())
        self._recorded.add(self.policy.hash)

    def policy_of(self, policy_hash: str) -> Policy:
        """The policy that was in force under a hash.

        Raises:
            NotFound: It was never used here.
            PolicyError: It was recorded in a shape this program does not know.
        """
        if policy_hash == self.policy.hash:
            return self.policy
        with self.ledger.read() as session:
            version = session.get(PolicyVersion, policy_hash)
        if version is None:
            raise NotFound(f"no policy {policy_hash} was used on this home")
        return read_recorded(version)

    def close(self) -> None:
        """Give back connections."""
        for part in reversed(self._closers):
            part.close()


def _price(settings: Settings) -> Any:
    """Prices are given in US dollars per million tokens, and kept in cents."""
    from agents.usage import Price

    if settings.input_price is None or settings.output_price is None:
        return None
    return Price(
        input_minor=settings.input_price * 100,
        output_minor=settings.output_price * 100,
        currency="USD",
    )


def open_house(home: Path | None = None, settings: Settings | None = None) -> House:
    """Open an existing home.

    Raises:
        NotFound: There is no home in the folder.
        PolicyError: Its policy cannot be used.
    """
    quiet_libraries()
    settings = settings or read_settings(home)
    if not (settings.home / "policies").is_dir():
        raise NotFound(
            f"{settings.home} is not a Dunwell home; create one with `dunwell init --home DIR`"
        )
    policy = load_policy(settings.home / "policies")
    check_rules(policy)
    engine = open_engine(settings.database_url or sqlite_url(settings.home / "ledger.db"))
    ledger = Ledger(engine)
    try:
        upgrade(engine)
        in_force, change = policy_in_force(ledger, policy, SystemClock().now())
        return House(settings, ledger, in_force, change)
    except BaseException:  # a setting that cannot be used leaves no connection behind
        ledger.close()
        raise


def create_home(home: Path | None = None, settings: Settings | None = None) -> House:
    """Create a home with commented policies, or open the one that is there."""
    settings = settings or read_settings(home)
    settings.home.mkdir(parents=True, exist_ok=True)
    copy_defaults(settings.home / "policies")
    reply_key(settings.home)
    return open_house(settings=settings)
