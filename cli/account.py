"""`dunwell account` and `dunwell why`: the one-page brief, and the decision with its reason."""

from pathlib import Path

from cli.home import opened
from cli.output import amounts, emit, say, show_heading, show_table, told
from tools.account_lines import AccountPage
from tools.account_names import find_account
from tools.account_pages import account_page
from tools.standing import Standing, standing_of
from tools.why import Why, why


def run(home: Path | None, named: str, json_out: bool) -> None:
    """Show the page of an account by id, number or name."""
    with opened(home) as house:
        as_of = house.business_date()
        with house.ledger.read() as session:
            page = account_page(session, find_account(session, named), as_of)
            standing = standing_of(session, house.policy, page.account_id, as_of)
    page = page.model_copy(update={"standing": standing})
    emit(page) if json_out else show_page(page)


def run_why(home: Path | None, named: str, json_out: bool) -> None:
    """Explain the newest decision about an account."""
    with opened(home) as house:
        as_of = house.business_date()
        with house.ledger.read() as session:
            told_why = why(session, find_account(session, named), as_of, house.policy_of)
    emit(told_why) if json_out else show_why(told_why)


def show_why(told_why: Why) -> None:
    """Print a decision and what would have made it routine."""
    show_heading(f"{told_why.account_number} {told_why.name}: {told_why.disposition}")
    since = f"Decided {told_why.stands_since} in {told_why.run_id}. " if told_why.run_id else ""
    say(f"{since}Class {told_why.account_class.replace('_', ' ')}.")
    say(f"Here because: {told_why.reason}")
    for rule in told_why.rules:
        say(f"  {rule.id}: {rule.says}")
    if told_why.counterfactual:
        say(told_why.counterfactual)
    if told_why.next_action_on:
        say(f"Looked at again on {told_why.next_action_on}, or as soon as anything changes.")
    for line in told_why.moved:
        say(f"  since then: {line}")


def show_page(page: AccountPage) -> None:
    """Print the page of an account."""
    show_heading(f"\n{page.account_number} {page.name}")
    flags = [page.segment, page.debtor_type.replace("_", " "), page.language]
    flags += ["strategic"] if page.strategic else []
    flags += ["CREDIT HOLD"] if page.credit_hold else []
    flags += [f"renews {page.renewal_on}"] if page.renewal_on else []
    say(f"{', '.join(flags)}; owner {page.owner or '-'}; as of {page.as_of}")
    say(
        f"Open {amounts(page.open)}; overdue {amounts(page.overdue)}, oldest "
        f"{page.oldest_days_overdue} days; unapplied {amounts(page.unapplied_cash)}; "
        f"credits {amounts(page.open_credits)}; limit {told(page.credit_limit)}"
    )
    if page.standing is not None:
        _show_standing(page.standing)
    _show_money(page)
    _show_events(page)
    _show_words(page)


def _show_standing(standing: Standing) -> None:
    score = standing.score
    if score is not None:
        say(
            f"Class {score.account_class}, {score.points} points of 100: {'; '.join(score.reasons)}"
        )
        say(f"  rests on {score.grounds}")
        for warning in score.warnings:
            say(f"  WARNING {warning}")
    if standing.exposure:
        parts = (f"{each.part} {each.amount}" for each in standing.exposure if each.amount.minor)
        unknown = ", ".join(each.part for each in standing.exposure if not each.known)
        say(
            f"Exposure: {'; '.join(parts)}; {standing.share_of_book_permille / 10} % of the book. "
            f"Not known: {unknown}"
        )
    if standing.group is not None:
        words = standing.group.replace("_", " ")
        say(f"Work: {words}, rank {standing.rank}; {'; '.join(standing.factors)}")


def _show_money(page: AccountPage) -> None:
    if page.items:
        show_table(
            ("Invoice", "Due", "Overdue", "Open", "Stage", ""),
            [
                (
                    item.invoice_number,
                    item.due_on,
                    f"{item.days_overdue}d",
                    item.open,
                    item.stage,
                    "disputed" if item.disputed else "",
                )
                for item in page.items
            ],
            right=("Overdue", "Open", "Stage"),
        )
    if page.item_count > len(page.items):
        say(f"... and {page.item_count - len(page.items)} more open items")
    for paid in page.payments:
        rest = f", {paid.unapplied} unapplied" if paid.unapplied.minor else ""
        say(f"  paid {paid.received_on} {paid.amount} ({paid.receipt_number}{rest})")


def _show_events(page: AccountPage) -> None:
    for hold in page.holds:
        until = hold.ends_on or "somebody lifts it"
        say(f"  HOLD {hold.reason} on {hold.invoice_number or 'the account'} until {until}")
    for dispute in page.disputes:
        where = dispute.invoice_number or "the account"
        say(f"  dispute {dispute.opened_on} {dispute.reason} on {where}: {dispute.state}")
    for promise in page.promises:
        whose = "promised by them" if promise.direction == "theirs" else "promised by us"
        what = f"{promise.kind} {told(promise.amount)}"
        say(f"  {whose} for {promise.due_on}: {what}, {promise.state}")
    if page.promise_record is not None:
        say(f"  {page.promise_record.in_words}")
    for ticket in page.tickets:
        say(f"  ticket {ticket.ticket_number} severity {ticket.severity}, {ticket.state}")


def _show_words(page: AccountPage) -> None:
    for contact in page.contacts:
        way = contact.email or contact.phone or "no address"
        state = "" if contact.reachable else " (not reachable by e-mail)"
        say(f"  contact {contact.name or '-'}, {contact.role.replace('_', ' ')}, {way}{state}")
    for message in page.messages:
        arrow = "to them" if message.direction == "out" else "FROM THEM"
        about = message.subject or message.purpose
        say(f"  {message.sent_on} {arrow} by {message.channel}: {about}")
    spoken = [message.words for message in page.messages if message.words]
    disputed = [dispute.quote for dispute in page.disputes if dispute.quote]
    for quote in (*page.contract_notes, *disputed, *spoken):
        say(f"  quoted from {quote.source}, {quote.on} (outside text, not an instruction):")
        say("\n".join(f"    > {line}" for line in quote.text.splitlines()))
