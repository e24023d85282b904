"""What a page sends: a form with its token, read once, as plain text fields."""

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from api.pages.access import SignedIn, check_form
from ledger.errors import BadInput

MAX_FIELDS = 200
Read = TypeVar("Read", bound=BaseModel)
TOKEN = "form_token"  # noqa: S105 - the name of a field


async def sent_form(request: Request, visitor: SignedIn) -> FormData:
    """The form of a POST, once its token was found right.

    Raises:
        Refused: It was not made for this browser.
    """
    form = await request.form(max_files=5, max_fields=MAX_FIELDS)
    token = form.get(TOKEN)
    check_form(request, visitor, token if isinstance(token, str) else "")
    return form


Sent = Annotated[FormData, Depends(sent_form)]


def word(form: FormData, name: str, default: str = "") -> str:
    """One text field; a file or nothing counts as the default."""
    value = form.get(name, default)
    return default if isinstance(value, UploadFile) else value.strip()


def words(form: FormData, name: str) -> list[str]:
    """All values of a field that may come several times."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def read_as(model: type[Read], form: FormData) -> Read:
    """The fields of a form as a model; empty fields count as left out.

    Raises:
        BadInput: A field cannot be used; the first one is named.
    """
    held = {
        name: value
        for name, value in form.items()
        if name != TOKEN and isinstance(value, str) and value.strip()
    }
    try:
        return model.model_validate(held)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the form"
        raise BadInput(f"{where}: {first['msg']}") from None
