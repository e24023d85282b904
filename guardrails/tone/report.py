"""What is said about the tone of a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToneViolation:
    """Something no message of ours may sound like, and the words that do.

    Attributes:
        tag: What it is, such as `sarcasm`.
        span: The words as written.
        start: Where they start in the text.
    """

    tag: str
    span: str
    start: int


@dataclass(frozen=True, slots=True)
class Tone:
    """How a message sounds.

    Attributes:
        courtesy: 1 rude to 5 kind, one decimal.
        firmness: 1 asks nothing to 5 final, one decimal.
        violations: In the order of the text.
        asks: Whether it says that something is wanted of the reader.
    """

    courtesy: float
    firmness: float
    violations: tuple[ToneViolation, ...]
    asks: bool = True

    @property
    def tags(self) -> tuple[str, ...]:
        """The violations by name, each once, in the order of the text."""
        return tuple(dict.fromkeys(each.tag for each in self.violations))
