"""`dunwell lessons`: what people's edits teach; nothing of it counts before a person says yes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from ledger.tables.inbound import Lesson

app = typer.Typer(help="Lessons from people's edits: find, decide.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="LESSON", help="As `list` shows it.")]


@app.command()
def find(as_of: MaybeAsOf = None, home: Home = None, json_out: Json = False) -> None:
    """Look through the edits so far and propose what they teach."""
    from cli.home import opened
    from cli.output import emit, say
    from policies.load import load_policy
    from tools.lessons import find_lessons

    with opened(home) as house:
        files = load_policy(house.home / "policies")
        with house.ledger.write() as session:
            fresh = find_lessons(session, files, as_of or house.business_date())
    if json_out:
        emit({"proposed": fresh})
    else:
        say(f"{len(fresh)} new: {', '.join(fresh) or 'the edits teach nothing yet'}")


@app.command("list")
def list_lessons(
    every: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List the lessons that wait."""
    from sqlalchemy import select

    from cli.home import opened
    from cli.output import emit, show_table
    from ledger.tables.inbound import Lesson

    wanted = select(Lesson).order_by(Lesson.proposed_on, Lesson.id)
    if not every:
        wanted = wanted.where(Lesson.state == "proposed")
    with opened(home) as house, house.ledger.read() as session:
        lines = [_line(lesson) for lesson in session.scalars(wanted)]
    if json_out:
        emit(lines)
        return
    heads = ("Lesson", "Kind", "Of", "State", "Proposed", "Decided by")
    show_table(heads, [tuple(line.values()) for line in lines])


@app.command()
def show(lesson_id: Id, home: Home = None, json_out: Json = False) -> None:
    """Show a lesson: its diff, the edits it was learned from, and how it does in trials."""
    import orjson

    from cli.home import opened
    from cli.output import emit, safe, say, show_heading
    from tools.lesson_approval import get_lesson

    with opened(home) as house, house.ledger.read() as session:
        lesson = get_lesson(session, lesson_id)
        line, diff = _line(lesson), lesson.diff
        examples, results = orjson.loads(lesson.examples), orjson.loads(lesson.results)
    if json_out:
        emit(line | {"diff": diff, "examples": examples, "results": results})
        return
    show_heading(f"{line['kind']} {line['of']} ({line['state']})")
    say(safe(diff))
    for edit in examples["edits"]:
        say(f"Edited by {edit['by']} on {edit['on']} ({edit['decision']})")
    for when in ("before", "after"):
        told = (f"{key} {value}" for key, value in results[when].items())
        say(f"{when.capitalize()}: {', '.join(told)}")


@app.command()
def approve(
    lesson_id: Id,
    who: As = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say yes: a letter waits as a change of the policy, an exemplar can be found from now on."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from policies.load import load_policy
    from tools.knowledge import read_exemplars
    from tools.lesson_approval import Said, approve_letter, decide, get_lesson

    with opened(home) as house:
        day = as_of or house.business_date()
        said = Said(acting(house, who), day, SystemClock().now())
        place = house.home / "policies"
        with house.ledger.write() as session:
            lesson = get_lesson(session, lesson_id)
            if lesson.kind == "letter":
                told = str(approve_letter(session, lesson, said, load_policy(place), place))
            else:
                decide(session, lesson, said, says_yes=True)
                told = ""
            notes = list(read_exemplars(session, [lesson_id]))
        if notes:
            told = _index(house, notes)
    if json_out:
        emit({"lesson": lesson_id, "state": "approved", "by": said.decider.person_id, "now": told})
    elif notes:
        say(f"{lesson_id} is approved: {told}")
    else:
        say(f"{told} is written. It is used once the change of the policy is approved;")
        say("see `dunwell policy diff`.")


@app.command()
def reject(
    lesson_id: Id,
    who: As = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say no; the same lesson is not proposed again."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from ledger.clock import SystemClock
    from tools.lesson_approval import Said, decide, get_lesson

    with opened(home) as house:
        day = as_of or house.business_date()
        said = Said(acting(house, who), day, SystemClock().now())
        with house.ledger.write() as session:
            decide(session, get_lesson(session, lesson_id), said, says_yes=False)
    if json_out:
        emit({"lesson": lesson_id, "state": "rejected", "by": said.decider.person_id})
    else:
        say(f"{lesson_id} is rejected")


def _index(house: Any, notes: list[Any]) -> str:
    """Put an exemplar among what can be found; the ledger holds it whatever the index says."""
    from ledger.errors import Conflict

    try:
        house.open_knowledge().add(notes)
    except Conflict as error:
        return f"it can be found after `dunwell reindex` ({error.message})"
    return "it can be found now"


def _line(lesson: "Lesson") -> dict[str, object]:
    return {
        "id": lesson.id,
        "kind": lesson.kind,
        "of": lesson.subject,
        "state": lesson.state,
        "proposed_on": lesson.proposed_on,
        "decided_by": lesson.decided_by,
    }
