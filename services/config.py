"""What the operator sets: the environment, read once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from services.choices import OPENAI_URL, choose, read_url, realtime_url
from services.environment import Environment
from services.errors import ConfigError
from services.tool_config import TOOL_NAMES, McpServer, read_mcp_servers, read_tools

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MODES = ("native", "text")


@dataclass(frozen=True)
class Config:
    """The web program's configuration."""

    provider: str = "engine"
    """`PROVIDER`: who answers calls, `openai`, `azure` or `engine`; `auto` is decided here."""
    openai_api_key: str | None = field(default=None, repr=False)
    """`OPENAI_API_KEY`: of OpenAI, or of the compatible server at the next address."""
    openai_realtime_base_url: str = OPENAI_URL
    """`OPENAI_REALTIME_BASE_URL`: OpenAI, or any server with its API; ends in /v1 as a rule."""
    openai_realtime_model: str = "gpt-realtime-2.1"
    """`OPENAI_REALTIME_MODEL`: the model that answers calls."""
    azure_openai_endpoint: str | None = None
    """`AZURE_OPENAI_ENDPOINT`: the resource, as in https://name.openai.azure.com."""
    azure_openai_api_key: str | None = field(default=None, repr=False)
    """`AZURE_OPENAI_API_KEY`: of the resource. None: a token of Entra ID."""
    azure_openai_ad_token: str | None = field(default=None, repr=False)
    """`AZURE_OPENAI_AD_TOKEN`: of Entra ID, for as long as it lives."""
    azure_openai_ad_token_file: Path | None = None
    """`AZURE_OPENAI_AD_TOKEN_FILE`: where somebody renews such a token; read for each request."""
    azure_openai_deployment_name: str | None = None
    """`AZURE_OPENAI_DEPLOYMENT_NAME`: of the realtime model."""
    engine_url: str | None = None
    """`ENGINE_URL`: an engine that runs elsewhere. None: one is started as a child if needed."""
    engine_api_key: str | None = field(default=None, repr=False)
    """`ENGINE_API_KEY`: the engine's server key. None: one is made up for the child."""
    connect_via: str = "ephemeral"
    """`CONNECT_VIA`: `ephemeral` (the browser holds a short-lived key) or `broker`."""
    speech_provider: str = "engine"
    """`SPEECH_PROVIDER`: who reads aloud in text mode; `auto` is decided here."""
    speech_base_url: str | None = None
    """`SPEECH_BASE_URL`: a server with OpenAI's /audio/speech. None: that of the provider."""
    speech_api_key: str | None = field(default=None, repr=False)
    """`SPEECH_API_KEY`: of that server. None: `OPENAI_API_KEY`, but only where that belongs."""
    speech_model: str | None = None
    """`SPEECH_MODEL`: model or deployment. None: what suits who reads aloud."""
    speech_voice: str | None = None
    """`SPEECH_VOICE`: the usual voice. None: the first one of who reads aloud."""
    elevenlabs_api_key: str | None = field(default=None, repr=False)
    """`ELEVENLABS_API_KEY`: of ElevenLabs."""
    elevenlabs_voice_id: str | None = None
    """`ELEVENLABS_VOICE_ID`: the usual voice there, also one of your own."""
    elevenlabs_base_url: str = "https://api.elevenlabs.io"
    """`ELEVENLABS_BASE_URL`: another address of it, as that of a region."""
    transcription_provider: str = "engine"
    """`TRANSCRIPTION_PROVIDER`: who writes down where browsers cannot; `auto` is decided here."""
    transcription_base_url: str | None = None
    """`TRANSCRIPTION_BASE_URL`: a server with /audio/transcriptions. None: that of the provider."""
    transcription_api_key: str | None = field(default=None, repr=False)
    """`TRANSCRIPTION_API_KEY`: of that server. None: as with `SPEECH_API_KEY`."""
    transcription_model: str | None = None
    """`TRANSCRIPTION_MODEL`: model or deployment. None: what suits who writes down."""
    tools: tuple[str, ...] = TOOL_NAMES
    """`TOOLS`: which of the built-in tools the model may call; `none`: none of them."""
    mcp_servers: tuple[McpServer, ...] = ()
    """`MCP_SERVERS`: servers elsewhere with more tools."""
    ice_servers: tuple[dict[str, object], ...] = field(default=(), repr=False)
    """`ICE_SERVERS`: for RTCPeerConnection."""
    modes: tuple[str, ...] = MODES
    """`MODES`: modes on offer."""
    auth_mode: str = "open"
    """`AUTH_MODE`: who may talk; `open` is everybody who reaches the page."""
    allow_open: bool = False
    """`ALLOW_OPEN`: 1 lets `open` listen beyond this machine."""
    secret_key: str | None = field(default=None, repr=False)
    """`SECRET_KEY`: signs cookies. None: a key file beside the database."""
    database_url: str = field(default="sqlite:///instance/vivavoce.db", repr=False)
    """`DATABASE_URL`: where conversations and calls are kept."""
    call_max_minutes: int = 30
    """`CALL_MAX_MINUTES`: length of one call."""
    daily_minutes_per_user: int = 60
    """`DAILY_MINUTES_PER_USER`: of all calls that one person makes in a day (UTC)."""
    port: int = 8000
    """`PORT`: TCP port; 0 takes a free one."""
    host: str = "127.0.0.1"
    """`HOST`: address to listen on."""
    web_concurrency: int = 1
    """`WEB_CONCURRENCY`: worker processes of the web program."""
    log_level: str = "INFO"
    """`LOG_LEVEL`: DEBUG, INFO, WARNING or ERROR."""
    log_format: str = "text"
    """`LOG_FORMAT`: `text` or `json`."""

    @staticmethod
    def from_env(environ: Mapping[str, str]) -> Config:
        """Read the environment.

        Raises:
            ConfigError: one line for each bad value or unknown `VIVAVOCE_*` name.
        """
        env = Environment(environ)
        _refuse_unknown(env, environ)
        who = choose(env)
        config = Config(
            provider=who.provider,
            openai_api_key=env.secret("OPENAI_API_KEY"),
            openai_realtime_base_url=realtime_url(env),
            openai_realtime_model=(
                env.text("OPENAI_REALTIME_MODEL") or Config.openai_realtime_model
            ),
            azure_openai_endpoint=read_url(env, "AZURE_OPENAI_ENDPOINT"),
            azure_openai_api_key=env.secret("AZURE_OPENAI_API_KEY"),
            azure_openai_ad_token=env.text("AZURE_OPENAI_AD_TOKEN"),
            azure_openai_ad_token_file=env.file("AZURE_OPENAI_AD_TOKEN_FILE"),
            azure_openai_deployment_name=env.text("AZURE_OPENAI_DEPLOYMENT_NAME"),
            engine_url=_engine_url(env),
            engine_api_key=env.secret("ENGINE_API_KEY"),
            connect_via=env.choice("CONNECT_VIA", "ephemeral", ("ephemeral", "broker")),
            speech_provider=who.speech,
            speech_base_url=read_url(env, "SPEECH_BASE_URL"),
            speech_api_key=env.secret("SPEECH_API_KEY"),
            speech_model=env.text("SPEECH_MODEL"),
            speech_voice=env.text("SPEECH_VOICE"),
            elevenlabs_api_key=env.secret("ELEVENLABS_API_KEY"),
            elevenlabs_voice_id=env.text("ELEVENLABS_VOICE_ID"),
            elevenlabs_base_url=read_url(env, "ELEVENLABS_BASE_URL") or Config.elevenlabs_base_url,
            transcription_provider=who.transcription,
            transcription_base_url=read_url(env, "TRANSCRIPTION_BASE_URL"),
            transcription_api_key=env.secret("TRANSCRIPTION_API_KEY"),
            transcription_model=env.text("TRANSCRIPTION_MODEL"),
            tools=read_tools(env),
            mcp_servers=read_mcp_servers(env),
            ice_servers=_ice_servers(env),
            modes=_modes(env),
            auth_mode=_auth_mode(env),
            allow_open=env.flag("ALLOW_OPEN"),
            secret_key=env.secret("SECRET_KEY"),
            database_url=env.secret("DATABASE_URL") or Config.database_url,
            call_max_minutes=env.whole("CALL_MAX_MINUTES", 30, 1, 1440),
            daily_minutes_per_user=env.whole("DAILY_MINUTES_PER_USER", 60, 1, 1440),
            port=env.whole("PORT", 8000, 0, 65535),
            host=env.text("HOST") or "127.0.0.1",
            web_concurrency=env.whole("WEB_CONCURRENCY", 1, 1, 64),
            log_level=_log_level(env),
            log_format=env.choice("LOG_FORMAT", "text", ("text", "json")),
        )
        problems = env.problems + list(_contradictions(config))
        if problems:
            raise ConfigError("\n".join(problems))
        return config

    @property
    def needs_engine(self) -> bool:
        """Whether anything is left to the engine."""
        return "engine" in (self.provider, self.speech_provider, self.transcription_provider)


