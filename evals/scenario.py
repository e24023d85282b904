"""Scenarios as files: what a world is, what happens in it, and how it has to end.

One YAML file is one scenario, or a table of them: `cases` are rows that fill in `$names`, `matrix`
is every combination of values, `pairs` every two of a list. Each row is a case with an id of its
own, so that a figure counts cases and a failing one can be found by its name.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Template
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ledger.errors import BadInput

FOLDER = Path(__file__).parent / "scenarios"
SUITE_FILE = "suite.yaml"
Item = dict[str, Any]
Holds = Literal["expect", "forbid"]
_TABLES = ("cases", "matrix", "pairs")
Model = TypeVar("Model", bound=BaseModel)


class Held(BaseModel):
    """What must hold under a model: all ends as expected, or at least nothing forbidden."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: Holds
    says: str


class Suite(BaseModel):
    """What the scenarios of a folder have in common.

    Attributes:
        models: What must hold under each model the suite is played with.
        control: Whether the plain tool loop is played too; it has to fail such a suite.
        not_covered: What a reader may not conclude from it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    models: dict[str, Held] = Field(min_length=1)
    control: bool = False
    not_covered: tuple[str, ...] = ()


class Scenario(BaseModel):
    """One file.

    Attributes:
        rules: Names of rules, gates, checks and HITL ids whose failure it would notice.
        weight: Harm if it ends badly: 1 annoying, 3 costly, 5 never.
        world: What builders write before anything happens, in order.
        steps: What happens, in order.
        expect: Keys of the projection with the values they must have.
        forbid: Names of effects that may not come about, whatever the model: a hard breach.
        policy: Policy files with what differs in them from the shipped ones.
        together: Whether its cases share one home, each with an account of its own.
        models: The models of the suite it is played with; all of them by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    rules: tuple[str, ...] = ()
    weight: int = Field(default=3, ge=1, le=5)
    as_of: date = date(2026, 3, 17)
    policy: dict[str, Item] = {}
    world: tuple[Item | str, ...] = ()
    steps: tuple[Item | str, ...] = Field(min_length=1)
    expect: Item = {}
    forbid: tuple[str, ...] = ()
    together: bool = False
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One row of a scenario, with everything filled in.

    Attributes:
        id: `suite/file` or `suite/file[row]`.
        key: The row alone, fit for account numbers.
        scenario: The scenario as it is for this row.
    """

    id: str
    suite: str
    key: str
    scenario: Scenario

    @property
    def file(self) -> str:
        """The file it comes from, as `suite/name`."""
        return self.id.partition("[")[0]


def read_suites(folder: Path = FOLDER) -> dict[str, Suite]:
    """Every suite of a folder, by name."""
    found = {}
    for path in sorted(folder.glob(f"*/{SUITE_FILE}")):
        name = path.parent.name
        found[name] = _validated(path, Suite, _load(path) | {"name": name})
    return found


def read_cases(suite: str, folder: Path = FOLDER) -> list[Case]:
    """Every case of a suite, file by file.

    Raises:
        BadInput: A file cannot be read; it is named.
    """
    paths = [path for path in sorted((folder / suite).glob("*.yaml")) if path.name != SUITE_FILE]
    return [case for path in paths for case in _cases(suite, path)]


def _cases(suite: str, path: Path) -> Iterator[Case]:
    given = _load(path)
    fixed = {name: value for name, value in given.items() if name not in _TABLES}
    seen: set[str] = set()
    for key, row in _rows(path, given):
        filled = {name: _fill(value, row, path) for name, value in fixed.items()}
        scenario = _validated(path, Scenario, filled)
        case_id = f"{suite}/{path.stem}" + (f"[{key}]" if key else "")
        if case_id in seen:
            raise BadInput(f"{path}: two rows are called {key!r}; give each an id of its own")
        seen.add(case_id)
        yield Case(case_id, suite, key or path.stem, scenario)


def _rows(path: Path, given: Item) -> Iterator[tuple[str, Item]]:
    """Rows with what they are called; a file without a table is one row without a name."""
    tables = [name for name in _TABLES if given.get(name)]
    if len(tables) > 1:
        raise BadInput(f"{path}: give one of cases, matrix and pairs, not {' and '.join(tables)}")
    if not tables:
        yield "", {}
        return
    table = given[tables[0]]
    if tables[0] == "cases":
        for place, row in enumerate(table, start=1):
            yield str(row.get("id", place)), row
    elif tables[0] == "matrix":
        for values in itertools.product(*table.values()):
            yield "-".join(str(value) for value in values), dict(zip(table, values, strict=True))
    else:
        for first, second in itertools.combinations(table, 2):
            yield f"{first}-{second}", {"first": first, "second": second}


def _fill(value: Any, row: Mapping[str, Any], path: Path) -> Any:
    """Put a row's values in; a text that is nothing but one `$name` becomes the value itself.

    An item whose value is `$name` of a row that has no such name is left out where the row says so
    with null.
    """
    if isinstance(value, str) and "$" in value and row:
        if value.startswith("$") and value[1:].isidentifier():
            if value[1:] not in row:
                raise BadInput(f"{path}: row {row.get('id', row)} has no {value}")
            return row[value[1:]]
        return Template(value).safe_substitute(row)
    if isinstance(value, dict):
        filled = {key: _fill(each, row, path) for key, each in value.items()}
        return {key: each for key, each in filled.items() if each is not None}
    if isinstance(value, list):
        return [_fill(each, row, path) for each in value]
    return value


def _load(path: Path) -> Item:
    try:
        given = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(given, dict):
        raise BadInput(f"{path}: a scenario is a mapping with a title and steps")
    return given


def _validated(path: Path, model: type[Model], given: Item) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"{path}: {where}: {first['msg']}") from None
