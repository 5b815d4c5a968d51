"""Downloads that end whole or with a named failure, whoever carries them out.

    for attempt in download.attempts():
        with attempt:
            with session.get(download.url) as response:
                attempt.begin(response)
                for piece in response.iter_any():
                    attempt.write(piece)
        time.sleep(attempt.pause)

A file is written as ``name.part`` and gets its name when every byte was checked.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import BinaryIO, Literal, Protocol, Self

from yarl import URL

from demos.support.download.failures import EXPECTED, Failure, failure

State = Literal["queued", "waiting", "receiving", "done", "failed"]
ATTEMPTS = 3
PAUSE = 0.05  # seconds before the second attempt, twice as long before the third
DEADLINE = 60.0  # seconds for one attempt, all in all
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)  # statuses that may pass


class Headers(Protocol):
    """Header fields, whichever library has read them."""

    def get(self, name: str, /) -> str | None:
        """Return the value of a field, whatever its case, or None."""


class Response(Protocol):
    """An answer, whichever library got it."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Headers:
        """The header fields."""


@dataclass(eq=False)
class Download:
    """A file to bring: from where, what it must be, and what became of it so far."""

    url: str
    path: Path | None = None  # where to keep it
    deadline: float = DEADLINE  # seconds, for each attempt
    size: int | None = None  # bytes; known beforehand, or found
    digest: str | None = None  # SHA-256 in hexadecimal; known beforehand, or found
    changes: list[tuple[float, State]] = field(default_factory=list)  # perf_counter
    failures: list[str] = field(default_factory=list)  # one for each failed attempt
    measured: bool = True  # did the server say where the body ends?

    @property
    def state(self) -> State:
        """The present state."""
        return self.changes[-1][1] if self.changes else "queued"

    def attempts(self) -> Iterator["Attempt"]:
        """Yield attempts until one succeeds, fails for good, or was the last one."""
        for number in range(ATTEMPTS):
            yield Attempt(self, number)
            if self.state in ("done", "failed"):
                break

    def enter(self, state: State) -> None:
        """Note that the download is in `state` from now on."""
        self.changes.append((perf_counter(), state))


Downloads = Sequence[Download]


class Attempt:
    """One try: as a context manager it swallows what goes wrong, and notes its name."""

    def __init__(self, download: Download, number: int) -> None:
        self.download = download
        self.pause = 0.0  # seconds to wait before the next attempt
        self._number = number
        self._wire = 0
        self._length: int | None = None
        self._size = 0
        self._digest = sha256()
        self._gunzip: Gunzip | None = None
        self._part: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Begin to wait for an answer."""
        self.download.enter("waiting")
        return self

    def begin(self, response: Response) -> None:
        """Begin to receive; raise Failure if the answer is not a file."""
        if response.status != HTTPStatus.OK:
            raise Failure(
                f"HTTP {response.status}", final=response.status not in TRANSIENT
            )
        length = response.headers.get("Content-Length")
        chunked = response.headers.get("Transfer-Encoding")
        if length and length.isdecimal() and not chunked:
            self._length = int(length)
        self.download.measured = bool(chunked) or self._length is not None
        encoding = (response.headers.get("Content-Encoding") or "identity").lower()
        if encoding in ("gzip", "x-gzip"):
            self._gunzip = Gunzip()
        elif encoding != "identity":
            raise Failure(f"encoding {encoding}, not asked for", final=True)
        if self.download.path:
            self._part = part(self.download.path).open("wb")
        self.download.enter("receiving")

    def write(self, piece: bytes) -> None:
        """Take a piece of the body, as it came over the wire.

        It blocks for what a write to the page cache takes; a slow disk would need
        asyncio.to_thread.
        """
        self._wire += len(piece)
        data = self._gunzip.decompress(piece) if self._gunzip else piece
        self._size += len(data)
        self._digest.update(data)
        if self._part:
            self._part.write(data)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Keep the file, or drop what there is of it and note what went wrong."""
        try:
            if error is None:
                self._keep()
        except (Failure, OSError) as problem:
            error = problem
        finally:
            self._drop()
        if not isinstance(error, EXPECTED):
            return False
        named = failure(error)
        self.download.failures.append(str(named))
        self.download.enter("failed")
        if not named.final and self._number + 1 < ATTEMPTS:
            self.pause = PAUSE * 2**self._number
            self.download.enter("queued")
        return True

    def _keep(self) -> None:
        """Give the file its name; raise Failure if a byte is missing, or wrong."""
        download = self.download
        digest = self._digest.hexdigest()
        if self._length not in (None, self._wire):
            raise Failure("truncated")
        if self._gunzip and not self._gunzip.complete:
            raise Failure("truncated gzip")
        if (download.size or self._size) != self._size:
            raise Failure("truncated")
        if (download.digest or digest) != digest:
            raise Failure("wrong digest")
        if self._part and download.path:
            self._part.close()
            part(download.path).replace(download.path)
        download.size, download.digest = self._size, digest
        download.enter("done")

    def _drop(self) -> None:
        """Remove what was not given its name."""
        if self._part and self.download.path:
            self._part.close()
            part(self.download.path).unlink(missing_ok=True)


class Gunzip:
    """Unpacks gzip bit by bit: all its members, not only the first."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)

    def decompress(self, piece: bytes) -> bytes:
        """Return what `piece` unpacks to."""
        data = b""
        while piece:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            data += self._member.decompress(piece)
            piece = self._member.unused_data
        return data

    @property
    def complete(self) -> bool:
        """Whether the last member has come to its end."""
        return self._member.eof


def part(path: Path) -> Path:
    """Return where the bytes of `path` go until they are all there."""
    return path.with_name(f"{path.name}.part")


def file_names(urls: Iterable[str]) -> list[str]:
    """Return a name for the file of each URL: plain characters, no two alike."""
    names: list[str] = []
    taken: set[str] = set()
    for url in map(URL, urls):
        plain = re.sub(r"[^\w.-]", "_", url.name or url.host or "")[-100:].lstrip(".")
        name, number = plain, 1
        while not name or {name.lower(), f"{name}.part".lower()} & taken:
            number += 1
            name = f"{number}-{plain}"
        taken |= {name.lower(), f"{name}.part".lower()}
        names.append(name)
    return names
