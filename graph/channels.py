"""Which way each channel leaves this home, and the key that seals reply addresses."""

import os
import secrets
from pathlib import Path

from adapters.mail import MaildirMail
from adapters.outgoing.channels import Channels
from adapters.outgoing.files import PortalMessages, PrintFiles, SmsFiles
from adapters.outgoing.message import ChannelPort
from graph.settings import Settings

KEY_FILE = "reply.key"
_KEY_BYTES = 32


def open_channels(settings: Settings) -> Channels:
    """The ports of a home: files everywhere, except where a server is named.

    A server's copies lie where the files of its channel lie without one, so that a home proves
    itself wherever it is opened.

    Raises:
        BadInput: A server is named in a way that cannot be used.
    """
    home = settings.home
    return Channels(
        {
            "email": _mail(settings),
            "sms": _sms(settings),
            "letter": PrintFiles(home / "letters"),
            "portal": PortalMessages(),
        }
    )


def open_internal_mail(settings: Settings) -> ChannelPort:
    """Mail to our own people; its copies lie apart, since none of it needs a permit."""
    return _mail(settings, "internal-mail")


def _mail(settings: Settings, folder: str = "mail") -> ChannelPort:
    if settings.smtp_url is None:
        return MaildirMail(settings.home / folder)
    from adapters.outgoing.smtp import SmtpMail, read_smtp_url

    return SmtpMail(read_smtp_url(settings.smtp_url.get_secret_value()), settings.home / folder)


def _sms(settings: Settings) -> ChannelPort:
    if settings.sms_url is None:
        return SmsFiles(settings.home / "sms")
    from adapters.outgoing.twilio_sms import TwilioSms, read_sms_url

    account = read_sms_url(settings.sms_url.get_secret_value())
    return TwilioSms(account, settings.home / "sms")


def reply_key(home: Path) -> bytes:
    """The key of this home's reply addresses, made once and readable by its owner alone."""
    path = home / KEY_FILE
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    fresh = home / f"{KEY_FILE}.{os.getpid()}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(fresh, path)  # whoever comes second finds the first one's
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
