"""What a run has printed so far, for all who watch it, however late they join."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator

BACKLOG = 2_000_000  # characters of a run that are kept for those who join late
FRAME = 0.2  # seconds: a window that draws more often takes cores from the demo


class Output:
    """The asciicast lines of a run, as they come: the header is kept, old ones go."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._dropped = 0  # lines that the backlog no longer holds
        self._size = 0
        self._more = asyncio.Condition()

    async def add(self, line: str) -> None:
        """Add a line, and let the followers have it."""
        self.lines.append(line)
        self._size += len(line)
        while self._size > BACKLOG and len(self.lines) > 2:
            self._size -= len(self.lines.pop(1))  # line 0 is the header
            self._dropped += 1
        async with self._more:
            self._more.notify_all()

    async def follow(self) -> AsyncGenerator[str, None]:
        """Yield the lines from the first on, without end.

        What was printed before comes in one go, and so does what is printed within a
        FRAME. All comes a frame late: what a demo says as it fails is not seen. A
        reader slower than the demo skips what the backlog no longer holds.
        """
        async with self._more:
            await self._more.wait_for(lambda: self.lines)
        header, *past = self.lines
        position = self._dropped + len(self.lines)
        yield header
        for line in _joined(past):
            yield line
        while True:
            async with self._more:
                while position >= (end := self._dropped + len(self.lines)):
                    await self._more.wait()
            await asyncio.sleep(FRAME)
            first, last = (max(at - self._dropped, 1) for at in (position, end))
            position = end
            for line in _joined(self.lines[first:last]):
                yield line


def _joined(lines: list[str]) -> Iterator[str]:
    """Yield the output in these lines as one event, then what else they hold."""
    found = [json.loads(line) for line in lines]
    if printed := "".join(data for _, code, data in found if code == "o"):
        yield json.dumps([0, "o", printed], ensure_ascii=False)
    for line, (_, code, _) in zip(lines, found, strict=True):
        if code != "o":
            yield line
