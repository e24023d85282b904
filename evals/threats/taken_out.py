"""What stands in for a control that is taken out.

Each is put in by its code alone, so it uses nothing but its arguments and imports of its own.
"""

from typing import Any

KEPT: list[Any] = []
"""The function that was taken out, for what only changes what it gives."""
DROPPED: set[str] = set()
"""Rules of the packs whose findings are left out."""


def nothing(*_given: Any, **_more: Any) -> None:
    """Never objects."""


def empty(*_given: Any, **_more: Any) -> tuple[()]:
    """Finds nothing."""
    return ()


def no_words(*_given: Any, **_more: Any) -> str:
    """Has nothing to say."""
    return ""


def unchanged(given: Any, *_more: Any, **_named: Any) -> Any:
    """Lets a value through as it came."""
    return given


def same_seal(*_given: Any, **_more: Any) -> str:
    """Seals everything alike."""
    return "0" * 32


def no_objection(*_given: Any, **_more: Any) -> tuple[str, None]:
    """Lets a message leave."""
    return "", None


def always_allowed(action: Any, facts: Any, policy: Any, now: Any) -> Any:
    """A gate that says yes to everything."""
    from guardrails.verdict import Allow
    from ledger.actions import MessageAction
    from tools.outgoing import judge_message

    worded = isinstance(action, MessageAction)
    return Allow(), judge_message(action, facts, policy, now) if worded else None


def unfenced(text: str, source: str, on: Any = None) -> Any:  # noqa: ARG001 - as `outside`
    """Shows what somebody wrote as if it were ours."""
    from tools.outside_text import OutsideText

    return OutsideText(source=source, untrusted=False, text=text)


def may_all(_identity: Any) -> Any:
    """An authorizer that never refuses."""
    import sqlite3

    return lambda *_asked: sqlite3.SQLITE_OK


def believed(work: Any, _kind: str) -> bool:
    """Buys time however often."""
    return bool(work.trusted)


def proven(*_given: Any, **_more: Any) -> Any:
    """Takes every sender at their word."""
    from adapters.inbound_mail.message import Authentic

    return Authentic.PASS


def any_seal(address: str, *_more: Any) -> str:
    """Takes a reply address whatever its seal."""
    return address.strip("<>").partition("@")[0].partition("+")[2].rpartition(".")[0]


def all_scopes() -> Any:
    """Opens the whole book to a case."""
    from tools.contract import Scope

    return frozenset(Scope)


def never_said(_standing: Any, _decider: Any, _policy: Any) -> tuple[()]:
    """Takes anybody's yes."""
    return ()


def first_every_time(session: Any, table: Any, rows: Any) -> int:
    """Adds what is new and says that everything was."""
    from sqlalchemy.dialects import postgresql, sqlite

    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(table.__table__).on_conflict_do_nothing(), rows)
    return len(rows)


def no_rows(*_given: Any, **_more: Any) -> dict[Any, Any]:
    """Reads nothing."""
    return {}


def unescaped(*given: Any, **more: Any) -> Any:
    """Pages, or a page of them, that show markup as markup."""
    from evals.threats.taken_out import KEPT

    made = KEPT[0](*given, **more)
    pages = getattr(made, "environment", made)
    pages.autoescape = False
    pages.cache.clear()
    return made if made is pages else pages.get_template(made.name)


def frozen_in_name_only(connection: Any, frozen: Any) -> None:
    """Puts up triggers that refuse nothing, so that later steps find them and go on."""
    for table in frozen:
        for event in ("DELETE", "UPDATE"):
            name = f"{table}_is_append_only_{event.lower()}"
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT 1; END"
            )


def no_claims(*_given: Any, **_more: Any) -> Any:
    """Reads nothing in any words."""
    from guardrails.content.report import ContentReport

    return ContentReport("en", frozenset({"en"}), (), frozenset(), (), ())


def passed_on(*given: Any, **_more: Any) -> None:
    """Lets one failure end everything."""
    raise next(each for each in given if isinstance(each, Exception))


def parsed_whole(_reader: Any, data: bytes) -> Any:
    """Takes every mail apart, whatever its size."""
    from email import message_from_bytes
    from email.policy import compat32

    return message_from_bytes(data, policy=compat32), True


def no_headers() -> dict[str, str]:
    """Sends answers without a word to the reader's browser."""
    return {}


def without_dropped(*given: Any, **more: Any) -> Any:
    """Judges by every rule of the packs but those that are dropped."""
    from evals.threats.taken_out import DROPPED, KEPT

    return tuple(each for each in KEPT[-1](*given, **more) if each.rule_id not in DROPPED)


def still_sealed(row: Any, _files: Any) -> str:
    """Takes whatever bytes there are for those that were permitted."""
    return row.message_digest


def words_not_compared(*given: Any, **more: Any) -> Any:
    """Lets a letter leave whose words are out of date."""
    from evals.threats.taken_out import KEPT

    reason, verdict = KEPT[-1](*given, **more)
    return ("", verdict) if "facts in it" in reason else (reason, verdict)


def true_as_said(version: Any) -> str:
    """Takes a recorded policy for what it calls itself."""
    return version.hash


def any_key(_action: Any, _facts: Any) -> str:
    """Calls the same message another one every time."""
    from uuid import uuid4

    return uuid4().hex


def joined_by_number(message: Any, sealed: Any, known: Any, phones: Any) -> Any:
    """Takes a message for the customer's whose document its subject names, whoever wrote it."""
    from evals.threats.taken_out import KEPT
    from tools.inbound_links import Link

    found = [
        account
        for number in known.accounts
        if number in message.subject
        for account in known.accounts[number]
    ]
    return (
        Link(found[0], None, "subject_number")
        if found
        else KEPT[-1](message, sealed, known, phones)
    )
