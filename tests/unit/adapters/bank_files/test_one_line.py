"""What a file holds never breaks the one line that refuses it."""

import pytest

from adapters.bank_files import reading
from adapters.bank_files.reading import Reader, read_bank_file
from ledger.errors import BadInput


def test_line_ends_in_a_quoted_piece__stay_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, data: bytes) -> None:
        raise BadInput(f"{name}: {data.decode()} is no segment")

    broken = Reader("broken", lambda _data: True, refuse)
    monkeypatch.setattr(reading, "READERS", (broken,))
    with pytest.raises(BadInput) as refused:
        read_bank_file("f", "a\x0bb\u2028c\nd".encode())
    assert refused.value.message == "f: a b c d is no segment"
