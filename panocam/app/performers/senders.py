"""What rules send to recipients: words, and pictures of the moment. It goes into the recipient's queue; the rule hears how it fares."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable

from panocam.app.performers.films import request
from panocam.clock import Clock
from panocam.errors import NotFound, PanocamError, Unavailable
from panocam.events.rules import webform
from panocam.events.rules.runner import Job
from panocam.events.rules.webform import Pairs
from panocam.media.packet import Packet
from panocam.notify.desk import RecipientDesk
from panocam.notify.message import Line, Mail, Message, Picture, WebCall, one_line
from panocam.pipeline.request import StreamRequest
from panocam.settings import Store

Say = Callable[[str], str]
SayIn = Callable[[str, int], str]
"""What makes words of the modifiers in a text, those about a view for that one."""

Heard = Callable[[Job, str | None], None]
PICTURE_S = 10.0


class _Senders:
    """``heard`` is told how a job fares."""

    def __init__(self, desk: RecipientDesk, say: SayIn, clock: Clock) -> None:
        self._desk, self._say, self._clock = desk, say, clock
        self.heard: Heard = lambda job, fault: None

    def _words(self, job: Job) -> Say:
        view = int(job.values["view"])
        return lambda text: self._say(text, view)

    def _mail(self, job: Job, say: Say, *pictures: Picture) -> Mail:
        subject = say(str(job.values["subject"])) or job.name
        return Mail(subject, say(str(job.values["text"])), self._clock.wall_ns(), pictures)

    def _send(self, job: Job, message: Message) -> None:
        try:
            self._desk.send(int(job.values["recipient"]), message, lambda fault: self.heard(job, fault))
        except NotFound as gone:
            raise NotFound(f"{gone}; choose another for this rule") from None


class Notices(_Senders):
    """Words. What is sent again and again has a task for each rule."""

    def __init__(self, desk: RecipientDesk, say: SayIn, clock: Clock) -> None:
        super().__init__(desk, say, clock)
        self._repeating: dict[int, asyncio.Task[None]] = {}

    async def begin(self, job: Job) -> None:
        self._send(job, self._message(job))
        if job.kind.endswith(".active"):
            self._stop(job)
            self._repeating[job.rule] = asyncio.create_task(self._repeat(job), name=f"notify for rule {job.rule}")

    async def end(self, job: Job) -> None:
        self._stop(job)

    def _stop(self, job: Job) -> None:
        if (task := self._repeating.pop(job.rule, None)) is not None:
            task.cancel()

    async def _repeat(self, job: Job) -> None:
        while True:
            await asyncio.sleep(int(job.values["period"]))
            try:
                self._send(job, self._message(job))
            except PanocamError as fault:
                self.heard(job, str(fault))

    def _message(self, job: Job) -> Message:
        say, values = self._words(job), job.values
        if job.kind.startswith("notify_email"):
            return self._mail(job, say)
        text = str(values["text"])
        if job.kind.startswith("notify_tcp"):
            return Line(say(text).encode("utf-8", "replace"))
        body, kind = webform.body(text, say)
        arguments, headers = web_parts(job, say)
        if body and not any(name.lower() == "content-type" for name, _ in headers):
            headers = (*headers, ("Content-Type", kind))
        return WebCall(str(values["method"]), arguments, headers, body)


class Pictures(_Senders):
    """One picture each, masked and drawn as every other of that view."""

    def __init__(
        self,
        desk: RecipientDesk,
        say: SayIn,
        clock: Clock,
        store: Store,
        take: Callable[[StreamRequest], Awaitable[Packet]],
    ) -> None:
        super().__init__(desk, say, clock)
        self._store, self._take = store, take

    async def begin(self, job: Job) -> None:
        self._desk.get(int(job.values["recipient"]))
        say = self._words(job)
        name = file_name(say(str(job.values["file"])))
        wanted = request(self._store.snapshot, job.values["view"], job.values["profile"])
        try:
            async with asyncio.timeout(PICTURE_S):
                picture = Picture(name, bytes((await self._take(wanted)).data))
        except TimeoutError:
            raise Unavailable(f"there was no picture within {PICTURE_S:g} s") from None
        if job.kind.startswith("images_email"):
            self._send(job, self._mail(job, say, picture))
            return
        arguments, headers = web_parts(job, say)
        named = ("Content-Disposition", f'attachment; filename="{name.encode("ascii", "replace").decode()}"')
        self._send(job, WebCall("POST", arguments, (*headers, ("Content-Type", "image/jpeg"), named), picture.data))

    async def end(self, job: Job) -> None:
        """Nothing lasts."""


def web_parts(job: Job, say: Say) -> tuple[Pairs, Pairs]:
    """Arguments and headers; no word of a modifier can end a header."""
    arguments: Pairs = ()
    headers: Pairs = ()
    with contextlib.suppress(ValueError):  # checked when the rule was saved
        arguments = webform.arguments(str(job.values["arguments"]))
        headers = webform.headers(str(job.values["headers"]))
    told = tuple((name, one_line(say(value)).encode("ascii", "replace").decode()) for name, value in headers)
    return tuple((name, say(value)) for name, value in arguments), told


def file_name(text: str) -> str:
    """A name that is one everywhere: no folders, nothing that steers, and an ending that says what it is."""
    name = re.sub(r'[/\\:*?"<>|]', "-", one_line(text)).strip(" .")[:120] or "picture"
    return name if name.lower().endswith((".jpg", ".jpeg")) else f"{name}.jpg"
