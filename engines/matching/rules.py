"""The numbers of cash application a controller may change; integers in minor units or parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MatchRules:
    """What is tolerated and what counts as certain.

    Attributes:
        fee_most_minor: Largest bank fee taken off a receipt without a person, in any currency
            that `fees_most_minor` does not name.
        fees_most_minor: The same by currency.
        fee_most_permille: The same as thousandths of what was named.
        discount_permille: Cash discounts in use, where a document does not say its own.
        earned_discount_permille: Largest of these that is granted without a person.
        discount_days_early: Days before the due date by which such a discount is earned.
        short_pay_percent: An unexplained shortage up to this is a deduction, above it a part.
        set_most_documents: Largest set without a reference that posts where it is the only one.
        advice_days: Days an advice may be away from its payment.
        duplicate_days: Days within which the same payment again is a duplicate.
        new_accounts_most_minor: Largest receipt from an account nobody knows, by currency; one
            that is not named has no limit.
        least_probability: Chance of being right below which nothing posts.
        least_precision: Lower confidence bound a pattern of evidence needs to post.
    """

    fee_most_minor: int = 30_00
    fee_most_permille: int = 50
    discount_permille: tuple[int, ...] = (10, 15, 20, 25, 30, 40, 50)
    earned_discount_permille: int = 30
    discount_days_early: int = 5
    short_pay_percent: int = 15
    set_most_documents: int = 4
    advice_days: int = 10
    duplicate_days: int = 45
    new_accounts_most_minor: Mapping[str, int] = field(default_factory=dict)
    least_probability: float = 0.95
    least_precision: float = 0.99
    fees_most_minor: Mapping[str, int] = field(default_factory=dict)

    def fee_most(self, currency: str) -> int:
        """Largest bank fee in a currency that is taken off without a person."""
        return self.fees_most_minor.get(currency, self.fee_most_minor)

    def new_account_most(self, currency: str) -> int | None:
        """Largest receipt from an account nobody knows that posts; None for no limit."""
        return self.new_accounts_most_minor.get(currency)
