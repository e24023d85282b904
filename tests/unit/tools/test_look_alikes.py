"""A domain that resembles a customer's is told from the customer's own and from a stranger's."""

import pytest

from tools.look_alikes import look_alikes

KNOWN = frozenset({"harbor.example", "mercury.example", "summit.co.uk", "kb.example"})


class TestLookAlikes:
    @pytest.mark.parametrize(
        ("domain", "resembles"),
        [
            ("harb0r.example", "harbor.example"),
            ("rnercury.example", "mercury.example"),
            ("harbour.example", "harbor.example"),
            ("habror.example", "harbor.example"),
            ("harbor.test", "harbor.example"),
            ("sumrnit.co.uk", "summit.co.uk"),
            ("h\u0430rbor.example", "harbor.example"),
            ("xn--hrbor-4ve.example", "harbor.example"),
            ("har-bor.example", "harbor.example"),
        ],
    )
    def test_resembling_domain__is_found(self, domain: str, resembles: str) -> None:
        assert look_alikes([f"ap@{domain}"], KNOWN) == {domain: resembles}

    @pytest.mark.parametrize(
        "domain", ["harbor.example", "mail.harbor.example", "elsewhere.example", "kd.example", ""]
    )
    def test_own_or_strange_domain__is_none(self, domain: str) -> None:
        assert look_alikes([f"ap@{domain}"], KNOWN) == {}

    def test_no_customers__nothing_resembles(self) -> None:
        assert look_alikes(["a@b.example"], frozenset()) == {}
