"""Places and the larger places around them, whose rules they inherit."""

from functools import lru_cache

EVERYWHERE = "*"
_UNION = "EU"
_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_OTHER_CODES = {"UK": "GB", "EL": "GR"}


@lru_cache(maxsize=4096)
def lineage(place: str) -> tuple[str, ...]:
    """A place, the places around it and `*`, the smallest first.

    `US-NY-NYC` gives itself, `US-NY`, `US` and `*`. A member of the Union may be written `EU-DE`
    or plainly `DE`, with a region or without; both give `EU-DE` and `EU`.
    """
    parts = place.strip().upper().replace("_", "-").split("-")
    if parts[0] == _UNION:
        parts = [_UNION, *(_OTHER_CODES.get(part, part) for part in parts[1:2]), *parts[2:]]
    else:
        parts[0] = _OTHER_CODES.get(parts[0], parts[0])
        if parts[0] in _MEMBERS:
            parts = [_UNION, *parts]
    return (*("-".join(parts[:length]) for length in range(len(parts), 0, -1)), EVERYWHERE)


def around(places: frozenset[str]) -> frozenset[str]:
    """Every place whose rules may bind where any of these places may govern."""
    return frozenset({EVERYWHERE}.union(*(lineage(place) for place in places)))


def is_named(place: str, named: frozenset[str]) -> bool:
    """Whether the place or a place around it other than `*` is among those named."""
    return any(each in named for each in lineage(place)[:-1])
