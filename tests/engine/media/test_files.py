"""Sound as files, there and back."""

import numpy as np
import pytest

from services.engine.errors import ProtocolError
from services.engine.media.files import CONTENT_TYPES, Encoder, decode
from services.engine.stages import Pcm

RATE = 24_000


def tone(seconds):
    time = np.arange(int(RATE * seconds)) / RATE
    return Pcm((np.sin(2 * np.pi * 440 * time) * 12_000).astype(np.int16), RATE)


def encoded(file_format, seconds=1.0):
    encoder = Encoder(file_format, RATE)
    return encoder.add(tone(seconds)) + encoder.add(tone(seconds)) + encoder.finish()


@pytest.mark.parametrize("file_format", [one for one in CONTENT_TYPES if one != "pcm"])
def test_what_is_encoded_can_be_read(file_format):
    heard = decode(encoded(file_format))

    assert heard.rate == 16_000
    assert heard.seconds == pytest.approx(2.0, abs=0.1)
    spectrum = np.abs(np.fft.rfft(heard.samples[4000:20000]))
    assert np.argmax(spectrum) * heard.rate / 16000 == pytest.approx(440, abs=5)


def test_pcm_is_the_samples_themselves():
    assert encoded("pcm") == tone(1.0).samples.tobytes() * 2


def test_the_first_sound_comes_before_the_last_is_made():
    encoder = Encoder("mp3", RATE)

    assert len(encoder.add(tone(1.0))) > 1000


@pytest.mark.parametrize(
    "upload",
    [b"", b"no sound", b"RIFF" + bytes(40), bytes(100_000), encoded("opus")[:60]],
    ids=["nothing", "words", "half a header", "zeros", "half of an Ogg page"],
)
def test_what_is_no_sound_is_refused(upload):
    with pytest.raises(ProtocolError) as refusal:
        decode(upload)

    assert refusal.value.code == "invalid_audio"


def test_a_small_file_of_hours_is_refused():
    encoder = Encoder("flac", RATE)
    minute = Pcm(np.zeros(RATE * 60, np.int16), RATE)
    upload = b"".join(encoder.add(minute) for _ in range(31)) + encoder.finish()
    assert len(upload) < 1_000_000

    with pytest.raises(ProtocolError) as refusal:
        decode(upload)

    assert refusal.value.code == "audio_too_long"
