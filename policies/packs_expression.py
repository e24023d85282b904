"""The small language of `pass_when`: what may stand in it, and what it mentions.

Read with `ast.parse` and refused unless every node is on the list; nothing is ever evaluated.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

LONGEST = 2000
DEEPEST = 20
_COMPARISONS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Lt, ast.LtE, ast.Gt, ast.GtE)

# What each helper takes: an input, a list of words, a word, a clock time or a number.
HELPER_ARGUMENTS = {
    "any_in": ("input", "words"),
    "has": ("input", "word"),
    "subset": ("input", "input"),
    "approved": ("word",),
    "between": ("input", "clock", "clock"),
    "covered": ("input",),
    "fresh": ("word", "number"),
    "matches_ledger": ("word",),
}


class Unreadable(ValueError):
    """An expression holds something that has no place in it."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What an expression names."""

    inputs: frozenset[str]
    helpers: frozenset[str]
    claims: frozenset[str]
    elements: frozenset[str]
    scopes: tuple[str, ...]


@lru_cache(maxsize=1024)
def read_expression(text: str) -> ast.expr:
    """The tree of an expression.

    Raises:
        Unreadable: It is no expression, or holds anything but comparisons of inputs with words,
            numbers and lists of them, the helpers, `and`, `or`, `not` and `x if y else z`.
    """
    if len(text) > LONGEST:
        raise Unreadable(f"is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
        _check_condition(tree)
    except (SyntaxError, RecursionError, MemoryError):
        raise Unreadable("is no expression") from None
    return tree


def mentions(tree: ast.expr) -> Mentions:
    """The inputs, helpers, claims, elements and scopes an expression names."""
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    functions = {id(node.func) for node in called}
    names = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions]
    scopes = [words(call.args[0])[0] for call in called if name_of(call.func) == "approved"]
    return Mentions(
        inputs=frozenset(names),
        helpers=frozenset(name_of(call.func) for call in called),
        claims=frozenset(_words_about(tree, "claims")),
        elements=frozenset(_words_about(tree, "elements")),
        scopes=tuple(dict.fromkeys(scopes)),
    )


def name_of(node: ast.expr) -> str:
    """The name a node is, or an empty text."""
    return node.id if isinstance(node, ast.Name) else ""


def words(node: ast.expr) -> tuple[str, ...]:
    """The words a constant or a list of constants holds."""
    nodes = node.elts if isinstance(node, ast.List) else [node]
    return tuple(str(each.value) for each in nodes if isinstance(each, ast.Constant))


def clock(text: str) -> time:
    """A time of day such as 08:00."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"holds {text!r}, which is no time of day: write 08:00") from None


def _words_about(tree: ast.expr, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and name_of(node.args[0]) == name:
            yield from (word for argument in node.args[1:] for word in words(argument))
        elif isinstance(node, ast.Compare) and name_of(node.comparators[0]) == name:
            yield from words(node.left)


def _check_condition(node: ast.expr, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise Unreadable(f"is nested more than {DEEPEST} deep")
    match node:
        case ast.BoolOp(values=values):
            for each in values:
                _check_condition(each, depth + 1)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check_condition(operand, depth + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            for each in (test, body, orelse):
                _check_condition(each, depth + 1)
        case ast.Compare():
            _check_comparison(node)
        case ast.Call():
            _check_call(node)
        case ast.Name():
            pass
        case _:
            raise Unreadable(f"holds {ast.unparse(node)!r}, which is no condition")


def _check_comparison(node: ast.Compare) -> None:
    if len(node.ops) != 1 or not isinstance(node.ops[0], _COMPARISONS):
        raise Unreadable(f"compares in a way it may not: {ast.unparse(node)}")
    left, right = node.left, node.comparators[0]
    sides = {_kind(left), _kind(right)}
    if "input" not in sides or not sides <= {"input", "word", "number", "words"}:
        raise Unreadable(f"may compare inputs with words and numbers only: {ast.unparse(node)}")
    if "words" in sides and not isinstance(node.ops[0], ast.In | ast.NotIn):
        raise Unreadable(f"may only look a list through: {ast.unparse(node)}")


def _check_call(node: ast.Call) -> None:
    wanted = HELPER_ARGUMENTS.get(name_of(node.func))
    if wanted is None:
        raise Unreadable(f"calls {ast.unparse(node.func)!r}, which is no helper")
    given = tuple(map(_kind, node.args))
    as_words = tuple("word" if kind == "clock" else kind for kind in wanted)
    if node.keywords or given != as_words:
        raise Unreadable(f"{ast.unparse(node)}: {node.func.id} takes {', '.join(wanted)}")
    for kind, argument in zip(wanted, node.args, strict=True):
        if kind == "clock":
            clock(words(argument)[0])


def _kind(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return "input"
        case ast.Constant(value=str()):
            return "word"
        case ast.Constant(value=int()) if not isinstance(node.value, bool):
            return "number"
        case ast.List(elts=elts) if elts and all(_kind(each) == "word" for each in elts):
            return "words"
        case _:
            return "other"
