"""The customer's page: how long links live, what they show, how much they take."""

from pydantic import BaseModel, ConfigDict, Field

from policies.schema_base import PolicyFile


class PostalAddress(BaseModel):
    """Our address in parts, as a Swiss QR-bill wants it; all empty: no such bill is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    street: str = ""
    house_number: str = ""
    postal_code: str = ""
    town: str = ""
    country: str = Field(default="", max_length=2)

    @property
    def is_whole(self) -> bool:
        """Whether it can stand on a bill."""
        return bool(self.postal_code and self.town and self.country)


class PortalPolicy(PolicyFile):
    """What a link opens and for how long.

    Attributes:
        asks_fact: Whether bank details in full and statements ask for one more fact.
        proven_minutes: How long a browser that told the fact need not tell it again.
        acts_per_hour: Messages of one kind that a link may send.
        facts_per_hour: Tries to tell the fact.
        wrong_facts_per_link: Wrong tries in the life of a link; then only a new link helps.
        payments_per_hour: Card payments that a link may begin.
        open_items_shown: Longer lists are shown in part; the statement has all of it.
    """

    id: str = "portal"
    version: int = Field(default=1, ge=1)
    link_days: int = Field(default=90, ge=1, le=400)
    asks_fact: bool = True
    proven_minutes: int = Field(default=60, ge=1, le=720)
    acts_per_hour: int = Field(default=10, ge=1)
    facts_per_hour: int = Field(default=5, ge=1)
    wrong_facts_per_link: int = Field(default=20, ge=1)
    payments_per_hour: int = Field(default=10, ge=1)
    open_items_shown: int = Field(default=200, ge=1, le=2000)
    most_files: int = Field(default=3, ge=0, le=5)
    file_megabytes: int = Field(default=5, ge=1, le=10)
    postal_address: PostalAddress = PostalAddress()
