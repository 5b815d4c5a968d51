"""A traced program does, prints and ends with what it does untraced."""

import subprocess
import sys
from pathlib import Path

import pytest

from demos.support.trace.script import environment

PROGRAMS = {
    "streams": """
import asyncio, sys
async def serve(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()
async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(*host)
        writer.write(sys.argv[1].encode() + b"\\n")
        print(await reader.read(), sys.argv, __name__)
        writer.close()
asyncio.run(main())
""",
    "subprocess": """
import asyncio, sys
async def main():
    code = "import sys; print('child'); sys.exit(3)"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    print(await child.communicate())
    return child.returncode
sys.exit(asyncio.run(main()))
""",
    "pools": """
import asyncio
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
def square(number):
    return number * number
async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        print(await loop.run_in_executor(pool, square, 7))
    print(await asyncio.to_thread(square, 8))
if __name__ == "__main__":
    with asyncio.Runner() as runner:
        runner.run(main())
""",
    "failing group": """
import asyncio
async def fails():
    async with asyncio.timeout(0.001):
        await asyncio.sleep(60)
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(60))
        group.create_task(fails())
asyncio.run(main())
""",
    "failing callbacks": """
import asyncio, selectors
def fails():
    raise ValueError
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(fails)
    loop.call_soon_threadsafe(fails)
    await asyncio.sleep(0.01)
loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
loop.run_until_complete(main())
loop.close()
""",
    "loop in a thread": """
import asyncio, threading
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever)
thread.start()
print(asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, "slept"), loop).result())
loop.call_soon_threadsafe(loop.stop)
thread.join()
loop.close()
""",
    "eager tasks": """
import asyncio
async def child(number):
    if number % 2:
        await asyncio.sleep(0.001)
    return number, asyncio.current_task().get_coro().cr_code.co_name
async def main():
    if factory := getattr(asyncio, "eager_task_factory", None):
        asyncio.get_running_loop().set_task_factory(factory)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child(number)) for number in range(4)]
    print([task.result() for task in tasks])
asyncio.run(main())
""",
    "debug mode": """
import asyncio, logging, re, time
class Messages(logging.Handler):
    def emit(self, record):
        message = re.sub(r"when=\\S+|took .*", "", record.getMessage())
        if "block" in message and "main" not in message:
            print(message)
logging.getLogger("asyncio").addHandler(Messages())
def block():
    time.sleep(0.02)
async def block_in_task():
    block()
async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0.01
    loop.call_soon(block)
    loop.call_later(0.001, block)
    await asyncio.create_task(block_in_task())
    await asyncio.sleep(0.05)
asyncio.run(main(), debug=True)
""",
    "itself": """
import atexit, os, sys, __main__
print(sorted(sys.modules), sys.path, sys.argv, sys.orig_argv, sorted(globals()))
print(vars(__main__) is globals(), sys.excepthook is sys.__excepthook__)
print([item for item in os.environ.items() if "PYTHON" in item[0]], __spec__)
os.chdir(os.sep)
with open(__file__) as own:
    print(len(own.read()), input(), sys.stdin.read())
if hasattr(os, "fork"):
    sys.stdout.flush()
    if os.fork() == 0:
        sys.exit(3)
    print(os.wait()[1])
""",
    "its stack and classes": """
import asyncio, logging, sys, traceback
logging.basicConfig(level=logging.DEBUG)
def depth(of, number=0):
    try:
        return depth(of, number + 1)
    except RecursionError:
        print(of, len(traceback.extract_stack()), number)
async def child():
    depth("task")
    traceback.print_stack()
async def main():
    loop = asyncio.get_running_loop()
    print(loop, type(loop), type(loop._selector), loop.create_task, loop.call_later)
    loop.call_soon(depth, "callback")
    await asyncio.create_task(child())
    await asyncio.to_thread(depth, "thread")
class Own(asyncio.SelectorEventLoop):
    pass
depth("module")
asyncio.run(main())
with asyncio.Runner(loop_factory=Own) as runner:
    runner.run(main())
""",
    "pickled late": """
import asyncio, atexit, pickle, threading
class Own:
    pass
def late(where):
    asyncio.run(asyncio.sleep(0))
    print(where, type(pickle.loads(pickle.dumps(Own()))) is Own)
def outlive():
    threading.main_thread().join()
    late("thread")
threading.Thread(target=outlive).start()
atexit.register(late, "exit handler")
raise SystemExit(["no", "number"])
""",
    "wrong calls": """
import asyncio, os, traceback
from concurrent.futures import ThreadPoolExecutor
async def main():
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor()
    pool.shutdown()
    calls = [
        lambda: loop.create_task(5),
        lambda: loop.call_later(1, main),
        lambda: loop.run_in_executor(pool, print),
        lambda: loop.add_reader(os.open(__file__, os.O_RDONLY), print),
    ]
    for call in calls:
        try:
            call()
        except Exception:
            traceback.print_exc()
    for made in loop.call_later(60, int), loop.run_in_executor(None, int):
        print(*made._source_traceback.format())
asyncio.run(main(), debug=True)
""",
    "interrupted": """
import asyncio, signal, threading
loop = asyncio.new_event_loop()
loop._selector.select = lambda timeout: signal.raise_signal(signal.SIGINT)
try:
    loop.run_forever()
finally:
    loop.close()
""",
    "terminated": """
import asyncio, signal
async def main():
    print("the end", flush=True)
    signal.raise_signal(signal.SIGTERM)
asyncio.run(main())
""",
    "odd ones": """
import asyncio, functools, json, selectors, sys
print(json.mine, sorted({"sysconfig", "marshal"} & sys.modules.keys()))
class Odd(dict):
    __getattr__ = dict.__getitem__
    def __call__(self, *args):
        print("called")
class Context:
    def run(self, command):
        return command
class Own(selectors.SelectSelector):
    def _watch(self):
        return self._fd_to_key.pop(-1, None)
class Loop(asyncio.SelectorEventLoop):
    def _run_once(self):
        super()._run_once()
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(Odd())
    loop.call_soon(print, Odd())
    run = functools.partial(Context().run, command="ran")
    print(await loop.run_in_executor(None, run))
    own = Own()
    own.register(loop._ssock.fileno(), selectors.EVENT_READ, print)
    print(own._watch())
loop = Loop(Own())
loop.run_until_complete(main())
loop.close()
""",
    "not to be compiled": "print(",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_traced_program_does_what_it_does_untraced(name: str, tmp_path: Path) -> None:
    script = tmp_path / "a program.py"
    script.write_text(PROGRAMS[name], encoding="utf-8")
    (tmp_path / "json.py").write_text("mine = True")  # not the tracer's to import
    out = tmp_path / "trace"
    plain, traced = (
        subprocess.run(
            [sys.executable, script.name, "some text"],
            input=b"a line\nand more",
            capture_output=True,
            cwd=tmp_path,
            env=variables,
            check=False,
        )
        for variables in (None, environment(out, 1000))
    )
    assert traced.stdout == plain.stdout
    assert traced.stderr == plain.stderr
    assert traced.returncode == plain.returncode
    assert out.exists() == (name != "terminated")
