"""Every name that an operator can set is read, documented and shown in the example."""

from __future__ import annotations

import dataclasses
import inspect
import re
from decimal import Decimal
from pathlib import Path

from services.config import Config
from services.engine.config import EngineConfig
from services.tool_config import McpServer

ROOT = Path(__file__).resolve().parent.parent


def test_every_name_is_read(tmp_path):
    token = tmp_path / "token"
    token.write_text("token")
    config = Config.from_env(
        {
            "PROVIDER": "openai",
            "OPENAI_API_KEY": "sk-1",
            "OPENAI_REALTIME_BASE_URL": "https://eu.api.openai.com/v1/realtime/",
            "OPENAI_REALTIME_MODEL": "gpt-realtime-2.1-mini",
            "AZURE_OPENAI_ENDPOINT": "https://us.openai.azure.com/",
            "AZURE_OPENAI_API_KEY": "azure-key",
            "AZURE_OPENAI_AD_TOKEN": "token",
            "AZURE_OPENAI_AD_TOKEN_FILE": str(token),
            "AZURE_OPENAI_DEPLOYMENT_NAME": "our-realtime",
            "ENGINE_URL": "http://10.0.0.2:8010/v1/",
            "ENGINE_API_KEY": "key",
            "SPEECH_PROVIDER": "elevenlabs",
            "SPEECH_BASE_URL": "http://10.0.0.3/v1",
            "SPEECH_API_KEY": "speech-key",
            "SPEECH_MODEL": "speaker",
            "SPEECH_VOICE": "nova",
            "ELEVENLABS_API_KEY": "eleven-key",
            "ELEVENLABS_VOICE_ID": "v1",
            "ELEVENLABS_BASE_URL": "https://api.eu.residency.elevenlabs.io",
            "TRANSCRIPTION_PROVIDER": "engine",
            "TRANSCRIPTION_BASE_URL": "http://10.0.0.4/v1",
            "TRANSCRIPTION_API_KEY": "ears-key",
            "TRANSCRIPTION_MODEL": "ears",
            "TOOLS": "clock",
            "MCP_SERVERS": '[{"server_label": "notes", "server_url": "https://notes.example/mcp"}]',
            "CONNECT_VIA": "broker",
            "ICE_SERVERS": '[{"urls": "stun:a:1"}]',
            "MODES": "text, native",
            "AUTH_MODE": "oidc",
            "ALLOW_OPEN": "1",
            "ACCESS_CODE": "open sesame",
            "OIDC_ISSUER": "https://issuer.example",
            "OIDC_CLIENT_ID": "vivavoce",
            "OIDC_CLIENT_SECRET": "client-secret",
            "OWNERS": "ada@example.com,4711",
            "TRUSTED_PROXIES": "1",
            "METRICS_TOKEN": "metrics-token",
            "SECRET_KEY": "secret",
            "DATABASE_URL": "sqlite:////tmp/x.db",
            "REDIS_URL": "redis://10.0.0.5:6379/0",
            "CALL_MAX_MINUTES": "5",
            "DAILY_MINUTES_PER_USER": "6",
            "CALLS_PER_USER": "2",
            "MINTS_PER_MINUTE": "7",
            "DAILY_BUDGET_USD": "12.50",
            "LLM_BASE_URL": "http://10.0.0.6/v1",
            "RETENTION_DAYS": "30",
            "PORT": "0",
            "HOST": "0.0.0.0",
            "WEB_CONCURRENCY": "2",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "json",
        }
    )

    assert config == Config(
        provider="openai",
        openai_api_key="sk-1",
        openai_realtime_base_url="https://eu.api.openai.com/v1",
        openai_realtime_model="gpt-realtime-2.1-mini",
        azure_openai_endpoint="https://us.openai.azure.com",
        azure_openai_api_key="azure-key",
        azure_openai_ad_token="token",
        azure_openai_ad_token_file=token,
        azure_openai_deployment_name="our-realtime",
        engine_url="http://10.0.0.2:8010",
        engine_api_key="key",
        speech_provider="elevenlabs",
        speech_base_url="http://10.0.0.3/v1",
        speech_api_key="speech-key",
        speech_model="speaker",
        speech_voice="nova",
        elevenlabs_api_key="eleven-key",
        elevenlabs_voice_id="v1",
        elevenlabs_base_url="https://api.eu.residency.elevenlabs.io",
        transcription_provider="engine",
        transcription_base_url="http://10.0.0.4/v1",
        transcription_api_key="ears-key",
        transcription_model="ears",
        tools=("clock",),
        mcp_servers=(McpServer("notes", "https://notes.example/mcp"),),
        connect_via="broker",
        ice_servers=({"urls": "stun:a:1"},),
        modes=("native", "text"),
        auth_mode="oidc",
        allow_open=True,
        access_code="open sesame",
        oidc_issuer="https://issuer.example",
        oidc_client_id="vivavoce",
        oidc_client_secret="client-secret",
        owners=("ada@example.com", "4711"),
        trusted_proxies=1,
        metrics_token="metrics-token",
        secret_key="secret",
        database_url="sqlite:////tmp/x.db",
        redis_url="redis://10.0.0.5:6379/0",
        call_max_minutes=5,
        daily_minutes_per_user=6,
        calls_per_user=2,
        mints_per_minute=7,
        daily_budget_usd=Decimal("12.50"),
        llm_base_url="http://10.0.0.6/v1",
        retention_days=30,
        port=0,
        host="0.0.0.0",
        web_concurrency=2,
        log_level="DEBUG",
        log_format="json",
    )


def names_of(config: type) -> set[str]:
    """Names in the docstrings of a config's fields."""
    source = Path(inspect.getfile(config)).read_text("utf-8")
    return set(re.findall(r'^    """`([A-Z_]+)`', source, re.M))


def test_every_field_has_its_name_in_its_docstring():
    names = {field.name.upper() for field in dataclasses.fields(Config)}
    # Not a name of its own: what stands after a comma in another one.
    assert names_of(Config) == names - {"MORE_REALTIME_MODELS"}


def test_the_example_documents_every_name_with_its_default():
    text = (ROOT / ".env.example").read_text("utf-8")
    documented = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", text, re.M))

    assert set(documented) == names_of(Config) | names_of(EngineConfig)
    assert Config.from_env(documented) == Config()
