"""Credits and receipts that were used, set in the place of what was settled without a name."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from ledger.states import ApplicationKind
from tools.import_known import adjusted_invoices
from tools.import_plan import USED, Item, Plan, Row


class UsedMoney:
    """Names the credit or receipt behind what earlier was settled without naming one.

    A file of invoices says that something settled them; a file of credits or receipts says that
    something was used. Where both speak of the same account and currency, the adjustment is taken
    back and the document applied in its place, so that no balance moves and the story is whole.
    """

    def __init__(self, session: Session, plan: Plan, planned: Iterable[Item]) -> None:
        self.session, self.plan = session, plan
        self._items = {item.id: item for item in planned}
        self._adjusted: dict[tuple[str, str], list[Item]] = {}
        self._named: dict[tuple[str, str, str], Item] = {}

    def prepare(self, account_ids: Iterable[str]) -> None:
        """Read the adjusted invoices of the accounts of a file beside those of this plan."""
        for item in adjusted_invoices(self.session, account_ids):
            self._items.setdefault(item.id, item)
        self._adjusted = defaultdict(list)
        for item in self._items.values():
            if item.adjusted_minor > 0:
                self._adjusted[item.account_id, item.currency].append(item)
                self._named[item.account_id, item.currency, item.number] = item
        for items in self._adjusted.values():
            items.sort(key=lambda item: (item.due_on, item.id), reverse=True)

    def use(
        self, kind: ApplicationKind, source: Row, minor: int, named: Iterable[str], only_named: bool
    ) -> int:
        """Put a document in the place of adjustments; returns what found no place.

        Args:
            kind: CASH or CREDIT.
            source: The receipt or credit memo.
            minor: How much of it was used.
            named: Invoice numbers it names; they come first, the others oldest first.
            only_named: Leave all others alone.
        """
        key = source["account_id"], source["currency"]
        for number in named:
            item = self._named.get((*key, number))
            if item:
                minor -= self._replace(kind, source, item, minor)
        items = [] if only_named else self._adjusted.get(key, [])
        while items and minor:
            minor -= self._replace(kind, source, items[-1], minor)
            if items[-1].adjusted_minor <= 0:
                items.pop()
        return minor

    def _replace(self, kind: ApplicationKind, source: Row, item: Item, minor: int) -> int:
        part = min(minor, item.adjusted_minor)
        if part <= 0:
            return 0
        item.adjusted_minor -= part
        day = source.get("received_on") or source["issued_on"]
        # Taken back on the day it was posted, so that the invoice is never settled twice.
        undone = max(day, item.adjusted_on or day)
        self.plan.apply(ApplicationKind.ADJUSTMENT, item, -part, None, undone, USED, source["id"])
        self.plan.apply(kind, item, part, source, day, USED)
        return part
