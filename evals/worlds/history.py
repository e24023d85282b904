"""The year before: invoices paid by habit, and the ladder of reminders that late ones climbed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from evals.worlds.events import promise
from evals.worlds.rows import Row
from evals.worlds.story import Story
from ledger.states import PromiseState
from policies.schema import Stage

YEAR_DAYS = 365
# Reminders this young would use up the contact budget of the night the portfolio is made for.
QUIET_DAYS = 35
LONG_TERMS_DAYS = 60
THURSDAY, SATURDAY = 3, 5


@dataclass(frozen=True, slots=True)
class Habit:
    """How a customer pays: days around the due date, and whether only on payment runs."""

    name: str
    earliest: int
    latest: int
    weight: int
    on_run: bool = False


HABITS = (
    Habit("prompt", -5, 1, 40),
    Habit("on_run", 0, 4, 25, on_run=True),
    Habit("slow", 8, 25, 25),
    Habit("very_slow", 25, 60, 10),
)
_WEIGHTS = [habit.weight for habit in HABITS]


def next_weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0)


def letter_dates(due_on: date, stages: Sequence[Stage]) -> list[date]:
    """The dates on which an unpaid item reaches each stage, moved off weekends."""
    dates: list[date] = []
    for stage in stages:
        reached = due_on + timedelta(days=stage.days_past_due)
        if dates:
            reached = max(reached, dates[-1] + timedelta(days=stage.days_since_last))
        dates.append(next_weekday(reached))
    return dates


def write_year(story: Story, invoices_per_year: int) -> None:
    """Write the paid invoices of a year, with their receipts, credits and reminders."""
    rng = story.rng
    habit = rng.choices(HABITS, _WEIGHTS)[0]
    count = rng.randint(invoices_per_year // 2, invoices_per_year + invoices_per_year // 2)
    due = sorted(story.world.before(rng.randint(0, YEAR_DAYS)) for _ in range(count))
    paid: list[tuple[date, Row]] = []
    for due_on in due:
        pays_on = _pay_day(story, habit, due_on)
        if pays_on < story.as_of:
            paid.append((pays_on, story.issue(due_on)))
    paid.sort(key=lambda pair: pair[0])
    story.paid_items.extend(invoice for _paid_on, invoice in paid)
    group: list[Row] = []
    for position, (pays_on, invoice) in enumerate(paid):
        group.append(invoice)
        follows = paid[position + 1][0] if position + 1 < len(paid) else None
        if follows == pays_on or (follows and (follows - pays_on).days < 14 and len(group) < 3):
            continue
        _pay(story, group, pays_on)
        group = []


def _pay_day(story: Story, habit: Habit, due_on: date) -> date:
    day = due_on + timedelta(days=story.rng.randint(habit.earliest, habit.latest))
    if habit.on_run:  # payment runs are on Thursdays
        return day + timedelta(days=(THURSDAY - day.weekday()) % 7)
    return next_weekday(day)


def _pay(story: Story, invoices: list[Row], paid_on: date) -> None:
    """One payment over the invoices, now and then in two parts, less a credit, or short."""
    for invoice in invoices:
        _remind(story, invoice, paid_on)
    chance = story.rng.random()
    first = invoices[0]
    later = paid_on + timedelta(days=14)
    if chance < 0.05 and later < story.as_of:
        story.receive(paid_on, [(first, first["open_minor"] * 3 // 5)])
        paid_on = later
    elif chance < 0.09:
        given_on = max(first["issued_on"], paid_on - timedelta(days=10))
        story.credit(given_on, first["amount_minor"] // 10, first, apply=True)
        promise(story, [first], given_on, PromiseState.KEPT, ours=True)
    elif chance < 0.14:
        promise(story, invoices, paid_on, PromiseState.KEPT)
    parts = [(invoice, invoice["open_minor"]) for invoice in invoices]
    if chance > 0.98:  # the bank of the payer kept a fee
        parts[0] = (first, first["open_minor"] - 250)
    story.receive(paid_on, parts)
    if first["open_minor"]:
        story.write_off(paid_on, first)


def _remind(story: Story, invoice: Row, paid_on: date) -> None:
    stages = story.world.policy.dunning.stages
    for stage, sent_on in zip(stages, letter_dates(invoice["due_on"], stages), strict=True):
        if sent_on >= paid_on or sent_on > story.world.before(QUIET_DAYS):
            return
        story.write_letter(sent_on, stage.level, [invoice])


def item_due_for(story: Story, level: int, amount_minor: int | None = None) -> Row:
    """Bill an open item that had every reminder before a stage and is due for that one tonight."""
    stages = story.world.policy.dunning.stages
    stage = stages[level - 1]
    days_past_due = stage.days_past_due + story.rng.randint(0, 8)
    while True:
        due_on = story.world.before(days_past_due)
        sent = letter_dates(due_on, stages[: level - 1])
        if not sent or (story.as_of - sent[-1]).days >= stage.days_since_last:
            break
        days_past_due += 1
    invoice = story.issue_open(due_on, amount_minor)
    _climb(story, invoice, sent)
    return invoice


def item_past_last_stage(story: Story) -> Row:
    """Bill an open item that had every reminder there is."""
    stages = story.world.policy.dunning.stages
    days_past_due = stages[-1].days_past_due + QUIET_DAYS + story.rng.randint(0, 60)
    due_on = story.world.before(days_past_due)
    invoice = story.issue_open(due_on)
    _climb(story, invoice, letter_dates(due_on, stages))
    return invoice


def _climb(story: Story, invoice: Row, sent: Sequence[date]) -> None:
    for level, sent_on in enumerate(sent, start=1):
        story.write_letter(sent_on, level, [invoice])


def add_due_items(story: Story, level: int = 1) -> None:
    """Bill what is due at a stage, often with younger items that had no reminder yet."""
    oldest = item_due_for(story, level)
    first_stage = story.world.policy.dunning.stages[0].days_past_due
    if story.rng.random() < 0.4:
        last = oldest["dunned_on"] or oldest["due_on"]
        unseen = min((story.as_of - last).days, 8) + first_stage - 1
        story.issue_open(story.world.before(story.rng.randint(0, unseen)))
    if story.rng.random() < 0.4:
        add_item_not_due(story)


def add_item_not_due(story: Story) -> None:
    """Bill an item on long terms that falls due more than a month from now."""
    due_on = story.as_of + timedelta(days=story.rng.randint(31, LONG_TERMS_DAYS - 1))
    story.issue_open(due_on, terms_days=LONG_TERMS_DAYS)
