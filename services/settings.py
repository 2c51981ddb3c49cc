"""What a person may choose for the calls they make, in one table.

The form, the check of what is sent, what is stored and the tests all come from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from services.errors import InvalidField
from services.languages import LANGUAGES
from services.personas import PERSONAS
from services.setting import Setting, Value

MODES = {"native": "Native audio", "text": "Text + voice"}


@dataclass(frozen=True)
class Settings:
    """How somebody wants to talk and be answered; SECTIONS says what each field means."""

    mode: str | None = None
    """None: the first on offer."""
    persona: str = "assistant"
    instructions: str = ""
    greeting: bool = False
    language: str | None = None
    """ISO-639-1; None: it is found out."""
    voice_native: str | None = None
    """None: the provider's own."""
    voice_text: str | None = None
    """None: the speech service's own."""
    speed: float = 1.0
    """1 is natural."""
    talk: str = "open"
    talk_key: str = "Space"
    """As in KeyboardEvent.code."""
    turn_detection: str = "semantic"
    eagerness: str = "auto"
    vad_threshold: float = 0.5
    """Probability from which sound counts as speech."""
    vad_silence_ms: int = 500
    """Milliseconds."""
    vad_prefix_ms: int = 300
    """Milliseconds."""
    echo: str = "listen"
    captions: str = "normal"
    transport: str = "auto"


ANSWERS = (
    Setting(
        "mode",
        "Mode",
        "Native audio sends your voice to the model and plays its voice. Text + voice sends your "
        "words as text and reads the answer aloud.",
        "choice",
        "now",
        MODES,
    ),
    Setting(
        "persona",
        "Character",
        "Who the assistant is.",
        "choice",
        "next-call",
        {name: persona.label for name, persona in PERSONAS.items()},
    ),
    Setting(
        "instructions",
        "Your own instructions",
        "The assistant is told them after its character, before anything is said.",
        "text",
        "next-call",
        high=4000,
    ),
    Setting(
        "greeting",
        "Greet first",
        "The assistant speaks first when a call begins.",
        "switch",
        "next-call",
    ),
    Setting(
        "language",
        "Language you speak",
        "With one chosen you are understood better; without, you may change it while you talk.",
        "language",
        "now",
        LANGUAGES,
    ),
)
VOICE = (
    Setting(
        "voice_native",
        "Voice in native audio",
        "The voice of the model itself.",
        "voice",
        "now",
    ),
    Setting("voice_text", "Voice in text + voice", "It reads the answers aloud.", "voice", "now"),
    Setting(
        "speed",
        "Speed of the voice",
        "1 is natural.",
        "number",
        "now",
        low=0.5,
        high=1.5,
        step=0.05,
        unit="×",
    ),
)
TURNS = (
    Setting(
        "talk",
        "When you are heard",
        "All the time, only while you hold a button or key, or between two taps on it.",
        "choice",
        "now",
        {"open": "Open microphone", "hold": "Hold to talk", "tap": "Tap to talk"},
    ),
    Setting(
        "talk_key",
        "Key to talk with",
        "It does nothing while you type. Its name is that on a US keyboard, such as Space, KeyT "
        "or F8.",
        "key",
        "now",
        only_for=("hold", "tap"),
    ),
    Setting(
        "turn_detection",
        "How the end of your turn is found",
        "In native audio.",
        "choice",
        "now",
        {
            "semantic": "By what you say: a pause inside a sentence is waited for",
            "server": "By silence alone",
        },
        only_for=("open",),
    ),
    Setting(
        "eagerness",
        "How soon it answers",
        "Eager answers come sooner, and more often while you still think.",
        "choice",
        "now",
        {"auto": "Balanced", "low": "Patient", "medium": "Medium", "high": "Eager"},
        only_for=("open", "semantic"),
    ),
    Setting(
        "vad_threshold",
        "How clear speech must be",
        "Higher in a noisy room, lower for a quiet voice.",
        "number",
        "now",
        low=0.1,
        high=0.9,
        step=0.05,
        only_for=("open", "server"),
    ),
    Setting(
        "vad_silence_ms",
        "Silence that ends your turn",
        "A short one answers sooner, a long one lets you think.",
        "number",
        "now",
        low=100,
        high=3000,
        step=50,
        unit="ms",
        only_for=("open", "server"),
    ),
    Setting(
        "vad_prefix_ms",
        "Sound kept from before your first word",
        "Longer if first syllables get lost.",
        "number",
        "now",
        low=0,
        high=1000,
        step=50,
        unit="ms",
        only_for=("open", "server"),
    ),
    Setting(
        "echo",
        "While the assistant speaks",
        "Listening lets you interrupt it by speaking; pausing suits loud loudspeakers, and a tap "
        "still interrupts.",
        "choice",
        "now",
        {"listen": "Go on listening", "pause": "Pause listening"},
    ),
)
PAGE = (
    Setting(
        "captions",
        "Captions",
        "The words of this moment, in the middle of the page.",
        "choice",
        "now",
        {"normal": "Normal", "large": "Large", "off": "Off"},
    ),
)
CONNECTION = (
    Setting(
        "transport",
        "Way of sound and words",
        "WebRTC is the quicker one. Where a network lets none of it through, the relay takes both "
        "through this server.",
        "choice",
        "now",
        {
            "auto": "WebRTC, and the relay where it is needed",
            "webrtc": "WebRTC only",
            "websocket": "The relay only",
        },
    ),
)
SECTIONS = {
    "Answers": ANSWERS,
    "Voice": VOICE,
    "Taking turns": TURNS,
    "Page": PAGE,
    "Connection": CONNECTION,
}
"""By heading, in the order in which they are shown."""
DEFAULTS = Settings()
TABLE = {
    setting.name: replace(setting, default=getattr(DEFAULTS, setting.name))
    for settings in SECTIONS.values()
    for setting in settings
}
"""Each setting by its name, with its default."""


def parse(sent: Mapping[str, object]) -> dict[str, Value]:
    """Check any of the settings; a form's texts are read as what they spell.

    Raises:
        InvalidField: there is no such setting, or it cannot have this value.
    """
    for name in sent:
        if name not in TABLE:
            raise InvalidField(name[:40], "there is no such setting")
    return {name: TABLE[name].check(value) for name, value in sent.items()}


def restore(stored: Iterable[tuple[str, object]]) -> Settings:
    """Make settings of stored values; what this version cannot read keeps its default."""
    readable: dict[str, Value] = {}
    for name, value in stored:
        try:
            readable |= parse({name: value})
        except InvalidField:
            continue
    return replace(DEFAULTS, **readable)  # type: ignore[arg-type]


def to_dict(settings: Settings) -> dict[str, Value]:
    """Give all values by name."""
    return asdict(settings)
