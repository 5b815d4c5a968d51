"""Web addresses: asked for byte for byte as they were given, and kept from the eye."""

from base64 import b64encode
from urllib.parse import quote, unquote

from httpx import Headers
from yarl import URL

from demos.support.download.failures import Failure

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def address(text: str | bytes) -> URL:
    """Return `text` as a URL: what no request may hold is quoted, all else is kept.

    Raises ValueError if it is none.
    """
    url = URL(quote(text, safe=PRINTABLE), encoded=True)
    return url.with_host(unquote(url.raw_host)) if url.raw_host else url


def is_of_the_web(text: str) -> bool:
    """Return whether `text` is an address that a web server could answer for."""
    try:
        url = address(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.raw_host)


def shown(url: URL) -> str:
    """Return `url` as it may be printed: without a password."""
    return str(url.with_user(None) if url.raw_host else url)


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

    A password goes on to the same server only. Raises Failure for an address that is
    not of the web.
    """
    place = headers.get("Location")
    if status not in (301, 302, 303, 307, 308) or not place:
        return None
    try:
        target = url.join(address(place.encode("latin-1")))
    except ValueError:
        raise Failure("redirected to what is no address") from None
    if target.scheme not in ("http", "https"):
        raise Failure(f"redirected to {shown(target)}")
    if target.raw_user is None and target.origin() == url.origin():
        target = target.with_user(url.user).with_password(url.password)
    return target
