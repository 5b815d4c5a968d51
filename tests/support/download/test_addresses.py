import pytest
from httpx import Headers

from demos.support.download.addresses import address, redirected, request_headers
from demos.support.download.failures import Failure


@pytest.mark.parametrize(
    ("text", "host", "target"),
    [
        ("http://a.test", "a.test", "/"),
        ("HTTP://A.test:80/B%2f?c=%7e", "a.test", "/B%2f?c=%7e"),
        ("http://[::1]:8080/a;b", "[::1]:8080", "/a;b"),
        ("http://exämple.test/é x", "xn--exmple-cua.test", "/%C3%A9%20x"),
        ("http://a.test/b#c", "a.test", "/b"),
        ("http://127.1:8/", "127.0.0.1:8", "/"),
    ],
)
def test_an_address_is_kept_as_it_was_given(text: str, host: str, target: str) -> None:
    url = address(text)
    assert url.raw_path_qs == target
    assert dict(request_headers(url))["Host"] == host


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("http://me:secret@a/", "bWU6c2VjcmV0"),
        ("http://me:se%40cret@a/", "bWU6c2VAY3JldA=="),
        ("http://me@a/", "bWU6"),
        ("http://a/", None),
    ],
)
def test_a_password_is_sent(text: str, secret: str | None) -> None:
    sent = dict(request_headers(address(text))).get("Authorization")
    assert sent == (f"Basic {secret}" if secret else None)


@pytest.mark.parametrize(
    "text", ["a.test/b", "ftp://a/b", "http:///b", "http://a:b/", "http://[::/"]
)
def test_what_no_web_server_could_answer_for_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):
        address(text)


def onward(place: str, status: int = 302) -> str:
    url = address("http://me:secret@a.test/b/c?d")
    headers = Headers({"Location": place} if place else {})
    return str(redirected(url, status, headers))


def test_a_redirect_leads_on_and_a_password_stays_with_its_server() -> None:
    assert onward("e%2f") == "http://me:secret@a.test/b/e%2f"
    assert onward("//A.test/e") == "http://me:secret@a.test/e"
    assert onward("http://a.test:81/e") == "http://a.test:81/e"
    assert onward("https://a.test/e") == "https://a.test/e"
    assert onward("http://you:too@a.test/") == "http://you:too@a.test/"
    assert onward("/e", status=200) == onward("/e", status=304) == "None"
    assert onward("") == "None"
    with pytest.raises(Failure, match="redirected to no address of the web"):
        onward("mailto:me")
