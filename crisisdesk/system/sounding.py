"""Two short sounds, played by whatever this computer has for that."""

import io
import logging
import math
import struct
import subprocess
import sys
import wave
from pathlib import Path
from shutil import which

log = logging.getLogger(__name__)

RATE = 22_050
LOUDNESS = 0.45
FADE_SECONDS = 0.012
LONGEST_SECONDS = 5.0
URGENT = ((784, 0.11), (0, 0.05), (988, 0.11), (0, 0.05), (1175, 0.2), (0, 0.12)) * 2
"""Hertz and seconds. More pulses, quicker and higher, mean more haste."""

CALM = ((659, 0.16), (0, 0.06), (523, 0.24))
PLAYERS = ("afplay",) if sys.platform == "darwin" else ("pw-play", "paplay", "aplay")


def tones(notes: tuple[tuple[int, float], ...]) -> bytes:
    """A WAV file of these notes, (hertz, seconds) each, with soft ends; 0 Hz is silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for hertz, seconds in notes:
            file.writeframes(_samples(hertz, round(RATE * seconds)))
    return out.getvalue()


def _samples(hertz: int, count: int) -> bytes:
    fade = RATE * FADE_SECONDS
    values = (
        32_767
        * LOUDNESS
        * min(1.0, each / fade, (count - each) / fade)
        * math.sin(2 * math.pi * hertz * each / RATE)
        for each in range(count)
    )
    return struct.pack(f"<{count}h", *(round(each) for each in values))


class Sounds:
    """Plays one of the two; call it in a thread that may wait.

    `folder` is where the sounds are put for the player. `may_start` is False where this process may
    start no program, as in an exercise.
    """

    def __init__(self, folder: Path, *, may_start: bool) -> None:
        self._folder = folder
        self._may_start = may_start

    def play(self, *, urgent: bool) -> bool:
        """Play to the end; False when this computer has nothing that can."""
        name = "needs-you" if urgent else "for-information"
        sound = tones(URGENT if urgent else CALM)
        if sys.platform == "win32":
            return _play_on_windows(sound)
        if not self._may_start:
            return False
        try:
            file = self._put(name, sound)
        except OSError as error:
            log.warning("a sound could not be written: %s", error.strerror)
            return False
        return any(_played(player, file) for player in PLAYERS)

    def _put(self, name: str, sound: bytes) -> Path:
        file = self._folder / f"{name}.wav"
        if not file.exists() or file.stat().st_size != len(sound):
            self._folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(sound)
        return file


def _played(player: str, file: Path) -> bool:
    program = which(player)
    if program is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - a player found on this computer, a file of ours
            [program, str(file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _play_on_windows(sound: bytes) -> bool:
    import winsound

    try:
        winsound.PlaySound(sound, winsound.SND_MEMORY | winsound.SND_NODEFAULT)  # type: ignore[attr-defined,unused-ignore]
    except RuntimeError:
        return False
    return True
