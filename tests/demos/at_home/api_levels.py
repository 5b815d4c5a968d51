"""Ask both services by plain sockets."""

import asyncio
import socket

from lesson import serve_protocol, serve_streams

MUCH = (b"x" * 1023 + b"\n") * 100_000


def ask(port):
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        answers = client.makefile("rb")
        client.sendall(b"one\ntw")
        assert answers.readline() == b"one\n"
        client.sendall(b"o\n\nno end")
        client.shutdown(socket.SHUT_WR)
        assert answers.read() == b"two\n\nno end"
        answers.close()


def send_without_reading(port):
    with socket.create_connection(("127.0.0.1", port), 0.5) as client:
        sent = 0
        try:
            while sent < len(MUCH):
                sent += client.send(MUCH[sent : sent + 65_536])
        except TimeoutError:
            pass  # the service waits for us
        assert sent < len(MUCH)
        client.settimeout(20)
        client.shutdown(socket.SHUT_WR)
        answers = client.makefile("rb")
        assert answers.read() == MUCH[:sent]
        answers.close()


async def main():
    for serve in (serve_streams, serve_protocol):
        async with await serve() as server:
            port = server.sockets[0].getsockname()[1]
            await asyncio.to_thread(ask, port)
            await asyncio.to_thread(send_without_reading, port)


asyncio.run(main())
