"""The accidents of the house, each with a code a caller can act on."""


class ArError(Exception):
    """Base of every error Dunwell raises on purpose.

    Attributes:
        code: Stable word for programs, such as `not_found`.
        message: One line for people: what is wrong, where, what to do.
        status_code: The HTTP status the API answers with.
    """

    code = "error"
    status_code = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadInput(ArError):
    """The input cannot be used as it stands."""

    code = "bad_input"
    status_code = 422


class NotFound(ArError):
    """No such record."""

    code = "not_found"
    status_code = 404


class Conflict(ArError):
    """Somebody or something was first."""

    code = "conflict"
    status_code = 409


class Refused(ArError):
    """A rule or missing authority forbids it."""

    code = "refused"
    status_code = 403
