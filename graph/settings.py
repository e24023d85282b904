"""The only reader of the environment."""

import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from ledger.errors import BadInput

Signal = Literal["traces", "metrics"]


class Oidc(BaseModel):
    """The company's sign-in provider, an OpenID Connect issuer, and who we are to it.

    Attributes:
        match: What says who somebody is; a user name only where the provider never gives it to
            anybody else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    client_secret: SecretStr | None = None
    match: Literal["email", "username"] = "email"


class Settings(BaseModel):
    """Where a home lives and what it talks to; everything has an embedded default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path
    database_url: str | None = None
    model: str | None = None
    base_url: str | None = None
    api_key: SecretStr | None = None
    embedding_model: str | None = None
    chroma_url: str | None = None
    input_price: Decimal | None = None
    output_price: Decimal | None = None
    user: str | None = None
    smtp_url: SecretStr | None = None
    sms_url: SecretStr | None = None
    imap_url: SecretStr | None = None
    mail_authserv: str | None = None
    oidc: Oidc | None = None
    public_url: str | None = None
    stripe_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_url: str | None = None
    telemetry: frozenset[Signal] = frozenset()


def read_settings(home: Path | None = None) -> Settings:
    """Settings from the environment; `home` given on the command line wins.

    Raises:
        BadInput: A price is not a number, or a provider is named by half.
    """
    return Settings(
        home=home or Path(os.environ.get("DUNWELL_HOME", "dunwell-home")),
        database_url=os.environ.get("DUNWELL_DATABASE_URL"),
        model=os.environ.get("DUNWELL_MODEL"),
        base_url=os.environ.get("DUNWELL_BASE_URL"),
        api_key=_secret("DUNWELL_API_KEY"),
        embedding_model=os.environ.get("DUNWELL_EMBEDDING_MODEL"),
        chroma_url=os.environ.get("DUNWELL_CHROMA_URL"),
        input_price=_price("DUNWELL_INPUT_PRICE"),
        output_price=_price("DUNWELL_OUTPUT_PRICE"),
        user=os.environ.get("DUNWELL_USER"),
        smtp_url=_secret("DUNWELL_SMTP_URL"),
        sms_url=_secret("DUNWELL_SMS_URL"),
        imap_url=_secret("DUNWELL_IMAP_URL"),
        mail_authserv=os.environ.get("DUNWELL_MAIL_AUTHSERV"),
        oidc=_oidc(),
        public_url=os.environ.get("DUNWELL_PUBLIC_URL"),
        stripe_key=_secret("DUNWELL_STRIPE_KEY"),
        stripe_webhook_secret=_secret("DUNWELL_STRIPE_WEBHOOK_SECRET"),
        stripe_url=os.environ.get("DUNWELL_STRIPE_URL"),
        telemetry=_telemetry(),
    )


def _telemetry() -> frozenset[Signal]:
    """What goes to a collector: nothing, unless one is named; less, where OpenTelemetry is told."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return frozenset()
    told = {
        "traces": os.environ.get("OTEL_TRACES_EXPORTER"),
        "metrics": os.environ.get("OTEL_METRICS_EXPORTER"),
    }
    signals: tuple[Signal, ...] = ("traces", "metrics")
    return frozenset(each for each in signals if (told[each] or "otlp") != "none")


def _oidc() -> Oidc | None:
    issuer = os.environ.get("DUNWELL_OIDC_ISSUER")
    client_id = os.environ.get("DUNWELL_OIDC_CLIENT_ID")
    if not issuer and not client_id:
        return None
    if not issuer or not client_id:
        raise BadInput("set both DUNWELL_OIDC_ISSUER and DUNWELL_OIDC_CLIENT_ID, or neither")
    secret = _secret("DUNWELL_OIDC_CLIENT_SECRET")
    match os.environ.get("DUNWELL_OIDC_MATCH") or "email":
        case "email" | "username" as match:
            return Oidc(issuer=issuer, client_id=client_id, client_secret=secret, match=match)
        case other:
            raise BadInput(f"DUNWELL_OIDC_MATCH is {other!r}: say email or username")


def _secret(name: str) -> SecretStr | None:
    value = os.environ.get(name)
    return SecretStr(value) if value else None


def _price(name: str) -> Decimal | None:
    value = os.environ.get(name)
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        raise BadInput(f"{name} is {value!r}: give the price of a million tokens") from None


def quiet_libraries() -> None:
    """Set what libraries read from the environment, before they are imported.

    Checkpoints hold plain values only, so anything else in one is refused; nothing is traced to
    the outside unless the operator switches it on.
    """
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")
