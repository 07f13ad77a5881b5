import gzip
import time
from datetime import UTC, datetime

import pytest
from laws import every
from told_in_both import is_told_in_both

from connectors import http
from connectors.http import HelpdeskApi, host_allowed, is_loopback, pause_asked
from rules.errors import HelpdeskBusy, HelpdeskFailed

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TOKEN = "not-to-be-told"


def api(url: str, **more) -> HelpdeskApi:
    return HelpdeskApi(
        api_url=url, allowed_hosts=("{api_url}",), authorization=f"Bearer {TOKEN}", clock=lambda: NOW, **more
    )


def failed(call, kind=HelpdeskFailed):
    with pytest.raises(kind) as caught:
        call()

    assert TOKEN not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    is_told_in_both(caught.value)
    return caught.value


@every(
    ("url", "api_url", "allowed"),
    [
        ("https://acme.zendesk.com/api", "https://acme.zendesk.com", True),
        ("https://a.b.zendesk.com/", None, True),
        ("https://zendesk.com/", None, False),
        ("https://evilzendesk.com/", None, False),
        ("https://acme.zendesk.com.evil.test/", None, False),
        ("https://acme.zendesk.com@evil.test/", None, False),
        ("https://user@acme.zendesk.com/", None, False),
        ("https://acme.zendesk.com:8443/", None, False),
        ("http://acme.zendesk.com/", "http://acme.zendesk.com", False),
        ("https://support.acme.test/", "https://support.acme.test", False),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080", True),
        ("http://127.0.0.1:9090/x", "http://127.0.0.1:8080", False),
        ("http://localhost/x", "https://acme.zendesk.com", False),
        ("http://169.254.169.254/", "https://acme.zendesk.com", False),
        ("file:///etc/passwd", None, False),
        ("ftp://acme.zendesk.com/", None, False),
        ("https://[::1", None, False),
        ("https://acme.zendesk.com:x/", None, False),
        ("https://evil.test\\.zendesk.com/", "https://evil.test\\.zendesk.com", False),
        ("https://evil.test%2f.zendesk.com/", None, False),
        ("https://evil.test%00.zendesk.com/", None, False),
        ("https://evil.test;.zendesk.com/", None, False),
        ("https://evil.test\uff0fx.zendesk.com/", None, False),
        ("https://evil\u3002test.zendesk.com/", None, False),
        ("https://a..zendesk.com/", None, False),
        ("https://.zendesk.com/", None, False),
        ("https://acme.zendesk.com\n.evil.test/", None, False),
        ("https://acme.zendesk.com#@evil.test/", None, True),
        ("https://evil.test?.zendesk.com/", None, False),
        ("https://ACME.Zendesk.com./", None, True),
        ("https://127.0.0.1/", "http://127.0.0.1", False),
        ("http://2130706433/", "http://2130706433", False),
        ("http://[::1]:8080/x", "http://[::1]:8080", True),
        ("", None, False),
    ],
)
def test_host_allowed_keeps_to_the_pattern(url, api_url, allowed):
    assert host_allowed(url, patterns=("*.zendesk.com",), api_url=api_url) is allowed


@pytest.mark.parametrize(
    ("url", "api_url", "allowed"),
    [
        ("https://desk.test/api", "https://desk.test", True),
        ("https://desk.test:443/api", "https://DESK.test/base", True),
        ("http://desk.test/api", "http://desk.test", True),
        ("http://desk.test/api", "https://desk.test", False),
        ("https://desk.test:8443/api", "https://desk.test", False),
        ("https://other.test/api", "https://desk.test", False),
        ("https://desk.test/api", None, False),
        ("https://10.0.0.8/api", "https://10.0.0.8", True),
        ("https://[2001:db8::8]/api", "https://[2001:db8::8]", True),
        ("https://xn--bcher-kva.test/api", "https://xn--bcher-kva.test", True),
        ("http://helpdesk/api", "http://helpdesk", True),
        *(
            (f"http://{host}/latest", f"http://{host}", False)
            for host in (
                "169.254.169.254",
                "2852039166",
                "0xa9fea9fe",
                "0251.0376.0251.0376",
                "169.254.43518",
                "[::ffff:169.254.169.254]",
                "[fe80::1]",
                "[fe80::1%25eth0]",
                "0.0.0.0",  # noqa: S104 - an address to refuse, nothing is bound
                "[::]",
                "224.0.0.1",
                "desk.test\\@x",
                "desk_.\u00e9.test",
            )
        ),
    ],
)
def test_host_allowed_takes_the_tenants_own_address(url, api_url, allowed):
    assert host_allowed(url, patterns=("{api_url}",), api_url=api_url) is allowed


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("x.test", False),
    ],
)
def test_is_loopback_goes_by_the_writing(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 15:02:00 GMT", 120),
        ("Mon, 02 Mar 2026 14:00:00 GMT", 0),
        ("9999999999999999", 86_400),
        (None, 60),
        ("", 60),
        ("soon", 60),
        ("-5", 60),
        ("١", 60),  # noqa: RUF001 - a digit, but not of HTTP
    ],
)
def test_pause_asked_reads_seconds_and_dates(value, seconds):
    assert pause_asked(value, NOW) == seconds


