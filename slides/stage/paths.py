"""Where everything of a talk is, known here only and handed to whoever needs it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The folders and files of the talk in `root`, the folder of tasks.py."""

    root: Path

    @property
    def slides(self) -> Path:
        """The section files, and all that they show."""
        return self.root / "slides"

    @property
    def diagrams(self) -> Path:
        """The drawings."""
        return self.slides / "diagrams"

    @property
    def recordings(self) -> Path:
        """The recordings of the demos, and their last frames."""
        return self.slides / "recordings"

    @property
    def theme(self) -> Path:
        """The Marp theme."""
        return self.slides / "theme.css"

    @property
    def lock(self) -> Path:
        """The npm packages, each with its version."""
        return self.slides / "package-lock.json"

    @property
    def packages(self) -> Path:
        """The npm packages as they are installed."""
        return self.slides / "node_modules"

    @property
    def chromium(self) -> Path:
        """The Chromium from npm, unpacked."""
        return self.packages / ".chromium"

    @property
    def demos(self) -> Path:
        """The demos; what they share is in support/."""
        return self.root / "demos"

    @property
    def readme(self) -> Path:
        """The README; its table of what runs where is made from the slides."""
        return self.root / "README.md"

    @property
    def build(self) -> Path:
        """The built decks."""
        return self.root / ".build"

    @property
    def dist(self) -> Path:
        """What is exported."""
        return self.root / "dist"
