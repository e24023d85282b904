"""How messages may sound at each stage: the shape of `tone.toml`, and reading it."""

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies.errors import PolicyError

_DEFAULT = Path(str(resources.files("policies") / "defaults" / "tone.toml"))


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToneBand(_Closed):
    """What one stage may sound like.

    Attributes:
        courtesy_min: Below it a message does not pass.
        firmness_max: Above it a message does not pass.
        asks: The message must say what is wanted.
        allows: Violations that belong to the stage.
    """

    courtesy_min: float = Field(ge=1, le=5)
    firmness_max: float = Field(ge=1, le=5)
    asks: bool
    allows: tuple[str, ...]


class TonePolicy(_Closed):
    """How messages may sound.

    Attributes:
        otherwise: For a message without a stage, or with one that is not listed.
        stages: By stage; one that ends before an underscore stands for all that go on after it.
    """

    id: str
    version: int = Field(ge=1)
    effective_from: date
    otherwise: ToneBand
    stages: dict[str, ToneBand]

    def band(self, stage: str | None) -> ToneBand:
        """The band of a stage: its own, that of its family (`reply_paid`: `reply`), or any."""
        if stage is None:
            return self.otherwise
        family = stage.partition("_")[0]
        return self.stages.get(stage) or self.stages.get(family) or self.otherwise


def load_tone(folder: Path | None = None) -> TonePolicy:
    """Read `tone.toml` of a policies folder; where the folder lacks it, the default.

    Raises:
        PolicyError: The file is not TOML, or has an unknown or wrong entry.
    """
    path = folder / "tone.toml" if folder else _DEFAULT
    if not path.exists():
        path = _DEFAULT
    try:
        return TonePolicy.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path.name}: not readable TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise PolicyError(
            f"{path.name}: {where}: {first['msg']}; {error.error_count()} finding(s), "
            "correct the file"
        ) from None
