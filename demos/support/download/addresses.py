"""Web addresses: asked for byte for byte as they were given."""

from base64 import b64encode
from contextlib import suppress
from socket import inet_aton, inet_ntoa
from urllib.parse import quote, unquote

from httpx import Headers
from yarl import URL

from demos.support.download.failures import Failure

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def address(text: str | bytes, base: URL | None = None) -> URL:
    """Return `text`, a reference in `base`, as a URL: only what must be is quoted.

    Raises ValueError if it is none that a web server could answer for.
    """
    url = URL(quote(text, safe=PRINTABLE), encoded=True)
    if base:
        url = base.join(url)
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise ValueError("no address of the web")
    host = unquote(url.raw_host)
    with suppress(OSError):  # 127.1 is an address, too
        host = inet_ntoa(inet_aton(host))
    return url.with_host(host)


def request_headers(url: URL) -> list[tuple[str, str]]:
    """Return what is sent with a request for `url`, whichever client sends it."""
    headers = [
        ("Host", url.host_port_subcomponent or ""),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip"),
        ("User-Agent", "asyncio-live"),
    ]
    if url.user or url.password:
        secret = f"{url.user or ''}:{url.password or ''}".encode()
        headers.append(("Authorization", f"Basic {b64encode(secret).decode()}"))
    return headers


def redirected(url: URL, status: int, headers: Headers) -> URL | None:
    """Return where an answer for `url` leads on to; None if it is the last one.

    A password goes on to the same server only. Raises Failure for what is no address.
    """
    place = headers.get("Location")
    if status not in (301, 302, 303, 307, 308) or not place:
        return None
    try:
        target = address(place.encode("latin-1"), url)
    except ValueError:
        raise Failure("redirected to no address of the web") from None
    if target.raw_user is None and target.origin() == url.origin():
        target = target.with_user(url.user).with_password(url.password)
    return target
