"""From the broker to the engine: fixes in batches, events and terminals' answers one by one, acknowledged when kept.

It decides what goes to the engine in which order, and when the broker and the gateways hear that it is safe: after
the commit, never before. What a fix or an event means is the engine's to decide.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
import structlog

from arls import messages as m
from arls.dispatch import Refusal
from arls.engine import BusyError
from arls.incident import Act, AssignmentId
from gateways.caller_payloads import read_call
from gateways.cargo import BACKLOG
from gateways.clock import received_now
from gateways.inbox import Inbox
from gateways.mqtt import Link
from gateways.payloads import Event, Receipt, Reject, read_event, read_fixes
from gateways.statuses import Statuses
from gateways.strays import Strays
from gateways.terminals import ack_subscription, find_ack_callsign
from gateways.topics import pressing_subscriptions, receipt_topic, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Future

    from arls.engine import Engine, Outcome
    from arls.fix import Fix
    from gateways.inbox import Taken
    from gateways.mqtt import BrokerAddress, Inbound
    from gateways.payloads import Mark

_log = structlog.get_logger(__name__)

# Batches that the engine has and has not committed. What it does not keep up with waits here, where an emergency
# overtakes it, and not in the engine's queue, where nothing does.
_MOST_UNDER_WAY = 4
# The engine's queue is bounded; a stalled engine stalls us, and the broker keeps what we have not acknowledged.
_ENGINE_WAIT_S = 30.0
_ENGINE_LOOK_S = 1.0
# A commit that broke is tried again after so long.
_AGAIN_S = 0.5
_SAMPLE_OCTETS = 512
_CALLERS = "caller/-/location"
# Of one gateway: whoever forges names fills no memory with them.
_DEVICES = 100_000

# TETRA status values that stand for state codes: 0 is the emergency (protocols.md 1.2), the others are each force's
# own; these are the made-up force's, for codes 1 to 16. What a code means is its pack's to say.
STATUS_CODES = {0: 0} | {0x8010 + code: code for code in range(1, 17)}

_OPERATOR, _DESK = "gateway", "radio"

_ACTS = {
    "delivered": Act.DELIVER,
    "accepted": Act.ACCEPT,
    "refused": Act.REFUSE,
    "arrived": Act.ARRIVE,
    "clear": Act.CLEAR,
}


class TerminalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a terminal says to a deployment."""

    assignment_id: str
    answer: str
    warnings_read: bool = False  # that its crew has read those of the deployment


_ANSWERS = msgspec.json.Decoder(TerminalAnswer)


@dataclass(slots=True)
class _Batch:
    """What was gathered, sorted by what the engine is asked."""

    taken: Taken
    fixes: list[Fix] = field(default_factory=list)
    rejects: list[m.Reject] = field(default_factory=list)
    publications: list[m.Publication] = field(default_factory=list)
    commands: list[tuple[m.Command, str | None]] = field(default_factory=list)  # each with its key, if it has one


