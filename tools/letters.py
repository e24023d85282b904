"""Letters: approved templates whose slots only facts of the ledger and our own settings fill."""

import functools
import re
from dataclasses import dataclass

import orjson
from jinja2.environment import Template

from guardrails.formats import hides
from guardrails.message_kinds import message_kind
from ledger.actions import MessageAction
from ledger.facts import AccountFacts, ContactFact
from ledger.ids import digest
from ledger.states import DebtorType
from policies.letter_files import shipped_letters
from policies.letter_template import LetterTemplate
from policies.letters.words import REQUIRED
from policies.schema import CompanyPolicy, Policy
from tools.documents import MadeDocument, documents_for
from tools.letter_sandbox import LetterError, compile_letter, fill_letter
from tools.letter_slots import Slots, slots_of, words_in
from tools.letter_worker import try_letter

__all__ = ["Letter", "LetterError", "check_template", "letter_digest", "render_letter"]

MAX_SMS = 306
"""Characters of a text message: two parts."""
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished message.

    Attributes:
        digest: Of channel, recipient, copies, subject, body and documents: what an approval binds.
        documents: What goes with it.
    """

    recipient: str
    cc: tuple[str, ...]
    subject: str
    body: str
    template_id: str
    template_version: int
    language: str
    digest: str
    documents: tuple[MadeDocument, ...] = ()


def render_letter(action: MessageAction, facts: AccountFacts, policy: Policy) -> Letter:
    """Write the letter an action asks for, from the ledger as it stands.

    A template letter is worded by its template; any other wording is the action's own. The
    recipient always comes from the ledger, and what every letter of its kind must say is added.

    Raises:
        LetterError: No such contact, address, template, or fact it is about.
    """
    contact = _contact(action, facts)
    template = policy.letter_for(action.template_id, action.language, action.channel, facts.segment)
    if template is None:
        by = " for SMS" if action.channel == "sms" else ""
        raise LetterError(
            f"no template {action.template_id!r} in language {action.language!r}{by}: "
            f"add letters/{action.language}/{action.template_id}.txt to the policies"
        )
    if action.wording == "template":
        subject, body = _write(template, slots_of(action, facts, contact, policy.company))
    else:
        subject, body = _own_words(action)
    body = _with_required_lines(body, action, facts, policy.company)
    recipient = _recipient(action.channel, contact, facts)
    documents = documents_for(action, facts, policy.company)
    return sealed_letter(action.channel, recipient, subject, body, template, documents)


def check_template(template: LetterTemplate) -> None:
    """Make sure a template does no more than fill slots and choose between words.

    Raises:
        LetterError: It does not read, names an unknown slot, or does more.
    """
    _compiled(template)


def sealed_letter(
    channel: str,
    recipient: str,
    subject: str,
    body: str,
    template: LetterTemplate,
    documents: tuple[MadeDocument, ...] = (),
) -> Letter:
    """A letter with the digest of exactly what will be sent."""
    if channel == "sms" and len(body) > MAX_SMS:
        raise LetterError(
            f"{template.name}: {len(body)} characters; a text message has at most {MAX_SMS}"
        )
    cc: tuple[str, ...] = ()
    seals = tuple(made.seal for made in documents)
    seal = letter_digest(channel, recipient, cc, subject, body, seals)
    said = (template.id, template.version, template.language)
    return Letter(recipient, cc, subject, body, *said, seal, documents)


def letter_digest(
    channel: str,
    recipient: str,
    cc: tuple[str, ...],
    subject: str,
    body: str,
    seals: tuple[tuple[str, str, str], ...] = (),
) -> str:
    """Digest of what leaves: changing a byte of it changes the digest.

    `seals` are name, media type and digest of each document that goes with it.
    """
    documents = (seals,) if seals else ()
    return digest(orjson.dumps((channel, recipient, cc, subject, body, *documents)))


def _contact(action: MessageAction, facts: AccountFacts) -> ContactFact:
    for contact in facts.contacts:
        if contact.contact_id == action.contact_id:
            return contact
    raise LetterError(
        f"account {facts.account_number} has no contact {action.contact_id!r}: "
        "name one of its contacts"
    )


def _recipient(channel: str, contact: ContactFact, facts: AccountFacts) -> str:
    """Where a channel reaches a contact; a letter names them, and the mail room knows the place."""
    reached = {
        "email": contact.email,
        "sms": contact.phone,
        "portal": contact.contact_id,
        "letter": " | ".join(filter(None, (contact.name, facts.name, facts.account_number))),
    }
    address = reached.get(channel)
    if not address:
        raise LetterError(
            f"contact {contact.contact_id} has no address for channel {channel!r}: "
            "record one or use another channel"
        )
    return address


def _own_words(action: MessageAction) -> tuple[str, str]:
    """Subject and body worded by a model or a person."""
    subject = action.subject or ""
    if any(hides(char) for char in subject):
        raise LetterError("a subject is one line of visible characters: take the others out")
    if not subject and action.channel == "email":
        raise LetterError("an e-mail needs a subject")
    body = action.body or ""
    if not body.strip():
        raise LetterError("a message needs words: write its body")
    return subject, body


def _with_required_lines(
    body: str, action: MessageAction, facts: AccountFacts, company: CompanyPolicy
) -> str:
    """The body with what its kind, channel and reader require; once, however often it is edited.

    Whoever is not known to be a business counts as a person. Whether somebody will have read a
    reply first is not known here, so one from a template always says that it is automatic.
    """
    kind = message_kind(action)
    is_person = facts.debtor_type != DebtorType.BUSINESS
    if kind == "opt_out_confirmation":
        return body
    words_in(action.language)
    lines = REQUIRED[action.language]
    before, after = [], []
    if kind in ("auto_reply", "dispute_ack") and action.wording == "template":
        before.append(lines.automated)
    if is_person and company.creditor_role == "third_party":
        after.append(lines.collector)
        if _is_first(facts):
            after.append(lines.collector_first)
    if action.channel == "sms":
        after.append(lines.opt_out_sms)
    elif is_person and action.channel == "email":
        after.append(lines.opt_out_email)
    before, after = ([line for line in each if line not in body] for each in (before, after))
    if not before and not after:
        return body
    gap = " " if action.channel == "sms" else "\n\n"
    return gap.join([*before, body.strip("\n"), *after]) + "\n"


def _is_first(facts: AccountFacts) -> bool:
    """Whether nothing shows that we have written about what is open before."""
    return not facts.contact_history and not any(i.dunning_level for i in facts.open_items)


def _write(template: LetterTemplate, slots: Slots) -> tuple[str, str]:
    table = len(str(slots.get("items", "")))
    subject, body = fill_letter(template.name, _compiled(template), slots, table)
    return subject, _BLANK_LINES.sub("\n\n", body)


@functools.lru_cache(maxsize=512)
def _compiled(template: LetterTemplate) -> Template:
    """A template ready to be filled; one that did not come with the program is tried first."""
    if template not in shipped_letters():
        try_letter(template.name, template.subject, template.body)
    return compile_letter(template.name, template.subject, template.body)