def read_environment(folder: Path) -> dict[str, str]:
    """Give the process's environment on top of what `.env` in this folder says."""
    from_file = {name: value or "" for name, value in dotenv_values(folder / ".env").items()}
    return from_file | dict(os.environ)


def _refuse_unknown(env: Environment, environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith("VIVAVOCE_"):
            env.problems.append(f"{name}: there is no such name; names have no VIVAVOCE_ prefix")


def _engine_url(env: Environment) -> str | None:
    url = read_url(env, "ENGINE_URL")
    return url.removesuffix("/v1") if url else None


def _ice_servers(env: Environment) -> tuple[dict[str, object], ...]:
    servers: list[dict[str, object]] = []
    for entry in env.json_list("ICE_SERVERS"):
        if isinstance(entry, dict) and isinstance(entry.get("urls"), str | list):
            servers.append(entry)
        else:
            env.problems.append('ICE_SERVERS: each entry must look like {"urls": "stun:host:port"}')
    return tuple(servers)


def _modes(env: Environment) -> tuple[str, ...]:
    names = [name.strip() for name in (env.text("MODES") or ",".join(MODES)).split(",")]
    for name in names:
        if name not in MODES:
            env.problems.append(f"MODES: must be a list of {' and '.join(MODES)}, not {name!r}")
    return tuple(name for name in MODES if name in names)


def _auth_mode(env: Environment) -> str:
    mode = env.choice("AUTH_MODE", "open", ("open", "code", "oidc"))
    if mode != "open":
        env.problems.append(f"AUTH_MODE: {mode} is not built into this version, which has open")
    return "open"


def _log_level(env: Environment) -> str:
    # Both spellings are common, so case does not matter here.
    level = (env.text("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        env.problems.append(f"LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR, not {level!r}")
    return level


def _contradictions(config: Config) -> list[str]:
    problems = []
    if config.host not in LOOPBACK and not config.allow_open:
        problems.append(
            f"HOST: {config.host} is reachable from other machines and AUTH_MODE=open lets "
            "everybody in; set ALLOW_OPEN=1 if that is what you want"
        )
    if not config.database_url.startswith("sqlite") and not config.secret_key:
        problems.append("SECRET_KEY: must be set when DATABASE_URL is not SQLite")
    return problems