def test_call_sends_what_it_was_given(desk):
    desk.answer = lambda _: (200, {}, {"id": 7})

    assert api(desk.url + "/").call("PUT", "/a/b.json", body={"x": "ação"}, query={"page": "2"}) == {"id": 7}
    asked = desk.asked[0]
    assert (asked.method, asked.path, asked.body) == ("PUT", "/a/b.json?page=2", {"x": "ação"})
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("status", "headers", "pause"), [(429, {}, 60), (429, {"Retry-After": "7"}, 7), (503, {"Retry-After": "9"}, 9)]
)
def test_call_says_how_long_a_busy_helpdesk_wants_to_be_left_alone(desk, status, headers, pause):
    desk.answer = lambda _: (status, headers, {})

    assert failed(lambda: api(desk.url).call("GET", "/"), HelpdeskBusy).retry_after == pause


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *((status, True) for status in (408, 409, 425, 500, 502, 503)),
        *((status, False) for status in (400, 401, 404, 422)),
    ],
)
def test_call_says_whether_trying_again_helps(desk, status, retryable):
    desk.answer = lambda _: (status, {}, {"error": TOKEN})

    error = failed(lambda: api(desk.url).call("GET", "/x"))
    assert error.retryable is retryable
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_call_follows_no_redirect(desk, status):
    desk.answer = lambda _: (status, {"Location": desk.url + "/elsewhere"}, {})

    error = failed(lambda: api(desk.url).call("GET", "/x"))
    assert not error.retryable
    assert "redirects are not followed" in str(error)
    assert len(desk.asked) == 1


def test_call_reads_no_answer_without_end(desk, monkeypatch):
    monkeypatch.setattr(http, "MAX_RESPONSE", 100_000)
    desk.answer = lambda _: (200, {}, b'"' + b"x" * 200_000 + b'"')

    assert "larger than" in str(failed(lambda: api(desk.url).call("GET", "/x")))


def test_call_waits_for_no_dripping_answer(desk):
    """One byte every 50 ms for half a minute: given up within the first seconds, whatever was asked for at once."""
    desk.drip = 0.05
    desk.answer = lambda _: (200, {}, b'"' + b"x" * 600 + b'"')
    started = time.monotonic()

    assert failed(lambda: api(desk.url, total_timeout=0.3).call("GET", "/x")).retryable
    assert time.monotonic() - started < 10


def test_call_reads_a_compressed_answer_and_names_a_broken_one(desk):
    packed = gzip.compress(b'{"id": 7}')
    desk.answer = lambda _: (200, {"Content-Encoding": "gzip"}, packed)
    whole = api(desk.url).call("GET", "/x")
    desk.answer = lambda _: (200, {"Content-Encoding": "gzip"}, b"not gzip")

    assert whole == {"id": 7}
    assert failed(lambda: api(desk.url).call("GET", "/x")).retryable


@pytest.mark.parametrize("answer", [b"<html>", b"\xff", b"[" * 100_000])
def test_call_names_an_answer_that_is_not_json(desk, answer):
    desk.answer = lambda _: (200, {}, answer)

    assert "not JSON" in str(failed(lambda: api(desk.url).call("GET", "/x")))


def test_call_gives_none_for_an_empty_answer(desk):
    desk.answer = lambda _: (204, {}, b"")

    assert api(desk.url).call("POST", "/x") is None


def test_call_says_that_a_silent_helpdesk_may_answer_later(spare_port):
    assert failed(lambda: api(f"http://127.0.0.1:{spare_port()}").call("GET", "/x")).retryable


@pytest.mark.parametrize(
    "url", ["ftp://desk.test", "desk.test", "https://user:secret@desk.test", "https://desk.test:port"]
)
def test_call_refuses_an_address_it_may_not_call(url):
    error = failed(lambda: api(url).call("GET", "/x"))

    assert not error.retryable
    assert "secret" not in str(error)


def test_call_says_in_both_languages_that_an_address_cannot_be_read():
    error = failed(lambda: api("https://desk.test:port").call("GET", "/x"))

    assert error.text.en.startswith("an unreadable address ")
    assert error.text.pt_br.startswith("um endereço ilegível ")


def test_call_names_credentials_no_header_can_hold(desk):
    broken = HelpdeskApi(api_url=desk.url, allowed_hosts=("{api_url}",), authorization=f"Bearer {TOKEN}\nX: y")

    assert "character" in str(failed(lambda: broken.call("GET", "/x")))
    assert not desk.asked


def test_repr_tells_the_place_only():
    assert repr(api("https://desk.test/base")) == "HelpdeskApi('desk.test')"
