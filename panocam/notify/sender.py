"""One message to one recipient, now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from panocam.errors import LocalProtocolError
from panocam.notify.fault import SendFault, Step
from panocam.notify.mail import Author, compose, send_mail
from panocam.notify.message import Line, Mail, Message, WebCall
from panocam.notify.tcp import send_text
from panocam.notify.trust import Trust
from panocam.notify.web import send_request
from panocam.settings.recipients import Email, Http, Tcp

LONGEST_S = 120.0
HIDDEN = "***"


@dataclass(frozen=True)
class Passwords:
    """Of a recipient and of the proxy on the way to it."""

    password: str = ""
    proxy_password: str = ""

    def hide(self, text: str) -> str:
        """``text`` without them: servers are known that repeat what they are told."""
        for secret in sorted((self.password, self.proxy_password), key=len, reverse=True):
            text = text.replace(secret, HIDDEN) if secret else text
        return text

    def __repr__(self) -> str:
        return "Passwords()"


@dataclass(frozen=True)
class Sender:
    """``author`` is who writes at the moment."""

    trust: Trust
    author: Callable[[], Author]

    async def send(self, row: Email | Http | Tcp, passwords: Passwords, message: Message) -> str:
        """Returns the last words of the other side. Raises SendFault; nothing in it is secret."""
        try:
            async with asyncio.timeout(LONGEST_S):
                return passwords.hide(await self._send(row, passwords, message))
        except TimeoutError:
            raise SendFault(Step.MESSAGE, f"{row.place}: it was not done within {LONGEST_S:g} s") from None
        except SendFault as fault:
            raise SendFault(fault.step, passwords.hide(fault.words), lasting=fault.lasting) from None

    async def _send(self, row: Email | Http | Tcp, passwords: Passwords, message: Message) -> str:
        if isinstance(row, Email) and isinstance(message, Mail):
            context = await self.trust.context(row.validate_certificate)
            author = self.author()
            composed = await asyncio.to_thread(compose, message, row, author)
            return await send_mail(row, passwords.password, composed, context, author)
        if isinstance(row, Http) and isinstance(message, WebCall):
            context = await self.trust.context(row.validate_certificate)
            return await send_request(row, passwords.password, passwords.proxy_password, message, context)
        if isinstance(row, Tcp) and isinstance(message, Line):
            return await send_text(row, message)
        raise LocalProtocolError(f"a {type(message).__name__} does not go to recipients of the kind {row.kind}")
