"""Proof that no night used a trained model but one that people let in, as they saw it."""

from batch.proof_evidence import Evidence, Tally
from ledger.errors import NotFound, Refused
from ledger.queries.risk_models import APPROVED, TRAINED, USED, ModelEvent, model_events
from tools.model_files import check_files
from tools.risk_models import APPROVER, IN_USE, states_of

_LOOK = "dunwell risk list"


def prove_models(evidence: Evidence) -> None:
    """What was used had a yes from somebody who did not train it; its files are unchanged."""
    tally = evidence["no_silent_learning"]
    events = model_events(evidence.session)
    trained: dict[str, ModelEvent] = {}
    approved: set[tuple[str, str]] = set()
    for event in events:
        subject = f"journal record {event.seq}"
        with tally.unreadable(subject, _LOOK):
            name, digest = event.said["version"], event.said["digest"]
            if event.kind == TRAINED:
                trained[name] = event
            elif event.kind == APPROVED:
                tally.saw()
                _prove_approval(tally, event, trained.get(name))
                approved.add((name, digest))
            elif event.kind == USED:
                tally.saw()
                if (name, digest) not in approved:
                    expected = f"an approval of {name} before it was used"
                    tally.fault(event.said["run_id"], expected, "none", _LOOK)
    if tally.broken is None:
        _prove_files(evidence, tally, events)


def _prove_approval(tally: Tally, approval: ModelEvent, training: ModelEvent | None) -> None:
    name, digest = approval.said["version"], approval.said["digest"]
    if training is None:
        tally.fault(name, "the training of an approved model", "none", _LOOK)
    elif training.said["digest"] != digest:
        tally.fault(name, f"an approval of {training.said['digest']}", f"of {digest}", _LOOK)
    elif training.actor == approval.actor:
        expected = "an approval by somebody who did not train it"
        tally.fault(name, expected, approval.actor, _LOOK)
    elif approval.said["as_role"] != APPROVER:
        tally.fault(name, f"an approval by a {APPROVER}", approval.said["as_role"], _LOOK)


def _prove_files(evidence: Evidence, tally: Tally, events: list[ModelEvent]) -> None:
    """The files of the version in use say what was approved."""
    for version in states_of(events).values():
        if version.state == IN_USE:
            try:
                check_files(evidence.house.home, version.version, version.digest)
            except (NotFound, Refused) as error:
                tally.fault(version.version, "the files as approved", error.message, _LOOK)
