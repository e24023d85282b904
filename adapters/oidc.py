"""The company's sign-in provider: OpenID Connect, code flow with PKCE, by Authlib.

What comes back is who the provider says somebody is, never what they may do here.
"""

from dataclasses import dataclass
from functools import cached_property
from secrets import token_urlsafe
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from ledger.errors import BadInput, Refused

_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_SECONDS = 10.0
_REFUSED = "the sign-in provider did not confirm who you are; begin again from the sign-in page"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: where to send the browser, and what its answer must match."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who the provider says somebody is, by what the home goes by; mail only where verified.

    Attributes:
        issuer: The provider.
        subject: Their account there, which is never given to anybody else.
    """

    issuer: str
    subject: str
    email: str | None
    username: str | None


class SignInProvider(Protocol):
    """Somebody who can say who a person is."""

    def begin(self, back: str) -> Begun:
        """Start a sign-in that comes back to an address of ours."""
        ...

    def finish(self, begun: Begun, code: str, back: str, issuer: str = "") -> Known:
        """Who came back with a code, and with the issuer's name where it gives that."""
        ...


class OidcProvider:
    """An OpenID Connect issuer.

    Args:
        issuer: Its address; without TLS on this machine only.
        client_id: Who we are to it.
        client_secret: Proves that, where it asks for it.
        match: What says who somebody is: a verified mail address, or their user name.

    Raises:
        BadInput: The issuer has no TLS, or Authlib is not installed.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: SecretStr | None,
        match: Literal["email", "username"] = "email",
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id, self._match = client_id, match
        self._client_secret = client_secret
        _check_address(self._issuer)
        try:
            import authlib.integrations.httpx_client  # noqa: F401
        except ImportError:
            raise BadInput("a sign-in provider needs Authlib: install dunwell[oidc]") from None

    def begin(self, back: str) -> Begun:
        """Start a sign-in that comes back to an address of ours."""
        verifier, nonce = token_urlsafe(48), token_urlsafe(24)
        with self._client(back) as client:
            url, state = client.create_authorization_url(
                self._described["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        return Begun(url, state, nonce, verifier)

    def finish(self, begun: Begun, code: str, back: str, issuer: str = "") -> Known:
        """Who came back with a code.

        Raises:
            Refused: The provider did not confirm it, or its answer was made for something else.
        """
        from authlib.common.errors import AuthlibBaseError
        from httpx2 import HTTPError
        from joserfc.errors import JoseError

        if issuer and issuer != self._described["issuer"]:  # RFC 9207: another provider's code
            raise Refused(_REFUSED)
        try:
            with self._client(back) as client:
                token = client.fetch_token(
                    self._described["token_endpoint"], code=code, code_verifier=begun.verifier
                )
                keys = _read(client, self._described["jwks_uri"])
            claims = self._claims(token["id_token"], keys, begun.nonce)
        except (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError) as error:
            raise Refused(_REFUSED) from error
        issuer, subject = self._described["issuer"], claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise Refused(_REFUSED)
        email = claims.get("email") if claims.get("email_verified") is True else None
        # At many providers people choose their user names, so these count only where that is said.
        if self._match == "username":
            return Known(issuer, subject, None, _word(claims.get("preferred_username")))
        return Known(issuer, subject, _word(email), None)

    def _claims(self, id_token: str, keys: Any, nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        offered = self._described.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(algorithms=sorted(_ALGORITHMS.intersection(offered)))
        token = jwt.decode(id_token, KeySet.import_key_set(keys), registry=registry)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self._described["issuer"]},
                "aud": {"essential": True, "value": self._client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": self._client_id},
        )
        claims.validate(leeway=60)
        return dict(claims)

    @cached_property
    def _described(self) -> dict[str, Any]:
        """What the issuer says of itself, read once it answers."""
        with self._client("") as client:
            told = _read(client, f"{self._issuer}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if told.get("issuer", "").rstrip("/") != self._issuer or not all(map(told.get, needed)):
            raise Refused(f"{self._issuer} describes another issuer; check DUNWELL_OIDC_ISSUER")
        for name in needed:
            _check_address(told[name])
        return told

    def _client(self, back: str) -> Any:
        """Authlib's client; it says nothing of its types."""
        from authlib.integrations.httpx_client import OAuth2Client

        secret = self._client_secret
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_SECONDS,
        )


def _read(client: Any, address: str) -> dict[str, Any]:
    from httpx2 import HTTPError

    try:
        answer = client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        told = answer.json()
    except (HTTPError, ValueError) as error:
        raise Refused("the sign-in provider does not answer; try again later") from error
    if not isinstance(told, dict):
        raise Refused(_REFUSED)
    return told


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise BadInput(f"the sign-in provider at {parts.hostname} needs https")


def _word(claim: object) -> str | None:
    return claim.strip().casefold() or None if isinstance(claim, str) else None
