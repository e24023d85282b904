"""`pass_when` compiled into closures, from the tree `policies.packs_expression` lets through.

Nothing is evaluated as code: each node of the tree becomes one of the small functions below.
"""

import ast
import operator
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from guardrails.compliance.condition import (
    Condition,
    Test,
    Truth,
    all_of,
    any_of,
    choice,
    fact_leaf,
    negated,
)
from guardrails.compliance.facts import Facts, MessageFacts
from guardrails.compliance.predicates import PREDICATES
from policies.packs_expression import Unreadable, name_of, read_expression, words

_FACTS = frozenset(each.name for each in fields(MessageFacts))
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compile_expression(text: str, named: frozenset[str]) -> Condition:
    """Compile an expression.

    Args:
        text: The expression as it stands in a pack.
        named: The places active rules name, for `covered`.

    Raises:
        Unreadable: It holds what may not stand in it, or an input that is no fact of a message.
    """
    return _compiled(read_expression(text), named)


def _compiled(node: ast.expr, named: frozenset[str]) -> Condition:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all_of(tuple(_compiled(each, named) for each in values))
        case ast.BoolOp(values=values):
            return any_of(tuple(_compiled(each, named) for each in values))
        case ast.UnaryOp(operand=operand):
            return negated(_compiled(operand, named))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return choice(*(_compiled(each, named) for each in (test, body, orelse)))
        case ast.Compare():
            return _comparison(node)
        case ast.Call(func=func, args=arguments):
            return PREDICATES[name_of(func)](*map(_argument, arguments), named)
        case ast.Name(id=name):
            return _fact(name)
        case _:
            raise Unreadable(f"holds {ast.unparse(node)!r}, which is no condition")


def _argument(node: ast.expr) -> Any:
    """What a helper is given: the name of an input, a set of words, or a constant."""
    match node:
        case ast.Name(id=name):
            return _known(name)
        case ast.List():
            return frozenset(words(node))
        case ast.Constant(value=value):
            return value
        case _:
            raise Unreadable(f"holds {ast.unparse(node)!r}, which no helper takes")


def _fact(name: str) -> Condition:
    """A fact as a condition: a yes or no as it is, a set by whether it holds anything."""
    get = attrgetter(_known(name))

    def test(facts: Facts) -> Truth:
        value = get(facts)
        return value if value is None or value is True or value is False else bool(value)

    return fact_leaf(test, name)


def _comparison(node: ast.Compare) -> Condition:
    left, right, how = node.left, node.comparators[0], type(node.ops[0])
    if how is ast.NotIn:
        return negated(_comparison(ast.Compare(left, [ast.In()], [right])))
    if how is ast.In:
        return _membership(left, right)
    compare = _OPERATORS[how]
    if isinstance(left, ast.Name) and isinstance(right, ast.Constant):
        return fact_leaf(_against(attrgetter(_known(left.id)), compare, right.value), left.id)
    if isinstance(left, ast.Name) and isinstance(right, ast.Name):
        test = _between_two(attrgetter(_known(left.id)), compare, attrgetter(_known(right.id)))
        return fact_leaf(test, left.id, right.id)
    raise Unreadable(f"compares {ast.unparse(node)!r}: write the input first")


def _against(get: attrgetter, compare: Callable[[Any, Any], bool], constant: Any) -> Test:
    def test(facts: Facts) -> Truth:
        value = get(facts)
        return None if value is None else compare(value, constant)

    return test


def _between_two(one: attrgetter, compare: Callable[[Any, Any], bool], other: attrgetter) -> Test:
    def test(facts: Facts) -> Truth:
        left, right = one(facts), other(facts)
        return None if left is None or right is None else compare(left, right)

    return test


def _membership(left: ast.expr, right: ast.expr) -> Condition:
    if isinstance(left, ast.Name) and isinstance(right, ast.Name):
        get, among = attrgetter(_known(left.id)), attrgetter(_known(right.id))
        return fact_leaf(_between_two(among, operator.contains, get), left.id, right.id)
    if isinstance(right, ast.Name) and isinstance(left, ast.Constant):
        return PREDICATES["any_in"](_known(right.id), frozenset(words(left)), frozenset())
    if isinstance(left, ast.Name) and isinstance(right, ast.List):
        get, holds = attrgetter(_known(left.id)), frozenset(words(right)).__contains__

        def test(facts: Facts) -> Truth:
            value = get(facts)
            return None if value is None else holds(value)

        return fact_leaf(test, left.id)
    raise Unreadable("looks something through that is neither an input nor a list")


def _known(name: str) -> str:
    if name not in _FACTS:
        raise Unreadable(f"reads {name}, which is no fact of a message")
    return name
