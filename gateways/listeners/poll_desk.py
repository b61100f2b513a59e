"""Where commands to ask radios come in, and answers go out: one subscription, and the radios of the other listeners.

It decides in which order a command is judged, asked and answered. What may be asked is `polls`', what it looks like on
the air `requests`'. A raised rate is one request after the other, until its time is over: nothing is set in the radio,
so nothing has to be set back, whatever happens to the gateway meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Literal

import msgspec

from gateways.clock import received_now
from gateways.decoders.message import DecodeError, Ignored
from gateways.listeners.listener import ListenerError, OfRadios
from gateways.listeners.pei_life import EXPIRED
from gateways.listeners.pei_states import READY
from gateways.mqtt import BrokerError, Link
from gateways.payloads import LineStatus
from gateways.polls import POLLS, Budget, PollAnswer, PollCommand, PollRefusedError, must_be_valid, read_command, ssi_of
from gateways.requests import lip_request, lrrp_request
from gateways.topics import answer_topic, command_topic, response_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.decoders.message import Outcome
    from gateways.listeners.listener import Ear, Listener
    from gateways.listeners.pei_talk import PeiTalk
    from gateways.mqtt import BrokerAddress, Inbound
    from gateways.polls import PollRules

_ANSWER_EXPIRY_S = 600
_REMEMBERED = 1_000
_NOBODY = "unknown"


class PollDesk:
    """One gateway's desk for commands; `listeners` are those whose radios it may ask."""

    def __init__(
        self,
        address: BrokerAddress,
        listeners: Sequence[Listener],
        rules: PollRules,
        *,
        force: str,
        gateway: str,
        patient: bool = False,
    ) -> None:
        self._listeners = [listener for listener in listeners if isinstance(listener, OfRadios)]
        self._rules = rules
        self._force = force
        self._gateway = gateway
        self._patient = patient
        self._budget = Budget(rules.budget_per_min)
        self._counts: Counter[str] = Counter()
        # The latest answer by command, None while there is none yet: the broker may bring a command twice.
        self._seen: OrderedDict[str, PollAnswer | None] = OrderedDict()
        self._rates: dict[str, asyncio.Task[None]] = {}  # by source
        self._tasks: set[asyncio.Task[None]] = set()
        self._ear: Ear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._link = Link(
            address,
            client_id=f"arls-poll-{gateway}",
            on_message=self._arrived,
            subscriptions=(command_topic(force, gateway),),
        )

    @property
    def line(self) -> LineStatus:
        """How much has been asked."""
        used = self._budget.used(self._delivered(), monotonic())
        said = ", ".join(f"{count} {word}" for word, count in sorted(self._counts.items())) or "nothing asked yet"
        return LineStatus(
            name=f"polls by {command_topic(self._force, self._gateway)}",
            over="mqtt",
            dialect=POLLS,
            state="listening" if self._link.is_up else "down",
            detail=f"Requests: {said}. {used} of {self._rules.budget_per_min} messages of this minute's radio budget; "
            f"{len(self._rates)} radios at a raised rate.",
        )

    async def start(self, ear: Ear) -> None:
        """Connects. Raises ListenerError when no broker is there, unless patient."""
        self._ear = ear
        self._loop = asyncio.get_running_loop()
        try:
            await asyncio.to_thread(self._link.start, patient=self._patient)
        except BrokerError as error:
            raise ListenerError(str(error)) from error

    async def stop(self) -> None:
        """Ends every raised rate, and leaves."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self._link.stop)

    def _arrived(self, message: Inbound) -> None:
        """In paho's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: Inbound) -> None:
        task = asyncio.create_task(self._serve(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, message: Inbound) -> None:
        command: PollCommand | None = None
        try:
            command = read_command(message.payload)
            if command.id in self._seen:
                if (answer := self._seen[command.id]) is not None:
                    self._say(answer, message)
                return
            self._remember(command.id, None)
            must_be_valid(command, self._rules, message.received_at, is_retained=message.retain)
            await self._obey(command, message)
        except PollRefusedError as refusal:
            self._say(self._answer(command, "refused", refusal), message)

    async def _obey(self, command: PollCommand, message: Inbound) -> None:
        match command.act:
            case "locate":
                await self._ask(command, within_s=_left_s(command))
                self._say(self._answer(command, "sent"), message)
            case "rate":
                await self._raise_rate(command, message)
            case "stop":
                if (rate := self._rates.pop(command.source, None)) is None:
                    raise PollRefusedError("no_rate")
                rate.cancel()
                self._say(self._answer(command, "done"), message)

    async def _raise_rate(self, command: PollCommand, message: Inbound) -> None:
        """Asks again and again in this very task; a later command for the same radio takes its place."""
        if command.source not in self._rates and len(self._rates) >= self._rules.most_rates:
            raise PollRefusedError("too_many_rates")
        until_s, until = monotonic() + command.for_s, received_now() + timedelta(seconds=command.for_s)
        await self._ask(command, within_s=_left_s(command))
        self._say(msgspec.structs.replace(self._answer(command, "sent"), until=until, requests=1), message)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in one
        if (earlier := self._rates.pop(command.source, None)) is not None:
            earlier.cancel()
        self._rates[command.source] = task
        requests, skipped = 1, 0
        try:
            while monotonic() + command.every_s <= until_s:
                await asyncio.sleep(command.every_s)
                try:
                    await self._ask(command, within_s=command.every_s)
                    requests += 1
                except PollRefusedError:
                    skipped += 1
        finally:
            if self._rates.get(command.source) is task:
                del self._rates[command.source]
        done = self._answer(command, "done")
        self._say(msgspec.structs.replace(done, requests=requests, skipped=skipped), message)

    async def _ask(self, command: PollCommand, *, within_s: float) -> None:
        """One request on its way, so soon at the latest. Raises PollRefusedError."""
        talk = self._ready_radio()
        own = talk.life.own_identity
        called = ssi_of(command.source, own)
        if command.protocol == "lip":
            if own is None:
                raise PollRefusedError("own_identity_unknown")
            data = lip_request(int(own[-8:]))
        else:
            data = lrrp_request(self._counts.total() & 0xFFFF_FFFF)
        self._budget.take(self._delivered(), monotonic())
        why = await talk.send(called, data.digits, data.bits, within_s=within_s)
        if why == EXPIRED:
            raise PollRefusedError("expired")
        self._count("sent" if why is None else "failed", Ignored(why="poll_sent" if why is None else "poll_failed"))
        if why is not None:
            raise _FailedError("no_line", f"Our radio did not send the request: {why}.")

    def _ready_radio(self) -> PeiTalk:
        for listener in self._listeners:
            for talk in listener.radios:
                if talk.life.state in READY:
                    return talk
        raise PollRefusedError("no_line")

    def _delivered(self) -> int:
        since_s = monotonic() - 60
        return sum(talk.life.delivered(since_s=since_s) for listener in self._listeners for talk in listener.radios)

    def _answer(
        self,
        command: PollCommand | None,
        state: Literal["sent", "refused", "failed", "done"],
        refusal: PollRefusedError | None = None,
    ) -> PollAnswer:
        if isinstance(refusal, _FailedError):
            state = "failed"
        elif refusal is not None:
            self._count("refused", DecodeError(f"poll_{refusal.reason}", refusal.detail))
        return PollAnswer(
            id=command.id if command else _NOBODY,
            source=command.source if command else _NOBODY,
            state=state,
            at=received_now(),
            gateway=self._gateway,
            reason=refusal.reason if refusal else None,
            detail=refusal.detail if refusal else "",
        )

    def _count(self, word: str, outcome: Outcome) -> None:
        self._counts[word] += 1
        if self._ear is not None:
            self._ear.hear([outcome], dialect=POLLS, received_at=received_now())

    def _remember(self, command: str, answer: PollAnswer | None) -> None:
        self._seen[command] = answer
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _say(self, answer: PollAnswer, message: Inbound) -> None:
        if answer.id != _NOBODY:
            self._remember(answer.id, answer)
        wanted = message.response_topic or ""
        is_allowed = wanted.startswith(response_root(self._force)) and not {"+", "#"} & set(wanted)
        self._link.publish(
            wanted if is_allowed else answer_topic(self._force, self._gateway),
            msgspec.json.encode(answer),
            expiry_s=_ANSWER_EXPIRY_S,
            correlation=message.correlation,
        )


def _left_s(command: PollCommand) -> float:
    return (command.expires_at - received_now()).total_seconds()


class _FailedError(PollRefusedError):
    """The rules said yes, and our radio did not do it."""
