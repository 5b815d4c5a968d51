"""The section files, as they are written; what slides they hold, the engine says."""

from dataclasses import dataclass
from pathlib import Path

from invoke.exceptions import Exit

from slides.stage.paths import Paths


class BuildError(Exit):
    """The deck cannot be built: lines that say where and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why, code=1)


@dataclass(frozen=True)
class Section:
    """A section file and its Markdown, front matter included."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The path from the project's folder on, for people to read."""
        return self.path.relative_to(self.path.parents[1]).as_posix()


def sections(paths: Paths) -> list[Section]:
    """Return the section files, in the order of their names.

    All Markdown in slides/ is one, but a README and what editors leave behind.

    Raises BuildError when there is none, or one that is not UTF-8.
    """
    found = []
    for path in sorted(paths.slides.glob("*.md")):
        is_other = path.name.startswith(".") or path.stem.upper() == "README"
        if is_other or not path.is_file():
            continue
        written = path.read_bytes()
        try:
            text = written.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = written.count(b"\n", 0, error.start) + 1
            name = Section(path, "").name
            raise BuildError(f"{name}:{line}: this is not UTF-8") from error
        found.append(Section(path, text.replace("\r\n", "\n").replace("\r", "\n")))
    if not found:
        raise BuildError(f"{paths.slides}: there is no slide file (*.md)")
    return found
