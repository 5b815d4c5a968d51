"""One at a time: two shows in one checkout, or an export beside one, build by turns."""

from filelock import FileLock

from slides.stage.paths import Paths

PATIENCE = 600  # seconds; the first install of npm's packages may take minutes


def lock(paths: Paths) -> FileLock:
    """Return the lock to hold while npm's packages or the deck are made.

    To enter it raises TimeoutError when somebody else holds it for too long.
    """
    paths.build.mkdir(exist_ok=True)
    return FileLock(paths.build / "lock", timeout=PATIENCE)
