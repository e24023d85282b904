"""The bounds of a letter template: what it may hold, how large it is, how much it may write.

A template puts slots in and chooses between words. It has no calls, attributes, filters, loops,
arithmetic or includes, so it can neither run long nor reach beyond its slots; the environment
refuses them a second time. Knows nothing of the ledger, so that a worker process starts fast.
"""

import functools
from collections.abc import Mapping

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.environment import Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ledger.errors import BadInput

SLOTS = frozenset(
    {
        *("contact", "company", "signature", "as_of", "pay", "portal"),
        *("items", "count", "total", "numbers", "due"),
        *("amount", "day", "number"),
    }
)
MAX_SOURCE = 8_000
MAX_TEXT = 20_000
MAX_DEPTH = 6
# Between subject and body in one compiled template; no template and no fact holds it.
_FOLD = "\x1f"
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.CondExpr,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_NESTING = (nodes.If, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare)
_MAX_NUMBER = 1_000_000
# What parsing or filling hostile text can raise besides the errors of the template language.
_ACCIDENTS = (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError, MemoryError)


class LetterError(BadInput):
    """The letter cannot be written from what the ledger and the policy hold."""

    code = "letter"


def compile_letter(place: str, subject: str, body: str) -> Template:
    """Check a template and make it ready to be filled.

    Args:
        place: How it is spoken of in errors.
        subject: The template of its subject line.
        body: The template of its body.

    Raises:
        LetterError: It does not read, names an unknown slot, is too large, or does more.
    """
    source = f"{subject}{_FOLD}{body}"
    if len(source) > MAX_SOURCE or source.count(_FOLD) != 1:
        raise LetterError(f"{place}: a letter is one text of at most {MAX_SOURCE} characters")
    environment = _environment()
    try:
        tree = environment.parse(source)
    except _ACCIDENTS as error:
        raise LetterError(f"{place}: not a template: {_short(error)}") from None
    _check(tree, place, 0)
    return environment.from_string(tree)


def fill_letter(
    place: str, template: Template, slots: Mapping[str, object], ours: int = 0
) -> tuple[str, str]:
    """Fill the slots; returns subject and body.

    Args:
        place: How it is spoken of in errors.
        template: From `compile_letter`.
        slots: What goes in.
        ours: Characters of a table of our own that come on top of what a letter may hold.

    Raises:
        LetterError: A slot is missing, or the text grows too long.
    """
    try:
        text = template.render(slots)
    except _ACCIDENTS as error:
        raise LetterError(f"{place} cannot be filled: {_short(error)}") from None
    if len(text) > MAX_TEXT + ours:
        raise LetterError(f"{place}: {len(text)} characters; a letter has at most {MAX_TEXT}")
    subject, _, body = text.partition(_FOLD)
    return subject, body


def _check(node: nodes.Node, place: str, depth: int) -> None:
    if not isinstance(node, _ALLOWED):
        raise LetterError(
            f"{place}: a letter only fills slots and chooses between words; "
            f"take out the {type(node).__name__.lower()}"
        )
    if isinstance(node, nodes.Const) and not _is_plain(node.value):
        raise LetterError(f"{place}: a letter compares with small whole numbers and words only")
    if isinstance(node, nodes.Name) and node.name not in SLOTS:
        raise LetterError(f"{place}: unknown slot {node.name!r}; use {', '.join(sorted(SLOTS))}")
    depth += isinstance(node, _NESTING)
    if depth > MAX_DEPTH:
        raise LetterError(f"{place}: choices stand at most {MAX_DEPTH} deep in each other")
    for child in node.iter_child_nodes():
        _check(child, place, depth)


def _is_plain(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= _MAX_NUMBER
    return value is None or isinstance(value, str)


def _short(error: BaseException) -> str:
    said = " ".join((str(error) or type(error).__name__).split())
    return said if len(said) <= 160 else f"{said[:157]}..."


class _Bounded(ImmutableSandboxedEnvironment):
    """Refuses the operators that make much out of little."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:  # noqa: ARG002
        raise SecurityError(f"{operator} is not for letters")


@functools.cache
def _environment() -> _Bounded:
    """Plain text, so nothing is escaped; what comes from outside is made printable instead."""
    environment = _Bounded(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        optimized=False,  # nothing is worked out before it is checked
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment
