"""What stands in for a control that this check alone switches off; see `evals.threats.taken_out`.

Each is put in by its code alone, so it uses nothing but its arguments and imports of its own.
"""

from typing import Any


def whatever_was_seen(*given: Any, **_more: Any) -> Any:
    """Takes a yes for what is waiting, whatever was on the screen: the last argument is dropped."""
    from evals.threats.taken_out import KEPT

    return KEPT[0](*given[:7])
