"""What the blocking client keeps: connections, as long as the server does, too."""

import socket
from concurrent.futures import ThreadPoolExecutor

from demos.support.download.http_client import Session
from tests.talks import PATIENCE

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


def answer(connection: socket.socket) -> None:
    assert connection.recv(2**16).startswith(b"GET / HTTP/1.1\r\n")
    connection.sendall(ANSWER)


def get(session: Session, url: str) -> bytes:
    with session.get(url, PATIENCE) as response:
        return b"".join(response.iter_any())


def test_a_connection_is_used_again_until_the_server_closes_it() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        ThreadPoolExecutor(1) as client,
        Session() as session,
    ):
        server.settimeout(PATIENCE)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for requests in (2, 1):
            first = client.submit(get, session, url)
            connection, _ = server.accept()
            with connection:
                connection.settimeout(PATIENCE)
                answer(connection)
                assert first.result(PATIENCE) == b"OK"
                for _ in range(requests - 1):
                    again = client.submit(get, session, url)
                    answer(connection)
                    assert again.result(PATIENCE) == b"OK"
