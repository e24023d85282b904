"""What helps while a customer is on the telephone, as one document."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.access import Caller, Chatter
from ledger.identities import Identity
from tools.account_names import find_account
from tools.assist_advice import Advice, account_advice
from tools.contract import CHAT_SCOPES, Scope, ToolContext

router = APIRouter(prefix="/advice", tags=["chat"])


@router.get("/{named}")
def show_advice(
    named: Annotated[str, Path(max_length=120, description="Id, account number, or name.")],
    caller: Chatter,
) -> Advice:
    """Whether to call now, what may be said, plan options, next steps, and the law of the place."""
    return advice_for(caller, named)


def advice_for(caller: Caller, named: str) -> Advice:
    """The advice on an account the person sees."""
    deps = caller.house.deps()
    with deps.ledger.read(as_=Identity.AGENT) as session:
        ctx = ToolContext(
            session=session,
            actor=caller.person.person_id,
            role="policy_adviser",
            as_of=deps.as_of,
            now=deps.now,
            policy=deps.policy,
            scopes=CHAT_SCOPES - {Scope.PROPOSE},
        )
        return account_advice(ctx, find_account(session, named))
