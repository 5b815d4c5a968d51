"""Downloads that end whole or with a named failure, whichever session brings them.

A file is written as ``.name.part`` and gets its name when every byte was checked.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import BinaryIO, Literal

from httpx import Headers
from yarl import URL

from demos.support.download.failures import Failure, Passing, failure

State = Literal["queued", "waiting", "receiving", "done", "failed"]
DEADLINE = 60.0  # seconds for one attempt, all in all
MOST = 64 * 2**20  # bytes of a body that is not written to a file
STEP = 2**20  # bytes unpacked at once: a megabyte may hold a gigabyte of zeros
PACKED = (".gz", ".tgz", ".taz", ".gzip", ".svgz")  # names of what is to stay packed


@dataclass(eq=False)
class Download:
    """A file to bring: from where, what it must be, and what became of it so far."""

    url: str
    path: Path | None = None  # where to keep it
    deadline: float = DEADLINE  # seconds, for each attempt
    digest: str | None = None  # SHA-256 in hexadecimal; known beforehand, or found
    size: int = 0  # bytes, once it is done
    measured: bool = True  # did the server say where the body ends?
    changes: list[tuple[float, State]] = field(default_factory=list)  # perf_counter
    failures: list[str] = field(default_factory=list)  # one for each failed attempt
    stalls: Mapping[int, float] = field(default_factory=dict)  # attempt -> its deadline

    @property
    def patience(self) -> float:
        """The seconds that the next attempt may take.

        One of which it is known that it will stall ends soon; a machine that is slow
        makes no other fail.
        """
        return self.stalls.get(len(self.failures), self.deadline)

    @property
    def state(self) -> State:
        """The present state."""
        return self.changes[-1][1] if self.changes else "queued"

    def enter(self, state: State) -> None:
        """Note that the download is in `state` from now on."""
        self.changes.append((perf_counter(), state))


Downloads = Sequence[Download]


@contextmanager
def attempt(download: Download) -> Iterator["Body"]:
    """Try a download: keep the file in the end, or raise what went wrong as a Failure.

    It is waiting first, and done or failed after; a mistake or a cancellation passes.
    """
    download.enter("waiting")
    body = Body(download)
    try:
        yield body
        body.keep()
        download.enter("done")
    except Exception as error:
        if named := failure(error):
            download.failures.append(str(named))
            download.enter("failed")
            raise named from error
        raise
    finally:
        body.drop()


class Body:
    """The body of a download, checked and written as it comes."""

    def __init__(self, download: Download) -> None:
        self._download = download
        self._size = 0  # bytes, unpacked
        self._digest = sha256()
        self._gunzip: Gunzip | None = None
        self._part: BinaryIO | None = None

    def begin(self, headers: Headers) -> None:
        """Begin to receive; raise Failure for what is not to be understood."""
        if headers.get("Transfer-Encoding", "chunked").lower() != "chunked":
            raise Failure("not an HTTP answer")  # to what was asked
        self._download.measured = is_measured(headers)
        encoding = (headers.get("Content-Encoding") or "identity").lower()
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise Failure(f"encoding {encoding!a}, not asked for")
        name = URL(self._download.url, encoded=True).name.lower()
        if encoding != "identity" and not name.endswith(PACKED):
            self._gunzip = Gunzip()
        if self._download.path:
            self._part = part(self._download.path).open("wb")
        self._download.enter("receiving")

    def take(self, piece: bytes) -> bytes:
        """Take a piece as it came over the wire, and return it unpacked.

        What goes to a file is not returned. A write blocks for what the page cache
        takes; a slow disk would need asyncio.to_thread.
        """
        kept = []
        for data in self._gunzip.unpack(piece) if self._gunzip else (piece,):
            self._size += len(data)
            self._digest.update(data)
            if self._part:
                self._part.write(data)
            elif self._size > MOST:
                raise Failure("more than 64 MiB: to keep it, add --to")
            else:
                kept.append(data)
        return b"".join(kept)

    def keep(self) -> None:
        """Give the file its name; raise Failure if a byte is missing, or wrong.

        That no byte is missing on the wire is for the client to say.
        """
        download, digest = self._download, self._digest.hexdigest()
        if download.state != "receiving":
            raise Failure("its body was not read")
        if self._gunzip and not self._gunzip.complete:
            raise Passing("truncated gzip")
        if (download.digest or digest) != digest:
            raise Passing("wrong digest")
        if self._part and download.path:
            self._part.close()
            part(download.path).replace(download.path)
        download.size, download.digest = self._size, digest

    def drop(self) -> None:
        """Remove what was not given its name."""
        if self._part and self._download.path:
            self._part.close()
            part(self._download.path).unlink(missing_ok=True)


def is_measured(headers: Headers) -> bool:
    """Return whether a server says where the body ends."""
    return "Content-Length" in headers or "Transfer-Encoding" in headers


class Gunzip:
    """Unpacks gzip bit by bit: all its members, not only the first."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self.complete = True  # nothing at all is an empty file

    def unpack(self, piece: bytes) -> Iterator[bytes]:
        """Yield what `piece` unpacks to, at most STEP bytes at once."""
        while piece:
            if self._member.eof:
                self._member = zlib.decompressobj(wbits=31)
            yield self._member.decompress(piece, STEP)
            piece = self._member.unconsumed_tail or self._member.unused_data
            self.complete = self._member.eof


def part(path: Path) -> Path:
    """Return where the bytes of `path` go until they are all there."""
    return path.with_name(f".{path.name}.part")


def file_names(urls: Iterable[str]) -> list[str]:
    """Return a name for the file of each URL: plain characters, no two alike.

    None begins with a dot, as those of parts do.
    """
    names: dict[str, str] = {}  # by what a file system may take for the same
    for url in map(URL, urls):
        plain = re.sub(r"[^\w.-]", "_", url.name or url.host or "")[-100:].lstrip(".")
        name, number = plain, 1
        while not name or name.lower() in names:
            number += 1
            name = f"{number}-{plain}"
        names[name.lower()] = name
    return [*names.values()]
