"""Python imports this before a program that is traced; all else is as without it.

script.py puts this folder in front of PYTHONPATH, and starts the program as ever: it is
``__main__``, no frame is below it, and what it ends with is its own. So this takes
itself away at once, and loads the tracer when the program loads asyncio: not before, as
a program may look whether a module was imported.
"""

import atexit
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOOPS = ("asyncio.unix_events", "asyncio.windows_events")  # what asyncio imports last
NOTHING: "tuple[list[Any], list[str]]" = (
    [],
    [],
)  # no events, no loops that were not traced


class Start:
    """Finds no module: it sees asyncio come, and then has its loops traced."""

    def __init__(self, last: int, out: str, folder: str) -> None:
        """The `last` events go to the file `out`; the tracer is in `folder`."""
        self.last = last
        self.out = out
        self.folder = folder
        self.process = os.getpid()
        self.trace: Any = None

    def find_spec(self, name: str, *_: object) -> None:
        """Start the tracer just before asyncio has its loops; Python asks for each."""
        if name in LOOPS and self in sys.meta_path:
            sys.meta_path.remove(self)
            self.trace = self.load().trace_main_thread(self.last)

    def load(self) -> "Any":
        """Return the tracer; the program does not find it among its modules."""
        from importlib import import_module
        from importlib.machinery import ModuleSpec
        from importlib.util import module_from_spec

        package = ModuleSpec("asyncio live", None, is_package=True)
        package.submodule_search_locations = [self.folder]
        sys.modules[package.name] = module_from_spec(package)
        tracer = import_module(f"{package.name}.tracer")
        for name in [each for each in sys.modules if each.startswith(package.name)]:
            del sys.modules[name]
        return tracer

    def write(self) -> None:
        """Write the events, whole or not at all; in a child that was forked, none."""
        if os.getpid() != self.process:
            return
        try:
            told = self.trace.as_bytes() if self.trace else marshal.dumps(NOTHING)
            with open(f"{self.out}.part", "wb") as file:  # noqa: PTH123
                file.write(told)
            os.replace(f"{self.out}.part", self.out)  # noqa: PTH105
        except Exception:  # the program may have closed the way to it, or changed us
            return


here, _, others = os.environ.pop("PYTHONPATH").partition(os.pathsep)
if others:
    os.environ["PYTHONPATH"] = others
sys.path.remove(here)
sys.path_importer_cache.pop(here, None)
last, out = os.environ.pop("ASYNCIO_LIVE_TRACE").split(" ", 1)
start = Start(int(last), out, os.path.dirname(here))  # noqa: PTH120
sys.meta_path.insert(0, start)
atexit.register(start.write)  # the first to come is the last to be called

# Python passes over one that is not there, and imports the one that would have been.
del sys.modules["sitecustomize"]
import sitecustomize  # type: ignore[import-not-found]  # noqa: E402, F401
