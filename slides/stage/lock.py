"""One at a time: two shows in one checkout, or an export beside one, build by turns."""

import contextlib
import os
from collections.abc import Callable, Iterator

from filelock import FileLock

from slides.stage.paths import Paths

PATIENCE = 600  # seconds; the first install of npm's packages may take minutes


@contextlib.contextmanager
def lock(paths: Paths, given_up: Callable[[], bool] | None = None) -> Iterator[None]:
    """Hold the lock while npm's packages or the deck are made.

    Where nothing can be written there is none, and none is needed.

    Raises TimeoutError when somebody else holds it for too long, or when we have
    `given_up`.
    """
    with contextlib.suppress(OSError):
        paths.build.mkdir(exist_ok=True)
    if not os.access(paths.build, os.W_OK | os.X_OK):
        yield
        return
    waiting = FileLock(paths.build / "lock", timeout=PATIENCE)
    with waiting.acquire(cancel_check=given_up):
        yield
