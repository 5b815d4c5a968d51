import asyncio
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import aiohttp
import httpx
import lesson

asked = Counter()


class Files(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked[self.path] += 1
        if self.path == "/busy" and asked[self.path] % 3:
            self.send_response(503)
            odd = asked[self.path] % 3 == 1
            when = "Mon, 31 Feb 99999999999 00:00:00 GMT" if odd else "0"
            self.send_header("Retry-After", when)
        elif self.path == "/late" and asked[self.path] % 2:
            self.send_response(429)
            self.send_header("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")
        else:
            self.send_response(404 if self.path == "/lost" else 200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, *args):
        """A client that has seen enough hangs up."""


def check(replies):
    *bodies, lost = replies
    assert bodies == [b"/a", b"/busy", b"/late", b"/b", b"/c"]
    assert isinstance(lost, httpx.HTTPStatusError | aiohttp.ClientResponseError)
    assert asked == {"/a": 1, "/busy": 3, "/late": 2, "/b": 1, "/c": 1, "/lost": 1}
    asked.clear()


async def in_tasks(urls):
    async with aiohttp.ClientSession() as session:
        check(await lesson.download_in_tasks(session, urls, 2))


with Server(("127.0.0.1", 0), Files) as server:
    Thread(target=server.serve_forever).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    paths = ["/a", "/busy", "/late", "/b", "/c", "/lost"]
    urls = [origin + path for path in paths]
    with httpx.Client() as session:
        check(lesson.download_one_by_one(session, urls))
        check(lesson.download_in_threads(session, urls, 2))
    asyncio.run(in_tasks(urls))
    server.shutdown()
