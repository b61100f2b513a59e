"""The one door to the broker: paho, kept connected, with callbacks handed in.

It decides how a connection is made, kept, mourned and made again, and when a message is acknowledged: never by
itself. What is published and what a message means is decided by whoever holds a link.
"""

from __future__ import annotations

import logging
import random
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateways.clock import received_now
from gateways.tls import client_context_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from paho.mqtt.client import ConnectFlags, DisconnectFlags, SocketLike
    from paho.mqtt.reasoncodes import ReasonCode

    from gateways.tls import Tls

_log = logging.getLogger(__name__)

# protocols.md 13.
SESSION_EXPIRY_S = 3_600
KEEP_ALIVE_S = 25
WILL_DELAY_S = 15

_FIRST_ANSWER_S = 5.0
_FAREWELL_S = 2.0
_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.5, 30.0

# Publications that paho holds for the broker; what is beyond is the caller's to keep.
_MOST_QUEUED = 10_000
_MOST_IN_FLIGHT = 500

# Two programs with one client id throw each other out without end. Mosquitto 2.0.11 does not send MQTT 5's reason for
# it (0x8E), so it is known by connections that are accepted and do not last.
_LASTING_S = 10.0
_BRIEF_LIVES = 3


class BrokerError(Exception):
    """No link to a broker; its text is a sentence for the person who started us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """Where a broker listens and how to get in."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    speaks_mqtt5: bool = True  # the Python broker knows 3.1.1 only


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker says in our place, retained, when we have been gone for a while."""

    topic: str
    payload: bytes


class Inbound(NamedTuple):
    """One message as it came; made for every message, so it is as cheap as a tuple."""

    topic: str
    payload: bytes
    received_at: datetime
    retain: bool
    qos: int
    mid: int
    connection: int  # which of our connections brought it: an acknowledgement is only good on that one
    response_topic: str | None = None  # MQTT 5: where whoever asks wants to be answered, and by what he knows it
    correlation: bytes | None = None


class Link:
    """A connection to the broker that comes back by itself. All methods may be called from any thread.

    `on_message` and `on_connect` (behind the subscriptions of each connection) run in paho's thread: the first must
    only put away what it is given. With `manual_ack` every message is
    acknowledged by `ack` alone. MQTT 3.1.1 costs a third of what MQTT 5 does for each message received
    (operations.md), so a consumer of many may ask for it. Of one that is passing the broker remembers nothing.
    """

    def __init__(
        self,
        address: BrokerAddress,
        *,
        client_id: str,
        on_message: Callable[[Inbound], None],
        subscriptions: tuple[str, ...] = (),
        on_connect: Callable[[], None] | None = None,
        will: Will | None = None,
        manual_ack: bool = False,
        is_passing: bool = False,
        receive_maximum: int = 100,
        mqtt5: bool = True,
    ) -> None:
        self.address = address
        self.fault: str | None = None  # a sentence, while there is no connection and a reason is known
        self._hand_over = on_message
        self._on_connect = on_connect
        self._subscriptions = subscriptions
        self._mqtt5 = mqtt5 and address.speaks_mqtt5
        self._receive_maximum = receive_maximum
        self._connection = 0
        self._attempts = 0
        self._brief_lives = 0
        self._up_since_s = 0.0
        self._answered = threading.Event()
        self._last: MQTTMessageInfo | None = None
        self._publish_properties: dict[int | None, Properties | None] = {}
        self._is_passing = is_passing
        self._client = self._made_client(client_id, will, manual_ack=manual_ack)

    @property
    def is_up(self) -> bool:
        """True while the broker has accepted us."""
        return self._client.is_connected()

    def start(self, *, patient: bool = False) -> None:
        """Connects. Raises BrokerError when there is no broker now; when `patient`, it tries until there is one."""
        self._client.connect_async(self.address.host, self.address.port, KEEP_ALIVE_S, **self._connect_options())
        self._client.loop_start()
        if patient:
            return
        self._answered.wait(_FIRST_ANSWER_S)
        if not self.is_up:
            fault = self.fault or self._silence()
            self.stop()
            raise BrokerError(fault)

    def stop(self) -> None:
        """Sends what is still waiting, for two seconds at most, and leaves. The session stays for an hour."""
        if self._last is not None and self.is_up:
            with suppress(RuntimeError, ValueError):  # paho's way to say that it never went out
                self._last.wait_for_publish(_FAREWELL_S)
        self._client.disconnect()
        self._client.loop_stop()
        # paho closes its sockets when it is collected, at whatever moment that is; there is no public way to do it now.
        self._client._reset_sockets()  # noqa: SLF001

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        correlation: bytes | None = None,
    ) -> bool:
        """Hands one message over; False when it was not taken, because the queue to the broker is full.

        What has a `correlation` answers somebody, and does not expire.
        """
        properties = self._properties_of(expiry_s) if correlation is None else self._answer_properties(correlation)
        info = self._client.publish(topic, payload, qos, retain, properties)
        self._last = info
        return info.rc in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN}

    def ack(self, message: Inbound) -> None:
        """Tells the broker that the message is safe. After a reconnection it comes again, and this does nothing."""
        if message.connection == self._connection:
            self._client.ack(message.mid, message.qos)

    def _made_client(self, client_id: str, will: Will | None, *, manual_ack: bool) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if self._mqtt5 else self._is_passing,
            protocol=MQTTProtocolVersion.MQTTv5 if self._mqtt5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=manual_ack,
        )
        client.max_queued_messages_set(_MOST_QUEUED)
        client.max_inflight_messages_set(_MOST_IN_FLIGHT)
        if self.address.username is not None:
            client.username_pw_set(self.address.username, self.address.password)
        if self.address.tls is not None:
            client.tls_set_context(client_context_of(self.address.tls))
        if will is not None:
            client.will_set(will.topic, will.payload, 1, True, self._will_properties())
        client.on_socket_open = _without_delay
        client.on_connect = self._connected
        client.on_connect_fail = self._not_connected
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        return client

    def _connect_options(self) -> dict[str, Any]:
        if not self._mqtt5:
            return {}
        properties = _properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0 if self._is_passing else SESSION_EXPIRY_S
        properties.ReceiveMaximum = self._receive_maximum
        return {"clean_start": self._is_passing, "properties": properties}

    def _will_properties(self) -> Properties | None:
        if not self._mqtt5:
            return None
        properties = _properties(PacketTypes.WILLMESSAGE)
        properties.WillDelayInterval = WILL_DELAY_S
        properties.ContentType = "application/json"
        properties.PayloadFormatIndicator = 1
        return properties

    def _properties_of(self, expiry_s: int | None) -> Properties | None:
        if not self._mqtt5:
            return None
        properties = self._publish_properties.get(expiry_s)
        if properties is None:
            properties = _PackedOnce(PacketTypes.PUBLISH)
            properties.ContentType = "application/json"
            properties.PayloadFormatIndicator = 1
            if expiry_s is not None:
                properties.MessageExpiryInterval = expiry_s
            self._publish_properties[expiry_s] = properties
        return properties

    def _answer_properties(self, correlation: bytes) -> Properties | None:
        if not self._mqtt5:
            return None
        properties = _properties(PacketTypes.PUBLISH)
        properties.ContentType = "application/json"
        properties.PayloadFormatIndicator = 1
        properties.CorrelationData = correlation
        return properties

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.fault = f"The broker at {self._where()} refuses us: {reason}."
            self._answered.set()
            return
        self.fault = None
        self._up_since_s = monotonic()
        self._connection += 1
        if self._subscriptions:
            client.subscribe([(topic, 1) for topic in self._subscriptions])
        if self._on_connect is not None:
            self._on_connect()
        self._answered.set()

    def _not_connected(self, _client: Client, _data: object) -> None:
        self.fault = self._silence()
        self._answered.set()
        self._back_off()

    def _disconnected(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure and self.fault is None:
            self._mourn(reason)
        self._back_off()

    def _mourn(self, reason: ReasonCode) -> None:
        """Says why a connection ended. Only one that lasted makes the next attempt as quick as the first."""
        if monotonic() - self._up_since_s >= _LASTING_S:
            self._attempts = self._brief_lives = 0
        else:
            self._brief_lives += 1
        if self._brief_lives >= _BRIEF_LIVES:
            self.fault = f"The broker at {self._where()} drops us again and again: have two programs one client id?"
        else:
            self.fault = f"The link to the broker at {self._where()} broke: {reason}."
        _log.warning(self.fault)

    def _message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self._hand_over(
            Inbound(
                message.topic,
                bytes(message.payload),
                received_now(),
                message.retain,
                message.qos,
                message.mid,
                self._connection,
                getattr(message.properties, "ResponseTopic", None),
                getattr(message.properties, "CorrelationData", None),
            )
        )

    def _back_off(self) -> None:
        """Doubling waits with jitter: after a broker's restart its clients must not all come at once."""
        ceiling_s = min(_LONGEST_WAIT_S, _SHORTEST_WAIT_S * 2**self._attempts)
        self._attempts = min(self._attempts + 1, 16)
        wait_s = ceiling_s * random.uniform(0.5, 1.0)  # noqa: S311  # spread, not secrecy
        self._client.reconnect_delay_set(wait_s, wait_s)

    def _where(self) -> str:
        return f"{self.address.host}:{self.address.port}"

    def _silence(self) -> str:
        return f"No broker answers at {self._where()}: start one (mosquitto), or set the address of the one to use."


class _PackedOnce(Properties):
    """Properties that are not changed once they were sent: paho packs them anew for each message, in 80 us."""

    packed: bytes | None

    def __init__(self, packet_type: int) -> None:
        super().__init__(packet_type)  # type: ignore[no-untyped-call]  # paho leaves these untyped
        object.__setattr__(self, "packed", None)  # paho's own takes properties of MQTT alone

    def pack(self) -> bytes:
        """As paho's."""
        if self.packed is None:
            object.__setattr__(self, "packed", super().pack())  # type: ignore[no-untyped-call]  # the same
        return self.packed or b""


def _without_delay(_client: Client, _data: object, connection: SocketLike) -> None:
    """Nagle's delay off: behind the acknowledgement of a receipt a publication waited 24 ms for the peer's kernel."""
    cast("socket.socket", connection).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _properties(packet_type: int) -> Properties:
    return Properties(packet_type)  # type: ignore[no-untyped-call]  # paho leaves this one untyped
