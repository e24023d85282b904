"""What a portfolio is made of: the shares of its situations, and the presets."""

from dataclasses import dataclass

from ledger.errors import BadInput

# The situations a share can be given to; evals.worlds.cases says which cases each cycles through.
SHARES = ("due", "nothing_due", "settled", "needs_person", "disputed", "held", "promised", "paying")


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioMix:
    """Shares of accounts by situation; they sum to 1 and apply after `copies_of_each_case`.

    Attributes:
        due: Routine, with a letter due at one of `stages`.
        nothing_due: Open items, none of which may be chased yet.
        settled: No open item.
        needs_person: Due, and a person looks first (strategic, high value, renewal ...).
        disputed: An open dispute on an invoice or the account.
        held: A hold of some reason.
        promised: A promise or a plan is in force.
        paying: Money came in on the night itself, in one of the ways `receipts` names.
        stages: The dunning stages that letters due tonight are at.
        receipts: The ways in which the money of the night refers to what it pays.
        copies_of_each_case: How often every named case is placed before the shares apply.
        invoices_per_year: Mean number of past invoices an account paid in the year before.
        feed_days_behind: How many days the feeds lag behind the business date.
    """

    due: float = 0.0
    nothing_due: float = 0.0
    settled: float = 0.0
    needs_person: float = 0.0
    disputed: float = 0.0
    held: float = 0.0
    promised: float = 0.0
    paying: float = 0.0
    stages: tuple[int, ...] = (1, 1, 1, 2, 2, 3)
    receipts: tuple[str, ...] = ("named_invoice", "exact_amount")
    copies_of_each_case: int = 0
    invoices_per_year: int = 4
    feed_days_behind: int = 0

    def __post_init__(self) -> None:
        shares = self.shares
        if min(shares.values()) < 0 or abs(sum(shares.values()) - 1) > 1e-9:
            raise BadInput(f"the shares of a mix sum to 1 and none is negative, got {shares}")

    @property
    def shares(self) -> dict[str, float]:
        """Share of accounts by situation."""
        return {name: getattr(self, name) for name in SHARES}

    def counts(self, accounts: int) -> dict[str, int]:
        """Share accounts out exactly; what rounding leaves goes to the largest remainders."""
        exact = {name: share * accounts for name, share in self.shares.items()}
        counts = {name: int(value) for name, value in exact.items()}
        by_remainder = sorted(SHARES, key=lambda name: counts[name] - exact[name])
        for name in by_remainder[: accounts - sum(counts.values())]:
            counts[name] += 1
        return counts


DEMO_ACCOUNTS = 300
DEMO = PortfolioMix(
    due=0.46,
    nothing_due=0.24,
    settled=0.08,
    needs_person=0.08,
    disputed=0.03,
    held=0.02,
    promised=0.03,
    paying=0.06,
    receipts=(
        "named_invoice",
        "exact_amount",
        "several_invoices",
        "part_payment",
        "ambiguous_amount",
        "unidentified_naming_invoice",
        "unidentified",
    ),
    copies_of_each_case=2,
    invoices_per_year=10,
)
EVERYTHING_DUE = PortfolioMix(due=0.9, needs_person=0.1, stages=(1,))
NOTHING_DUE = PortfolioMix(nothing_due=1.0)
ONE_IN_TEN = PortfolioMix(due=0.3, needs_person=0.1, nothing_due=0.57, paying=0.03)
PRESETS = {
    "demo": DEMO,
    "everything_due": EVERYTHING_DUE,
    "nothing_due": NOTHING_DUE,
    "one_in_ten": ONE_IN_TEN,
}
