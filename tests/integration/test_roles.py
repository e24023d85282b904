"""Each role at work: offline by rules, and by a real client against an endpoint that misbehaves."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from agents.chat_model import ChatGateway
from agents.loop import RoleResult, run_role
from agents.model_settings import ModelSettings
from agents.occasions import find_occasions
from agents.offline_model import OfflineModel
from agents.supervisor import ROLES
from agents.task import case_task
from ledger.queries.account_facts import load_facts
from ledger.tables.account import Account, Contact
from policies.load import load_policy
from tests.support import openai_server as wire
from tests.support.case_book import AS_OF, NOW, CaseBook, days
from tests.support.openai_server import OpenAIServer
from tools.contract import CASE_SCOPES, ToolContext
from tools.credit import exposure_of
from tools.exposure import credit_view

POLICY = load_policy()
CALL = {"type": "create_call_task", "summary": "Ring them", "due_on": AS_OF.isoformat()}
Situation = Callable[[CaseBook, str], object]


def work(book: CaseBook, account: str, role: str, model: Any = None) -> RoleResult:
    spec = ROLES[role]
    with book.ledger.read() as session:
        facts = load_facts(session, AS_OF, [account])[account]
        exposed = exposure_of(session, facts)
        credit = credit_view(exposed, facts.credit_limit_minor, AS_OF, POLICY.credit)
        occasions = [each for each in find_occasions(facts, POLICY, credit) if each.role == role]
        ctx = ToolContext(
            session=session,
            actor=role,
            role=role,
            as_of=AS_OF,
            now=NOW,
            policy=POLICY,
            account_id=account,
            scopes=CASE_SCOPES,
            action_types=spec.action_types,
            snapshots={account: facts},
        )
        return run_role(spec, ctx, case_task(facts, occasions), model or OfflineModel())


def wrote(words: str) -> Situation:
    return lambda book, account: book.wrote(account, words)


def ambiguous(book: CaseBook, account: str) -> None:
    book.invoice(account, "INV-8", minor=50_000)
    book.receipt(account, "R-1", 50_000, memo="thanks")


def past(book: CaseBook, account: str) -> None:
    book.invoice(account, "INV-8", late=200, dunning_level=4, dunned_on=days(60))


def past_without_phone(book: CaseBook, account: str) -> None:
    past(book, account)
    with book.ledger.write() as session:
        session.execute(update(Contact).values(phone=None))


def over_limit(book: CaseBook, account: str) -> None:
    book.invoice(account, "INV-8", minor=900_000, late=120)
    with book.ledger.write() as session:
        session.execute(update(Account).values(credit_limit_minor=100_000))


@pytest.mark.parametrize(
    ("role", "situation", "asks", "says"),
    [
        (
            "collector",
            wrote("The price of INV-7 is wrong, you overcharged us."),
            ["open_dispute", "answer_query", "escalate:finance_lead"],
            "Read as PRICE, about INV-7 (500.00 USD open)",
        ),
        ("collector", wrote("Who is our contact?"), ["escalate:collector"], "answer the customer"),
        ("collector", wrote("May we pay in instalments?"), ["escalate:finance_lead"], "promised"),
        (
            "collector",
            wrote("We have serious cash flow problems and cannot pay at the moment."),
            ["place_hold:hardship", "escalate:finance_lead"],
            "cash flow problems",
        ),
        (
            "collector",
            wrote("We are insolvent."),
            ["place_hold:insolvency", "escalate:legal"],
            "Nothing is sent meanwhile",
        ),
        (
            "collector",
            wrote("My attorney will answer."),
            ["place_hold:legal_representation", "escalate:legal"],
            "My attorney",
        ),
        (
            "collector",
            wrote("Unsubscribe"),
            ["place_hold:opt_out", "escalate:compliance"],
            "Unsubscribe",
        ),
        (
            "collector",
            wrote("We already paid that."),
            ["place_hold:already_paid_claim", "escalate:collector"],
            "remittance advice",
        ),
        (
            "collector",
            lambda book, account: book.hold(account, "insolvency"),
            ["escalate:legal"],
            "No letter is prepared",
        ),
        ("collector", past, ["create_call_task"], "past the last stage in USD"),
        ("collector", past_without_phone, ["escalate:finance_lead"], "No telephone number"),
        (
            "dispute_analyst",
            lambda book, account: book.dispute(account),
            ["escalate:finance_lead"],
            "QTY_SHORT on the account",
        ),
        ("cash_applier", ambiguous, ["escalate:collector"], "INV-7"),
        (
            "cash_applier",
            lambda book, account: book.receipt(account, "R-1", 50_000),
            ["apply_receipt"],
            '"evidence":"person"',
        ),
        (
            "cash_applier",
            lambda book, account: book.receipt(account, "R-1", 123),
            ["escalate:collector"],
            "No open item fits it",
        ),
        ("credit_analyst", over_limit, ["set_credit_hold"], "9,500.00 USD against a limit"),
    ],
)
def test_situation__offline_model_asks_for(
    book: CaseBook, role: str, situation: Situation, asks: list[str], says: str
) -> None:
    account = book.account("C-100", "Brightwater Foods")
    book.invoice(account, "INV-7")
    situation(book, account)
    result = work(book, account, role)
    assert not result.gave_up
    got = []
    for action in result.actions:
        detail = getattr(action, "to_role", None) or (
            action.type == "place_hold" and getattr(action, "reason", None)
        )
        got.append(f"{action.type}:{detail}" if detail else action.type)
    assert got == asks
    assert says in " ".join(action.model_dump_json() for action in result.actions)
    assert not any(action.type in ("send_reminder", "send_statement") for action in result.actions)


@pytest.mark.parametrize("role", ROLES)
def test_role_without_an_occasion__hands_over(book: CaseBook, role: str) -> None:
    result = work(book, book.account("C-1"), role)
    assert [action.type for action in result.actions] == ["escalate"]


@pytest.fixture
def gateway(openai_server: OpenAIServer) -> ChatGateway:
    settings = ModelSettings(
        model="house-model",
        base_url=openai_server.base_url,
        api_key="k3y-of-the-house-0043",
        backoff_s=0.0,
        timeout_s=2.0,
    )
    return ChatGateway(settings)


class TestRealClient:
    @pytest.fixture
    def account(self, book: CaseBook) -> str:
        account = book.account("C-100", "Brightwater Foods", contact=False)
        book.invoice(account, "INV-7")
        return account

    def test_good_model__reads_asks_explains(
        self, book: CaseBook, account: str, gateway: ChatGateway, openai_server: OpenAIServer
    ) -> None:
        openai_server.script(
            wire.tool_calls(("get_account_brief", {}), ("list_open_items", {"limit": 3})),
            wire.tool_calls(("propose_action", {"action": CALL})),
            wire.text("They cannot be reached."),
        )
        result = work(book, account, "collector", gateway)
        assert [action.type for action in result.actions] == ["create_call_task"]
        assert result.explanation == "They cannot be reached."
        first, second, _ = openai_server.requests
        offered = {tool["function"]["name"] for tool in first["tools"]}
        assert offered == {*ROLES["collector"].read_tools, "propose_action"} - {
            "list_accounts_to_work"
        }
        brief = orjson.loads(second["messages"][-2]["content"])
        assert brief["open"] == [{"amount": "500.00", "currency": "USD"}]

    @pytest.mark.parametrize(
        ("reply", "outcome"),
        [
            (wire.refused(500), "fell back"),
            (wire.rate_limited("0"), "fell back"),
            (wire.refused(401), "fell back"),
            (wire.malformed_body(), "gave up"),
            (wire.empty_choices(), "gave up"),
            (wire.text(""), "gave up"),
            (wire.tool_calls(("send_message", {"to": "all"})), "gave up"),
            (wire.tool_calls(("propose_action", "{broken")), "gave up"),
            (wire.tool_calls(("propose_action", {"action": {"type": "approve"}})), "gave up"),
            (wire.tool_calls(("get_account_brief", {})), "gave up"),
            (wire.text("All done, nothing to ask."), "gave up"),
        ],
        ids=[
            "500",
            "429",
            "401",
            "malformed",
            "no_choices",
            "empty",
            "unknown_tool",
            "broken_arguments",
            "wrong_action",
            "endless",
            "no_action",
        ],
    )
    def test_bad_model__the_case_is_never_lost(
        self,
        book: CaseBook,
        account: str,
        gateway: ChatGateway,
        openai_server: OpenAIServer,
        reply: wire.Reply,
        outcome: str,
    ) -> None:
        openai_server.always(reply)
        result = work(book, account, "collector", gateway)
        assert ("fell back" if result.fell_back else "gave up") == outcome
        expected = "create_call_task" if outcome == "fell back" else "escalate"
        assert [action.type for action in result.actions] == [expected]

    def test_customers_bank_account__does_not_leave_the_house(
        self, book: CaseBook, account: str, gateway: ChatGateway, openai_server: OpenAIServer
    ) -> None:
        book.wrote(account, "Our IBAN is DE89 3704 0044 0532 0130 00, use it.")
        openai_server.script(
            wire.tool_calls(("list_messages", {})),
            wire.tool_calls(("propose_action", {"action": CALL})),
            wire.text("Done."),
        )
        work(book, account, "collector", gateway)
        sent = orjson.dumps(openai_server.requests).decode()
        assert "outside text" in sent
        assert "0532" not in sent
