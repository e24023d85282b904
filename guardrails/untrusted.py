"""Text from outside that cannot be used by accident: it is no str and never turns into one.

Only a reader opens it, on purpose and in sight: a module that makes claims of it, or one that shows
it to a person inert. Which modules may is a list in `tests/architecture/test_untrusted.py`.
"""

from typing import Any, NoReturn

from ledger.ids import digest


class Untrusted:
    """What somebody outside wrote.

    Attributes:
        source: Where it stands, for a quote: the subject, the body, a file and its name.
        digest: Digest of the text, by which it can be named without being shown.
    """

    __slots__ = ("__text", "digest", "source")

    def __init__(self, text: str, source: str) -> None:
        self.__text = text
        self.source = source
        self.digest = digest(text.encode("utf-8", "surrogatepass"))

    def open_to_read(self) -> str:
        """The text, for a reader without tools or for showing it to a person."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text.strip())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Untrusted) and (self.digest, self.source) == (
            other.digest,
            other.source,
        )

    def __hash__(self) -> int:
        return hash((self.digest, self.source))

    def __repr__(self) -> str:
        return f"<untrusted {self.digest[:12]}, {len(self.__text)} characters>"

    def __str__(self) -> NoReturn:
        raise TypeError(_SAYS)

    def __format__(self, _spec: str) -> NoReturn:
        raise TypeError(_SAYS)

    def __add__(self, _other: Any) -> NoReturn:
        raise TypeError(_SAYS)

    __radd__ = __add__
    __mod__ = __add__
    __getitem__ = __add__
    __iter__ = None

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise TypeError("text from outside is not packed: store it in the ledger, as it came")


_SAYS = "text from outside is no string: a reader opens it, see guardrails/untrusted.py"
