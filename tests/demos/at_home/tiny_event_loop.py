from selectors import DefaultSelector
from socket import socketpair

from lesson import Loop, receiver, sender, ticker

log = []


async def logged(coroutine):
    log.append((coroutine.__name__, await coroutine))


near, far = socketpair()
with near, far, DefaultSelector() as selector:
    loop = Loop(selector)
    assert loop.timeout() is None
    loop.ready.append(logged(ticker(loop)))
    loop.ready.append(logged(sender(loop, near, 0.01)))
    loop.ready.append(logged(receiver(loop, far)))
    loop.run()

assert dict(log) == {"ticker": None, "sender": None, "receiver": b"hello"}
