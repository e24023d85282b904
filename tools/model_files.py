"""Trained models in the folder of a home: written whole, read only as the journal knows them."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from ledger.errors import NotFound, Refused

if TYPE_CHECKING:
    from engines.risk.model import TimingModel

FOLDER = "risk"
_RECORD = "record.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_FILE = re.compile(r"[a-z0-9_]+\.(txt|npy)")

Scores = dict[str, float | None]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Learnt(_Said):
    """What a model was learnt from."""

    first_issued_on: date
    last_issued_on: date
    invoices: int
    paid: int
    accounts: int


class BackTest(_Said):
    """The rolling back-test of a version, of the one in use then, and of no model at all.

    Attributes:
        invoices: Invoices asked about, on their day of issue or the first of the test, due a week
            before the end.
        candidate: Figures of the way this version was learnt, learnt again each month from what
            was known by then.
        in_use: Figures of the version in use, on the same invoices; none of which it had seen.
        in_use_version: Empty where none was in use.
        no_model: Figures of each customer's habit alone.
    """

    first_on: date
    last_on: date
    invoices: int
    candidate: Scores
    in_use: Scores | None
    in_use_version: str
    no_model: Scores


class Record(_Said):
    """Everything there is to know of a version, under whose hash it is approved."""

    format: int = 1
    as_of: date
    learnt: Learnt
    back_test: BackTest
    features: tuple[str, ...]
    note: str
    code: str
    libraries: dict[str, str]
    files: dict[str, str]


def digest(content: bytes) -> str:
    """sha256 of a file."""
    return hashlib.sha256(content).hexdigest()


def save(home: Path, record: Record, files: Mapping[str, bytes]) -> tuple[str, str]:
    """Write a version; the same content has the same name.

    Returns:
        The version and the digest of its record, which holds the digests of its files.
    """
    content = orjson.dumps(record.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
    sealed = digest(content)
    version = f"{record.as_of}-{sealed[:8]}"
    folder = home / FOLDER
    folder.mkdir(exist_ok=True)
    fresh = folder / f".{version}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, data in files.items():
        (fresh / name).write_bytes(data)
    (fresh / _RECORD).write_bytes(content)
    shutil.rmtree(folder / version, ignore_errors=True)
    fresh.rename(folder / version)
    return version, sealed


def read_record(home: Path, version: str, sealed: str) -> Record:
    """The record of a version, if it is the one the journal knows.

    Raises:
        NotFound: It is not in the folder.
        Refused: It says something else than when it was trained.
    """
    content = _content(home, version, _RECORD)
    if digest(content) != sealed:
        raise _differs(version, _RECORD)
    try:
        return Record.model_validate_json(content)
    except ValidationError as error:
        where = error.errors()[0]
        raise Refused(
            f"model {version}: {_RECORD} is of a shape this program does not know "
            f"({'.'.join(map(str, where['loc']))}); train a model with `dunwell risk train`"
        ) from None


def check_files(home: Path, version: str, sealed: str) -> dict[str, bytes]:
    """The files of a version, each with the content it was approved with.

    Raises:
        NotFound: One is not in the folder.
        Refused: One says something else than when it was trained.
    """
    record = read_record(home, version, sealed)
    files = {}
    for name, expected in record.files.items():
        content = _content(home, version, name)
        if digest(content) != expected:
            raise _differs(version, name)
        files[name] = content
    return files


def load(home: Path, version: str, sealed: str) -> "TimingModel":
    """A version ready to use.

    Raises:
        NotFound: A file is not there.
        Refused: A file is not what it was, or cannot be read.
    """
    from engines.risk.artifact import unpack

    record, files = read_record(home, version, sealed), check_files(home, version, sealed)
    try:
        return unpack(files, record.as_of, record.note)
    except ValueError as error:
        raise Refused(f"model {version} cannot be read: {error}") from None


def _content(home: Path, version: str, name: str) -> bytes:
    fits = _VERSION.fullmatch(version) and (name == _RECORD or _FILE.fullmatch(name))
    path = home / FOLDER / version / name
    if not fits or not path.is_file():
        raise NotFound(
            f"model {version}: {FOLDER}/{version}/{name} is not there; bring it back from a copy, "
            "or train with `dunwell risk train`"
        )
    return path.read_bytes()


def _differs(version: str, name: str) -> Refused:
    return Refused(
        f"model {version}: {FOLDER}/{version}/{name} is not what was trained (its hash differs); "
        "bring it back from a copy, or train with `dunwell risk train`"
    )
