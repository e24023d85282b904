"""Text messages that a provider's webhook or export left as JSON, a message or a list a file."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from adapters.inbound_mail.folders import visible_files
from adapters.inbound_mail.message import IncomingMessage, Limits, storable
from adapters.inbound_mail.source import Found, in_batches, move

_MOST_BYTES = 10_000_000
_NUMBER = re.compile(r"[^\d+]")


class TextMessage(BaseModel):
    """One text message as it is dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str = Field(min_length=1, max_length=200)
    sender: str = Field(alias="from", min_length=1, max_length=50)
    to: str = Field(default="", max_length=50)
    body: str = ""
    received_at: AwareDatetime


_SHAPE = TypeAdapter(list[TextMessage])


class TextMessageFiles:
    """A folder of JSON files.

    Args:
        folder: `intake/sms`.
        done: Where files go once the books have them.
    """

    def __init__(self, folder: Path, done: Path) -> None:
        self.folder = folder
        self.done = done
        self.refused: list[str] = []

    def batches(self, now: datetime) -> Iterator[list[Found]]:
        """Every text message in the files."""
        files = (path for path in visible_files(self.folder) if path.suffix == ".json")
        return in_batches(found for path in files for found in self._read(path, now))

    def put_away(self, taken: Sequence[Found]) -> None:
        """Move the files."""
        for place in dict.fromkeys(each.place for each in taken if each.closes):
            path = Path(place)
            if why := move(path, self.done / f"{self.folder.name}-{path.name}"):
                self.refused.append(why)

    def _read(self, path: Path, now: datetime) -> Iterator[Found]:
        try:
            messages = read_text_messages(path.read_bytes()[: _MOST_BYTES + 1])
        except OSError as error:
            self.refused.append(f"{path}: {error.strerror or type(error).__name__}")
            return
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(step) for step in first["loc"]) or "the file"
            self.refused.append(f"{path}: {where}: {first['msg']}; {_WANTED}")
            return
        except ValueError:
            self.refused.append(f"{path}: it is no JSON; {_WANTED}")
            return
        if not messages:
            self.refused.append(f"{path}: there is no message in it")
        for number, each in enumerate(messages, start=1):
            message = incoming_text(each, now)
            yield Found(message, str(path), closes=number == len(messages))


_WANTED = "give id, from, to, body, received_at with its zone"


def read_text_messages(data: bytes) -> list[TextMessage]:
    """Read one text message or a list of them.

    Raises:
        ValueError: It is no JSON, or not of this shape.
    """
    told = orjson.loads(data)
    return _SHAPE.validate_python(told if isinstance(told, list) else [told])


def incoming_text(told: TextMessage, now: datetime) -> IncomingMessage:
    """A text message like any other from outside."""
    limit = Limits().text_characters
    return IncomingMessage(
        channel="sms",
        carrier="sms",
        message_id=f"sms:{storable(told.id, 200)}",
        sender=_NUMBER.sub("", told.sender),
        recipients=(_NUMBER.sub("", told.to),) if told.to else (),
        body=storable(told.body, limit),
        received_at=min(told.received_at.astimezone(UTC), now),
    )
