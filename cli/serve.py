"""`dunwell serve`: the pages and the API on this machine."""

import sys
from datetime import date
from pathlib import Path

from cli.home import opened
from cli.output import note
from cli.people import OPERATOR, link_to
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.errors import BadInput
from policies.packs import check_started
from tools.people import first_of_each_role
from tools.sign_in import make_link, nobody_has_a_password

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def run(home: Path | None, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        BadInput: The address is taken or is not this machine's.
        PolicyError: A compliance rule that should hold by now waits to be activated.
    """
    import uvicorn

    from api.app import create_app
    from api.request_log import write_log
    from batch.dispatch import dispatch
    from batch.webhooks import tell_webhooks

    def leave(as_of: date) -> None:
        dispatch(house, as_of, None)
        tell_webhooks(house)

    with opened(home) as house:
        check_started(house.policy.packs, house.business_date())
        app = create_app(house, leave)
        if host not in _LOOPBACK:
            note("Keys travel in the clear without TLS: put a proxy with a certificate in front.")
        shown = f"[{host}]" if ":" in host else host
        here = f"http://{shown}:{port}"
        note(f"{here}/desk is the desk; `dunwell people link ID` makes a link that signs in")
        note(f"{here}/openapi.json describes the API; `dunwell key create` opens it")
        _invite(house, here)
        try:
            write_log(sys.stderr)
            uvicorn.run(
                app, host=host, port=port, log_config=None, access_log=False, server_header=False
            )
        except SystemExit:
            raise BadInput(f"cannot listen on {host}:{port}; choose another with --port") from None


def _invite(house: House, here: str) -> None:
    """Let the first people in: while nobody has a password, links are the only way."""
    with house.ledger.write() as session:
        if not nobody_has_a_password(session):
            return
        people = first_of_each_role(session)
        now = SystemClock().now()
        links = [
            (who, link_to(here, make_link(session, who.person_id, OPERATOR, now))) for who in people
        ]
    if not links:
        note('Nobody works here yet: dunwell people add ID --name "NAME" --role admin')
        return
    note("Nobody has a password yet. Each of these signs one person in, once, within 15 minutes:")
    for who, link in links:
        note(f"  {who.name} ({', '.join(who.roles)}): {link}")
