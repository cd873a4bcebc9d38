"""How the younger XML CGIs answer: a success in the response's element, or a general error with a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from xml.etree.ElementTree import Element

from starlette.responses import Response

from panocam.api.endpoint import Call, Handler
from panocam.api.vapix.markup import general_error, response
from panocam.errors import Denied, PanocamError, Unauthenticated

Answer = Callable[[Call[None]], Awaitable[Element]]
Codes = Sequence[tuple[type[PanocamError], int]]
"""Kinds of errors and their numbers; the first that fits counts, the last fits all."""


def answering(name: str, schema: str, codes: Codes, version: str = "1.0") -> Callable[[Answer], Handler]:
    """Makes handlers of answers to the CGIs whose responses are called ``name``. Who may not ask hears so as everywhere."""

    def answered(answer: Answer) -> Handler:
        async def handler(call: Call[None]) -> Response:
            try:
                child = await answer(call)
            except (Denied, Unauthenticated):
                raise
            except PanocamError as fault:
                child = general_error(next(code for kind, code in codes if isinstance(fault, kind)), fault)
            return response(name, schema, child, version)

        return handler

    return answered
