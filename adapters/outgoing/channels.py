"""Every channel of a home behind one port: each message goes to the port of its channel."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.outgoing.message import ChannelPort, OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind


class Channels:
    """Hands messages over by channel."""

    def __init__(self, ports: Mapping[str, ChannelPort]) -> None:
        self.ports = dict(ports)

    @property
    def plays_the_day(self) -> bool:
        """Only where nothing really leaves by any channel: one home has one clock."""
        return all(port.plays_the_day for port in self.ports.values())

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        """Hand each channel its messages; a channel that fails keeps no other from going."""
        by_channel: dict[str, list[OutgoingMessage]] = defaultdict(list)
        for message in messages:
            by_channel[message.channel].append(message)
        refused: dict[str, Refusal] = {}
        for channel, its_messages in by_channel.items():
            port = self.ports.get(channel)
            if port is None:
                no = Refusal(RefusalKind.MESSAGE, f"nothing here sends by {channel}")
                refused |= {message.outbox_id: no for message in its_messages}
            else:
                refused |= port.deliver(its_messages)
        return refused

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        """What the port of its channel knows; nothing leaves by a channel without one."""
        port = self.ports.get(message.channel)
        return port.was_delivered(message) if port else False

    def delivered(self) -> dict[str, list[Path]]:
        """The files of every channel."""
        found: dict[str, list[Path]] = {}
        for port in self.ports.values():
            for outbox_id, files in port.delivered().items():
                found.setdefault(outbox_id, []).extend(files)
        return found

    def content(self, message: OutgoingMessage) -> bytes:
        """What the file of a message holds."""
        port = self.ports.get(message.channel)
        return port.content(message) if port else b""
