"""What the operator sets: the environment, read once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from dotenv import dotenv_values

from services.access import LOOPBACK, read_access
from services.choices import OPENAI_URL, choose, read_url, realtime_url
from services.environment import Environment
from services.errors import ConfigError
from services.tool_config import TOOL_NAMES, McpServer, read_mcp_servers, read_tools

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
    """`OPENAI_REALTIME_MODEL`: the model that answers calls; the first of several."""
    azure_openai_endpoint: str | None = None
    """`AZURE_OPENAI_ENDPOINT`: the resource, as in https://name.openai.azure.com."""
    azure_openai_api_key: str | None = field(default=None, repr=False)
    """`AZURE_OPENAI_API_KEY`: of the resource. None: a token of Entra ID."""
    azure_openai_ad_token: str | None = field(default=None, repr=False)
    """`AZURE_OPENAI_AD_TOKEN`: of Entra ID, for as long as it lives."""
    azure_openai_ad_token_file: Path | None = None
    """`AZURE_OPENAI_AD_TOKEN_FILE`: where somebody renews such a token; read for each request."""
    azure_openai_deployment_name: str | None = None
    """`AZURE_OPENAI_DEPLOYMENT_NAME`: of the realtime model; the first of several."""
    more_realtime_models: tuple[str, ...] = ()
    """The other models or deployments of that list; a session may ask for one of them."""
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
    llm_base_url: str | None = None
    """`LLM_BASE_URL`: where an engine that is started here thinks, for /privacy to tell."""
    tools: tuple[str, ...] = TOOL_NAMES
    """`TOOLS`: which of the built-in tools the model may call; `none`: none of them."""
    mcp_servers: tuple[McpServer, ...] = ()
    """`MCP_SERVERS`: servers elsewhere with more tools."""
    ice_servers: tuple[dict[str, object], ...] = field(default=(), repr=False)
    """`ICE_SERVERS`: for RTCPeerConnection."""
    modes: tuple[str, ...] = MODES
    """`MODES`: modes on offer."""
    auth_mode: str = "open"
    """`AUTH_MODE`: who may talk: `open` (everybody who reaches the page), `code` or `oidc`."""
    allow_open: bool = False
    """`ALLOW_OPEN`: 1 lets `open` listen beyond this machine."""
    access_code: str | None = field(default=None, repr=False)
    """`ACCESS_CODE`: what people show to come in, with `AUTH_MODE=code`."""
    oidc_issuer: str | None = None
    """`OIDC_ISSUER`: the OpenID provider that knows people, with `AUTH_MODE=oidc`."""
    oidc_client_id: str | None = None
    """`OIDC_CLIENT_ID`: the name of this server there."""
    oidc_client_secret: str | None = field(default=None, repr=False)
    """`OIDC_CLIENT_SECRET`: its password there. None: a public client, with PKCE alone."""
    owners: tuple[str, ...] = ()
    """`OWNERS`: e-mail addresses or subjects of people who may see what concerns everybody."""
    trusted_proxies: int = 0
    """`TRUSTED_PROXIES`: how many proxies stand in front, whose forwarding headers are believed."""
    metrics_token: str | None = field(default=None, repr=False)
    """`METRICS_TOKEN`: shown to read /metrics through a proxy. None: nobody does."""
    secret_key: str | None = field(default=None, repr=False)
    """`SECRET_KEY`: signs cookies. None: a key file beside the database."""
    database_url: str = field(default="sqlite:///instance/vivavoce.db", repr=False)
    """`DATABASE_URL`: where conversations and calls are kept."""
    redis_url: str | None = field(default=None, repr=False)
    """`REDIS_URL`: where several processes count together. None: each counts for itself."""
    call_max_minutes: int = 30
    """`CALL_MAX_MINUTES`: length of one call."""
    daily_minutes_per_user: int = 60
    """`DAILY_MINUTES_PER_USER`: of all calls that one person makes in a day (UTC)."""
    calls_per_user: int = 4
    """`CALLS_PER_USER`: conversations in which one person may have a live call at once."""
    mints_per_minute: int = 10
    """`MINTS_PER_MINUTE`: calls that one person may prepare in any sixty seconds."""
    daily_budget_usd: Decimal | None = None
    """`DAILY_BUDGET_USD`: what all calls of a day (UTC) may cost. None: there is no limit."""
    retention_days: int | None = None
    """`RETENTION_DAYS`: conversations are deleted after so many days. None: they are kept."""
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
        openai_models = env.words("OPENAI_REALTIME_MODEL") or (Config.openai_realtime_model,)
        deployments = env.words("AZURE_OPENAI_DEPLOYMENT_NAME")
        host = env.text("HOST") or Config.host
        config = Config(
            provider=who.provider,
            openai_api_key=env.secret("OPENAI_API_KEY"),
            openai_realtime_base_url=realtime_url(env),
            openai_realtime_model=openai_models[0],
            azure_openai_endpoint=read_url(env, "AZURE_OPENAI_ENDPOINT"),
            azure_openai_api_key=env.secret("AZURE_OPENAI_API_KEY"),
            azure_openai_ad_token=env.text("AZURE_OPENAI_AD_TOKEN"),
            azure_openai_ad_token_file=env.file("AZURE_OPENAI_AD_TOKEN_FILE"),
            azure_openai_deployment_name=deployments[0] if deployments else None,
            more_realtime_models=(deployments if who.provider == "azure" else openai_models)[1:],
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
            llm_base_url=env.text("LLM_BASE_URL"),
            tools=read_tools(env),
            mcp_servers=read_mcp_servers(env),
            ice_servers=_ice_servers(env),
            modes=_modes(env),
            **vars(read_access(env, host)),
            metrics_token=env.secret("METRICS_TOKEN"),
            secret_key=env.secret("SECRET_KEY"),
            database_url=env.secret("DATABASE_URL") or Config.database_url,
            redis_url=env.secret("REDIS_URL"),
            call_max_minutes=env.whole("CALL_MAX_MINUTES", 30, 1, 1440),
            daily_minutes_per_user=env.whole("DAILY_MINUTES_PER_USER", 60, 1, 1440),
            calls_per_user=env.whole("CALLS_PER_USER", 4, 1, 1000),
            mints_per_minute=env.whole("MINTS_PER_MINUTE", 10, 1, 1_000_000),
            daily_budget_usd=env.amount("DAILY_BUDGET_USD"),
            retention_days=env.whole("RETENTION_DAYS", 0, 1, 36_500) or None,
            port=env.whole("PORT", 8000, 0, 65535),
            host=host,
            web_concurrency=env.whole("WEB_CONCURRENCY", 1, 1, 64),
            log_level=_log_level(env),
            log_format=env.choice("LOG_FORMAT", "text", ("text", "json")),
        )
        problems = env.problems + list(_contradictions(config))
        if problems:
            raise ConfigError("\n".join(problems))
        return config

    @property
    def is_personal(self) -> bool:
        """Whether nobody but the person at this machine reaches the server."""
        return self.host in LOOPBACK and self.auth_mode == "open" and not self.allow_open

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


def _log_level(env: Environment) -> str:
    # Both spellings are common, so case does not matter here.
    level = (env.text("LOG_LEVEL") or "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        env.problems.append(f"LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR, not {level!r}")
    return level


def _contradictions(config: Config) -> list[str]:
    problems = []
    if not config.database_url.startswith("sqlite") and not config.secret_key:
        problems.append("SECRET_KEY: must be set when DATABASE_URL is not SQLite")
    if config.redis_url and not config.redis_url.startswith(("redis://", "rediss://")):
        problems.append("REDIS_URL: must begin with redis:// or rediss://")
    return problems
