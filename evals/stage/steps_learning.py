"""What a house may learn, and by whose yes: policy files, letters from edits, trained models."""

import hashlib
from datetime import UTC, datetime, time
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from evals.stage.scene import Item, Scene, Stage
from graph.inbox import decider_of
from graph.policy_in_force import approve, policy_in_force
from ledger.errors import ArError, NotFound
from ledger.ids import make_id
from ledger.tables.inbound import Lesson
from ledger.tables.work import PolicyAdoption
from policies.load import load_policy
from tools.lesson_approval import Said, approve_letter, get_lesson
from tools.lesson_approval import decide as decide_lesson
from tools.lessons import changed_letter, letter_diff
from tools.risk_models import approve as approve_version
from tools.risk_models import record_training, versions
from tools.risk_models import reject as reject_version

_WATCHED = "watched"


def _noon(stage: Stage) -> datetime:
    return datetime.combine(stage.day, time(12), UTC)


# ------------------------------------------------------------------ policy files
def edit_policy(stage: Stage, file: str, old: str, new: str) -> None:
    """Somebody edits a policy file of the home, and the house is opened anew."""
    path = stage.house.home / "policies" / file
    said = path.read_text("utf-8")
    if said.count(old) != 1:
        raise NotFound(f"{file} holds {old!r} {said.count(old)} times")
    path.write_text(said.replace(old, new), "utf-8")
    _open_anew(stage)


def _open_anew(stage: Stage) -> None:
    house = stage.house
    files = load_policy(house.home / "policies")
    house.policy, house.policy_change = policy_in_force(house.ledger, files, _noon(stage))


def approve_policy(stage: Stage, people: list[str]) -> list[str]:
    """People say yes to the change that waits, one after another; what each was told."""
    stage.by_people = True
    return [_say_yes(stage, person) for person in people]


def _say_yes(stage: Stage, person: str) -> str:
    house = stage.house
    if house.policy_change is None:
        return "nothing waits"
    try:
        with house.ledger.write() as session:
            roles = frozenset(decider_of(house, person).roles)
            left = approve(session, house.policy_change, person, roles, _noon(stage))
    except ArError as error:
        return error.code
    _open_anew(stage)
    return f"waits for {' and '.join(left.missing)}" if left else "in force"


def policy_says(stage: Stage, where: str) -> Any:
    """What the policy in force says at a dotted place, such as `contact.min_days_between`."""
    found: Any = stage.house.policy
    for name in where.split("."):
        found = found[int(name)] if name.isdigit() else getattr(found, name)
    return str(found)


# ------------------------------------------------------------------ letters from edits
def lesson(stage: Stage, letter: str, old: str, new: str, people: list[str]) -> None:
    """Edits of some people have taught a change of a letter, which waits as it is found."""
    house = stage.house
    template = next(each for each in house.policy.letters if each.name == letter)
    diff = letter_diff(template, changed_letter(template, old, new))
    row = Lesson(
        id=make_id("lsn", "letter", letter, diff),
        kind="letter",
        subject=letter,
        diff=diff,
        examples=orjson.dumps({"old": old, "new": new, "people": people}).decode(),
        proposed_on=stage.day,
    )
    with house.ledger.write() as session:
        session.add(row)


def answer_lesson(stage: Stage, person: str, verb: str = "approve") -> str:
    """Somebody decides the lesson that was proposed last."""
    stage.by_people = True
    house, policies = stage.house, stage.house.home / "policies"
    said = Said(decider_of(house, person), stage.day, _noon(stage))
    with house.ledger.write() as session:
        newest = select(col(Lesson.id)).order_by(col(Lesson.proposed_on).desc(), col(Lesson.id))
        found = get_lesson(session, session.scalars(newest).first() or "none")
        if verb == "approve":
            approve_letter(session, found, said, load_policy(policies), policies)
        else:
            decide_lesson(session, found, said, says_yes=False)
    _open_anew(stage)
    return verb


# ------------------------------------------------------------------ trained models
def train(scene: Scene, version: str, person: str) -> None:
    """Somebody trains a candidate; its files are lost."""
    stage = scene.stage
    with stage.house.ledger.write() as session:
        record_training(session, version, "0" * 64, stage.day, person, _noon(stage))


def answer_model(scene: Scene, version: str, person: str, verb: str = "approve") -> str:
    """Somebody decides about a trained model."""
    house, at = scene.house, _noon(scene.stage)
    decider = decider_of(house, person)
    with house.ledger.write() as session:
        if verb == "approve":
            approve_version(session, house.home, version, decider, at)
        else:
            reject_version(session, version, decider, "not better", at)
    return verb


# ------------------------------------------------------------------ what was learned
def watch(scene: Scene) -> None:
    """Note what the house goes by, to compare it later."""
    scene.said[_WATCHED] = _goes_by(scene)


def learned(scene: Scene) -> Item:
    """What the house goes by that is not as it was; a change nobody approved is a breach."""
    now = _goes_by(scene)
    was = scene.said.pop(_WATCHED, now)
    differs = sorted(name for name in now if now[name] != was[name])
    if not scene.stage.by_people:
        scene.breaches.extend(f"silent_learning: {name}" for name in differs)
    return {"differs": differs, "lessons": now["lessons"], "models": now["models"]}


def _goes_by(scene: Scene) -> Item:
    house = scene.house
    files = sorted(path for path in (house.home / "policies").rglob("*") if path.is_file())
    with house.ledger.read() as session:
        lessons = session.scalars(select(Lesson).order_by(col(Lesson.id))).all()
        adopted = session.scalars(select(col(PolicyAdoption.policy_hash))).all()
        models = [f"{each.version} {each.state}" for each in versions(session).values()]
    return {
        "files": hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest(),
        "policy": house.policy.hash,
        "adopted": len(adopted),
        "lessons": [f"{each.subject} {each.state}" for each in lessons],
        "models": sorted(models),
    }


STEPS = {
    "edit_policy": edit_policy,
    "approve_policy": approve_policy,
    "policy_says": policy_says,
    "lesson": lesson,
    "answer_lesson": answer_lesson,
    "train": train,
    "answer_model": answer_model,
    "watch": watch,
    "learned": learned,
}
