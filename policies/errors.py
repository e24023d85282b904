"""The error of every policy file."""

from ledger.errors import BadInput


class PolicyError(BadInput):
    """A policy file does not say something that can be used."""

    code = "policy"
