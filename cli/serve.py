"""`dunwell serve`: the API on this machine."""

from pathlib import Path

from cli.home import opened
from cli.output import note
from ledger.errors import BadInput
from policies.packs import check_started

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run(home: Path | None, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        BadInput: The address is taken or is not this machine's.
        PolicyError: A compliance rule that should hold by now waits to be activated.
    """
    import uvicorn

    from api.app import create_app
    from batch.dispatch import dispatch

    with opened(home) as house:
        check_started(house.policy.packs, house.business_date())
        app = create_app(house, lambda as_of: dispatch(house, as_of, None))
        if host not in _LOOPBACK:
            note("Keys travel in the clear without TLS: put a proxy with a certificate in front.")
        shown = f"[{host}]" if ":" in host else host
        note(f"http://{shown}:{port}/openapi.json describes the API; `dunwell key create` opens it")
        try:
            uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
        except SystemExit:
            raise BadInput(f"cannot listen on {host}:{port}; choose another with --port") from None
