"""Which approvals a set of yeses amounts to, by the approval matrix of the packs."""

from collections.abc import Iterable

from policies.packs_schema import Packs


def granted_scopes(approvals: Iterable[tuple[str, str]], packs: Packs) -> frozenset[str]:
    """The scopes granted by yeses given as (scope, role), all for the very same words.

    One role of a scope suffices, but every one of them where `both_required` names it. A scope
    without roles, or one the matrix does not hold, is granted by nobody.
    """
    given: dict[str, set[str]] = {}
    for scope, role in approvals:
        given.setdefault(scope, set()).add(role)
    return frozenset(
        scope
        for scope, roles in given.items()
        if all(roles.intersection(wanted) for wanted in role_sets((scope,), packs))
        and packs.vocabulary.approval_matrix.get(scope)
    )


def role_sets(scopes: Iterable[str], packs: Packs) -> tuple[tuple[str, ...], ...]:
    """For each yes the scopes ask for, the roles of which any one may give it.

    An empty set of roles means that nobody may.
    """
    words = packs.vocabulary
    found: dict[tuple[str, ...], None] = {}
    for scope in scopes:
        roles = words.approval_matrix.get(scope, ())
        for each in ((role,) for role in roles) if scope in words.both_required else (roles,):
            found[each] = None
    return tuple(found)
