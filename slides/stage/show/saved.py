"""Where the show stands, and its token, kept in a file: a restart goes on with both."""

import contextlib
import json
import re
import time
from pathlib import Path
from secrets import token_urlsafe

from slides.stage.show.state import Show

TOKEN = 16  # bytes, which nobody guesses; its address fits a line of a terminal
LONGEST = 12 * 3600  # seconds: what is older is of another day's show


class Saved:
    """The file for one port; whoever holds the port owns it.

    So a show that finds one was not ended by its speaker: its owner is dead.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.path = folder / f"show-{port}.json"
        self.token = token_urlsafe(TOKEN)  # whoever has it is the speaker

    def read(self) -> Show | None:
        """Return where the show stood that was cut off here, if one was.

        Its token is taken over: the windows that are open stay the speaker's.
        """
        try:
            age = time.time() - self.path.stat().st_mtime
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            slide, step = int(kept["slide"]), int(kept["step"])
            begun, paused = (
                None if kept[key] is None else float(kept[key])
                for key in ("begun", "paused")
            )
            show = Show(True, slide, step, begun, paused)
            token = re.fullmatch(r"[\w-]{22}", kept["token"], re.ASCII)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            OverflowError,
            RecursionError,
        ):
            return None
        if not token or show.slide < 1 or show.step < 0 or age >= LONGEST:
            return None
        self.token = token[0]
        return show

    def write(self, show: Show) -> None:
        """Keep where the show stands; nobody else on this machine may read it."""
        kept = {
            "slide": show.slide,
            "step": show.step,
            "begun": show.begun,
            "paused": show.paused,
            "token": self.token,
        }
        self.path.parent.mkdir(exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(0o600)
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(self.path)

    def remove(self) -> None:
        """Forget it: the show has come to its end."""
        with contextlib.suppress(OSError):  # what could not be written is not there
            self.path.unlink(missing_ok=True)
