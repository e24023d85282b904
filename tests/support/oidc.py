"""A sign-in provider on loopback: OpenID Connect as a real one answers it, with faults to order."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "dunwell-desk", "what only the two of us know"


@dataclass
class Provider:
    """What the provider says, and what it was asked.

    Attributes:
        claims: Laid over the claims of the next id token.
        key: Signs it.
        asked: Parameters of every authorization, by code.
    """

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    known: Any = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Discovery, authorization, token and keys."""
        app = FastAPI()
        self.known = self.key

        @app.get("/.well-known/openid-configuration")
        def describe() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["ES256", "none", "HS256"],
            }

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            asked = dict(request.query_params)
            code = f"code-{len(self.asked)}"
            self.asked[code] = asked
            query = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
            return RedirectResponse(f"{asked['redirect_uri']}?{query}", 302)

        @app.post("/token")
        def token(
            request: Request,
            code: str = Form(),
            code_verifier: str = Form(),
            redirect_uri: str = Form(),
        ) -> Response:
            asked = self.asked.pop(code, None)
            basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            hashed = hashlib.sha256(code_verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
            right = (
                asked is not None
                and request.headers.get("authorization") == f"Basic {basic}"
                and (asked["code_challenge"], asked["code_challenge_method"]) == (challenge, "S256")
                and asked["redirect_uri"] == redirect_uri
            )
            if asked is None or not right:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse(
                {
                    "access_token": "opaque",
                    "token_type": "Bearer",
                    "expires_in": 60,
                    "id_token": self._id_token(asked["nonce"]),
                }
            )

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return dict(KeySet([self.known]).as_dict(private=False))

        return app

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "42",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
        } | self.claims
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.key)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on a free port of this machine."""
    made = Provider()
    server = uvicorn.Server(uvicorn.Config(made.app(), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made.issuer = f"http://127.0.0.1:{port}"
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join()
