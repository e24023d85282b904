"""Intervals of counted shares, in plain arithmetic: pages that show them import no numerics."""

from math import sqrt
from statistics import NormalDist

Z_95 = NormalDist().inv_cdf(0.975)


def wilson(hits: int, number: int, z: float = Z_95) -> tuple[float, float]:
    """The interval of a share (Wilson 1927), from 0 to 1; all of it where none was counted.

    Args:
        hits: Of the number.
        number: How many were counted.
        z: Standard normal quantile of its upper end; 95 % unless told.
    """
    if number == 0:
        return 0.0, 1.0
    share, square = hits / number, z * z
    middle = share + square / (2 * number)
    spread = z * sqrt(share * (1 - share) / number + square / (4 * number * number))
    below = 1 + square / number
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)