class Intake:
    """One subscriber for one force. `start` it once the engine runs; `counters` tells what came."""

    def __init__(self, engine: Engine, address: BrokerAddress, *, force: str) -> None:
        self.counters: Counter[str] = Counter()
        self.gateways = Statuses()
        self.strays = Strays()
        self._engine = engine
        self._force = force
        self._inbox = Inbox()
        self._under_way = threading.Semaphore(_MOST_UNDER_WAY)
        self._leaves = threading.Event()
        self._heard: dict[str, set[str]] = {}  # devices by gateway
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self.link = Link(
            address,
            client_id=f"arls-core-{force}",
            on_message=self._inbox.put,
            subscriptions=subscriptions(force),
            on_connect=self._connected,
            manual_ack=True,
            # 3.1.1 costs a third of what MQTT 5 does for each message received (operations.md).
            mqtt5=False,
        )
        # A connection of their own, since the broker hands on in order what it holds for one.
        self.pressing_link = Link(
            address,
            client_id=f"arls-core-{force}-events",
            on_message=self._inbox.press,
            subscriptions=(*pressing_subscriptions(force), ack_subscription(force)),
            manual_ack=True,
            mqtt5=False,
        )

    @property
    def fault(self) -> str | None:
        """Why nothing comes, in a sentence; None while both links are up."""
        down = next((link for link in (self.pressing_link, self.link) if not link.is_up), None)
        return None if down is None else down.fault or "There is no link to the broker."

    def start(self, *, patient: bool = False) -> None:
        """Connect and begin. Raises BrokerError when there is no broker, unless `patient`."""
        self._thread.start()
        self.pressing_link.start(patient=patient)
        self.link.start(patient=patient)

    def stop(self) -> None:
        """Leave the broker and finish what came."""
        self.pressing_link.stop()
        self.link.stop()
        self._leaves.set()
        self._inbox.end()
        self._thread.join()

    def _run(self) -> None:
        while (taken := self._inbox.take()) is not None:
            if self._has_turn():
                self._hand_on(self._read(taken))

    def _has_turn(self) -> bool:
        """Waits for the engine; false when we leave meanwhile, and the broker keeps what it sent."""
        while not self._under_way.acquire(timeout=_ENGINE_LOOK_S):
            if self._leaves.is_set():
                return False
        return True

    def _read(self, taken: Taken) -> _Batch:
        batch = _Batch(taken)
        for message in (*taken.pressing, *taken.ordinary):
            self.counters["received"] += 1
            kind = message.topic.split("/", 4)[3:4]
            match kind:
                case ["fix"]:
                    self._read_fixes(message, batch)
                case ["event"]:
                    self._read_event(message, batch)
                case ["caller"]:
                    self._read_call(message, batch)
                case ["unit"]:
                    self._read_answer(message, batch)
                case ["gw"]:
                    self.gateways.take(message)
                case _:
                    self.counters["other"] += 1
        return batch

    def _read_fixes(self, message: Inbound, batch: _Batch) -> None:
        reading = read_fixes(message.topic, message.payload, arrived_at=message.received_at)
        batch.fixes += reading.fixes
        self.counters["fixes"] += len(reading.fixes)
        self._refuse(message, reading.rejects, batch)
        _mark(reading.mark, batch)

    def _read_event(self, message: Inbound, batch: _Batch) -> None:
        event, mark = read_event(message.topic, message.payload, arrived_at=message.received_at)
        _mark(mark, batch)
        if not isinstance(event, Event):
            self._refuse(message, (event,), batch)
            return
        self.counters["events"] += 1
        if message.retain:
            return  # a retained emergency would fire again at each reconnection (protocols.md 13)
        code = STATUS_CODES.get(event.code, event.code) if event.code is not None else None
        states = event.type in {"state", "status"} and code is not None
        pressed = event.type == "emergency" or (states and self._calls_for_help(code, message))
        if pressed or states:
            command = m.RadioEvent(
                at=message.received_at,
                operator=_OPERATOR,
                desk=_DESK,
                source=event.source,
                kind="emergency" if pressed else "state",
                code=code,
                happened_at=event.received_at if BACKLOG in event.flags else None,
            )
            # A tracker tells of a press again until it is acknowledged: under its id it is the same one.
            batch.commands.append((command, f"press {event.source} {event.id}" if _is_press(command) else None))

    def _calls_for_help(self, code: int | None, message: Inbound) -> bool:
        """TETRA's status 0 does in every force; what else does is for the pack in force to say."""
        return code == 0 or self._engine.known.packs.states_at(message.received_at).is_emergency(code)

    def _read_call(self, message: Inbound, batch: _Batch) -> None:
        report, mark = read_call(message.topic, message.payload, arrived_at=message.received_at)
        _mark(mark, batch)
        if isinstance(report, Reject):
            self.counters["rejected"] += 1
            # Of what cannot be read nobody knows what it says of whom, so none of it is kept.
            nobody = message._replace(topic=_CALLERS, payload=b"")
            batch.rejects.append(_reject_of(nobody, report.reason))
            return
        self.counters["callers"] += 1
        command = m.LocateCaller(
            at=message.received_at, operator=_OPERATOR, desk=_DESK, call=report.call, location=report.location
        )
        batch.commands.append((command, None))

    def _read_answer(self, message: Inbound, batch: _Batch) -> None:
        callsign = find_ack_callsign(message.topic)
        try:
            answer = _ANSWERS.decode(message.payload)
            act = _ACTS[answer.answer]
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
            self.counters["rejected"] += 1
            batch.rejects.append(_reject_of(message, f"not_an_answer: {error}"[:80]))
            return
        assignment = self._engine.known.assignments.get(AssignmentId(answer.assignment_id))
        if assignment is None or assignment.callsign != callsign:
            self.counters["rejected"] += 1
            reason = "answer_of_nobody" if assignment is None else "answer_for_another"
            batch.rejects.append(_reject_of(message, reason))
            return
        command = m.Advance(
            at=message.received_at,
            operator=assignment.callsign,
            desk="terminal",
            assignment=assignment.id,
            act=act,
            via="terminal",
        )
        batch.commands.append((command, None))
        if answer.warnings_read:
            read = m.NoteWarningsRead(
                at=message.received_at,
                operator=assignment.callsign,
                desk="terminal",
                assignment=assignment.id,
                via="terminal",
            )
            batch.commands.append((read, None))

    def _refuse(self, message: Inbound, rejects: tuple[Reject, ...], batch: _Batch) -> None:
        self.counters["rejected"] += len(rejects)
        batch.rejects += [_reject_of(message, reject.reason) for reject in rejects]

    def _hand_on(self, batch: _Batch) -> None:
        # What is asked first is committed first or together: a receipt never runs ahead of an event it covers.
        at = max(message.received_at for messages in batch.taken for message in messages)
        fixes = m.RecordFixes(
            at=at,
            operator=_OPERATOR,
            desk=_DESK,
            fixes=tuple(batch.fixes),
            rejects=tuple(batch.rejects),
            publications=tuple(batch.publications),
        )
        # Answered in the order in which they were asked, so that with the last all are.
        futures = [self._ask(command, key) for command, key in (*batch.commands, (fixes, None))]
        futures[-1].add_done_callback(lambda _last: self._settled(futures, batch))

    def _ask(self, command: m.Command, key: str | None) -> Future[Outcome]:
        while True:
            try:
                return self._engine.ask(command, key=key, wait_s=_ENGINE_WAIT_S)
            except BusyError:
                _log.warning("the engine does not keep up: the broker holds what comes")

    def _hand_in_again(self, taken: Taken) -> None:
        for message in taken.ordinary:
            self._inbox.put(message)
        for message in taken.pressing:
            self._inbox.press(message)

    def _settled(self, futures: list[Future[Outcome]], batch: _Batch) -> None:
        self._under_way.release()
        if any(future.exception() is not None for future in futures):
            # One broken commit may have held the emergency and the next one the fixes: nothing is acknowledged, and
            # all of it is handed on again, which ids and rules make harmless. The broker would wait for a reconnection.
            again = threading.Timer(_AGAIN_S, self._hand_in_again, [batch.taken])
            again.daemon = True
            again.start()
            return
        for (command, _), future in zip(batch.commands, futures, strict=False):
            if isinstance(command, m.RadioEvent) and _is_press(command) and _is_nobodys(future.result()):
                self.strays.note(command.source, command.at)
                _log.error("an emergency from a device that no unit carries", source=command.source)
            if isinstance(command, m.Advance) and isinstance(future.result(), Refusal):
                self.counters["late answers"] += 1  # again, or when it was over: the journal has it as refused
        for link, messages in zip((self.pressing_link, self.link), batch.taken, strict=True):
            for message in messages:
                link.ack(message)
        for fix in batch.fixes:
            heard = self._heard.setdefault(fix.gateway, set())
            if len(heard) < _DEVICES:
                heard.add(fix.source)
        self._tell({publication.gateway for publication in batch.publications})

    def _tell(self, gateways: Iterable[str]) -> None:
        """Receipts: how far each gateway's publications are journalled."""
        known = self._engine.known
        carried = {source for sources in known.sources.values() for source in sources}
        for gateway in gateways:
            receipt = Receipt(
                session=known.receipts[gateway].session,
                seq=known.receipts[gateway].seq,
                unknown_devices=len(self._heard.get(gateway, set()) - carried),
                at=received_now(),
            )
            self.link.publish(receipt_topic(self._force, gateway), msgspec.json.encode(receipt), retain=True)

    def _connected(self) -> None:
        """Tells every gateway that somebody listens again: what had no receipt meanwhile need not wait any longer."""
        self._tell(list(self._engine.known.receipts))


def _is_press(command: m.RadioEvent) -> bool:
    return command.kind == "emergency"


def _is_nobodys(outcome: Outcome) -> bool:
    return isinstance(outcome, Refusal) and outcome.code == "unknown_device"


def _mark(mark: Mark, batch: _Batch) -> None:
    """Notes the number, also of what could not be read: it is journalled as a reject, and its gateway may forget it."""
    if mark.gateway and mark.gw_session is not None and mark.gw_seq is not None:
        # A number under which the same was sent before needs no message of its own any more.
        batch.publications += (
            m.Publication(gateway=mark.gateway, session=mark.gw_session, seq=seq)
            for seq in (mark.gw_seq, *mark.gw_void)
        )


def _reject_of(message: Inbound, reason: str) -> m.Reject:
    return m.Reject(
        topic=message.topic[:200],
        reason=reason,
        sample=message.payload[:_SAMPLE_OCTETS],
        received_at=message.received_at,
    )
