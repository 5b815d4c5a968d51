"""What a run has printed so far, for all who watch it, however late they join."""

import asyncio
import json
from collections.abc import AsyncGenerator

BACKLOG = 2_000_000  # characters of a run that are kept for those who join late


class Output:
    """The asciicast lines of a run, as they come: the header is kept, old ones go."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._dropped = 0  # lines that the backlog no longer holds
        self._size = 0
        self._more = asyncio.Condition()

    async def add(self, line: str) -> None:
        """Add a line, and let the followers have it."""
        self._lines.append(line)
        self._size += len(line)
        while self._size > BACKLOG and len(self._lines) > 2:
            self._size -= len(self._lines.pop(1))  # line 0 is the header
            self._dropped += 1
        async with self._more:
            self._more.notify_all()

    async def follow(self) -> AsyncGenerator[str, None]:
        """Yield the lines from the first on, then each as it comes, without end.

        What was printed before comes in one go. A reader slower than the demo skips
        what the backlog no longer holds.
        """
        async with self._more:
            await self._more.wait_for(lambda: self._lines)
        header, *events = self._lines
        position = self._dropped + len(self._lines)
        yield header
        past = [json.loads(event) for event in events]
        if printed := "".join(data for _, code, data in past if code == "o"):
            yield json.dumps([0, "o", printed], ensure_ascii=False)
        while True:
            async with self._more:
                while position >= self._dropped + len(self._lines):
                    await self._more.wait()
            position = max(position, self._dropped + 1)
            line = self._lines[position - self._dropped]
            position += 1
            yield line
