"""What the stand-ins of all houses share: a strict server, calls, and a way to let them fail.

A stand-in refuses what the real house would refuse, and notes it in `complaints`; a test that does
not expect a complaint asserts that there is none.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web

from tests.stand_ins.engine_child import EngineChild
from tests.stand_ins.events import PATIENCE_SECONDS, Event, Events
from tests.stand_ins.limits import check_session, has_path
from tests.stand_ins.loop_thread import LoopThread
from tests.stand_ins.plans import Planned, Plans
from tests.stand_ins.typed import Refused
from tests.stand_ins.wire import Wire

BODY_LIMIT_BYTES = 27 * 1024 * 1024
USUAL_HEADERS = re.compile(
    "host|user-agent|accept(-.*)?|connection|content-(type|length)|transfer-encoding|authorization"
    "|openai-(safety-identifier|organization|project)|x-stainless-.*|upgrade|sec-websocket-.*"
    "|idempotency-key"
)

logging.getLogger("aioice").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    """Names in small letters."""
    body: bytes = field(repr=False)


@dataclass
class Secret:
    """A short-lived key."""

    session: dict[str, Any]
    model: str
    expires_at: float
    """Unix seconds."""


@dataclass
class OpenCall:
    """A call that goes on; with no engine behind the stand-in it is a number only."""

    wire: Wire | None = None
    close: Callable[[], Awaitable[None]] | None = None


class Cloud:
    """A house that answers calls, reads aloud and writes down; listens from `with` on.

    Without an engine behind it, it answers offers, texts and recordings with canned ones.
    """

    root: ClassVar[str]
    """Before all paths."""
    extra_headers: ClassVar[str] = "-"
    """Names of headers that only this house knows, as a regular expression."""
    opens_before_it_refuses: ClassVar[bool]
    """A socket is opened before a wrong key or model is told."""
    default_model: str
    server_key: str
    """That opens it: long-lived, and for no browser."""
    transcribers: Sequence[str]
    """Names of what writes down."""
    session_transcribers: Sequence[str] = ()
    """The same inside a session; empty: any name is taken there."""
    speakers: Sequence[str]
    """Names of what reads aloud."""

    def __init__(self, engine: EngineChild | None = None) -> None:
        self.engine = engine
        self.plans = Plans()
        self.asked: list[Asked] = []
        self.complaints: list[str] = []
        self.events = Events(self.complaints)
        self.secrets: dict[str, Secret] = {}
        self.sessions: list[dict[str, Any]] = []
        """As they were asked for: minted, or sent with an offer."""
        self.safety_identifiers: list[str | None] = []
        self.calls: dict[str, OpenCall] = {}
        self.stale_keys = 0
        """So many of the next keys are refused, as if they had expired on their way."""
        self.unknown_fields: tuple[str, ...] = ()
        """Paths in a session that are refused, as where a house lags behind."""
        self.filtered = False
        """Browsers hear of some events only."""
        self._thread = LoopThread("stand-in")
        self._news = threading.Condition()

    # -- for each house ------------------------------------------------------------------------

    def check_server(self, request: web.Request) -> None:
        """Raise Refused unless the request shows a server's key."""
        raise NotImplementedError

    def check_address(self, request: web.Request) -> None:
        """Raise Refused for a query or a header that this house does not take."""
        raise NotImplementedError

    def check_model(self, model: str, param: str) -> None:
        """Raise Refused unless calls may be held with this model."""
        raise NotImplementedError

    def listed(self) -> dict[str, dict[str, Any]]:
        """Models that are listed, each with what else is said of it."""
        raise NotImplementedError

    def to_response(self, refused: Refused) -> web.Response:
        """Write a refusal as this house does."""
        raise NotImplementedError

    # -- for tests -----------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self._port}"

    def reset(self) -> None:
        """Forget what was planned and asked; calls go on."""
        self.plans.clear()
        self.events.clear()
        for listed in (self.asked, self.complaints, self.sessions, self.safety_identifiers):
            listed.clear()
        self.stale_keys, self.filtered = 0, False

    def asked_for(self, path_end: str) -> list[Asked]:
        """Requests to a path, oldest first."""
        return [asked for asked in self.asked if asked.path.endswith(path_end)]

    def wait_for(self, path_end: str, count: int = 1) -> list[Asked]:
        """Wait until a path was asked for so many times; gives these requests."""
        with self._news:
            in_time = self._news.wait_for(
                lambda: len(self.asked_for(path_end)) >= count, PATIENCE_SECONDS
            )
        assert in_time, f"{path_end} was asked for {len(self.asked_for(path_end))} times"
        return self.asked_for(path_end)

    def tell(self, event: Event | str) -> None:
        """Send an event in all calls, or a text that is none."""

        def send() -> None:
            for call in self.calls.values():
                if call.wire is not None:
                    call.wire.tell(event)

        self._thread.call(send)

    def hang_up(self) -> None:
        """End all calls without a word."""

        self._thread.run(self._end_all())

    # -- for routes ----------------------------------------------------------------------------

    def check_session(self, session: dict[str, Any]) -> None:
        """Raise Refused for what cannot be had in a session."""
        for path in self.unknown_fields:
            if has_path(session, path):
                name = f"session.{path}"
                raise Refused(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
        check_session(session, self.session_transcribers)

    async def end_call(self, call_id: str) -> None:
        """End a call; one that is over is no error."""
        call = self.calls.pop(call_id, None)
        if call is not None and call.close is not None:
            await call.close()

    def end_soon(self, call_id: str) -> None:
        """End a call from a callback of its own connection."""
        if call_id in self.calls:
            self._thread.spawn(self.end_call(call_id))

    # -- running -------------------------------------------------------------------------------

    def __enter__(self) -> Any:
        self._thread.start()
        self._thread.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._stop())
        self._thread.stop()

    async def _start(self) -> None:
        # Both need this module.
        from tests.stand_ins import audio_routes, realtime_routes

        app = web.Application(middlewares=[self._answer], client_max_size=BODY_LIMIT_BYTES)
        realtime_routes.add_to(app, self)
        audio_routes.add_to(app, self)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._end_all()
        await self._runner.cleanup()

    async def _end_all(self) -> None:
        await asyncio.gather(*(self.end_call(call_id) for call_id in list(self.calls)))

    @web.middleware
    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        asked = Asked(request.method, request.path, request.query_string, headers, body)
        with self._news:
            self.asked.append(asked)
            self._news.notify_all()
        planned = self.plans.take(request.path)
        if planned is not None:
            return await _as_planned(planned)
        try:
            self._check_headers(headers)
            self.check_address(request)
            return await handler(request)
        except Refused as refused:
            return self._refuse(request, refused)
        except web.HTTPException as error:
            return self._refuse(request, Refused(error.reason, "not_found", status=error.status))

    def _check_headers(self, headers: dict[str, str]) -> None:
        if "openai-beta" in headers:
            raise Refused("The beta is gone.", "beta_api_shape_disabled")
        for name in headers:
            if not USUAL_HEADERS.fullmatch(name) and not re.fullmatch(self.extra_headers, name):
                raise Refused(f"Nobody should send the header '{name}'.", "unknown_header", name)
        identifier = headers.get("openai-safety-identifier", "")
        if len(identifier) > 64 or "@" in identifier:
            raise Refused("A safety identifier is a hash.", "invalid_value", "safety_identifier")

    def _refuse(self, request: web.Request, refused: Refused) -> web.Response:
        self.complaints.append(f"{request.method} {request.path}: {refused.message}")
        return self.to_response(refused)


async def _as_planned(planned: Planned) -> web.Response:
    if planned.never:
        await asyncio.Event().wait()
    headers = planned.headers | {"Content-Type": planned.content_type}
    return web.Response(status=planned.status, body=planned.body, headers=headers)
