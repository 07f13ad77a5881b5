"""Signs deliveries for the contract tests, written from each scheme's own documents, not from our verifiers."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 3, 2, 15, 0, 0, tzinfo=UTC)
SECRET = "dGVzdC1zZWNyZXQtb2YtdGhlLWNvbnRyYWN0"
OLD_SECRET = "the-secret-before-it-was-rotated"
STRANGER = "a-secret-nobody-was-given"


@dataclass(frozen=True)
class Request:
    """The parts of one signed webhook request."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    path_secret: str | None = None


def _hmac(secret: str, *parts: str | bytes, algorithm=hashlib.sha256) -> str:
    mac = hmac.new(secret.encode(), digestmod=algorithm)
    for part in parts:
        mac.update(part.encode() if isinstance(part, str) else part)
    return base64.b64encode(mac.digest()).decode()


def zendesk(body: bytes, secret: str, sent_at: datetime, *, algorithm=hashlib.sha256) -> Request:
    stamp = sent_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Request(
        body,
        {
            "x-zendesk-webhook-signature": _hmac(secret, stamp, body, algorithm=algorithm),
            "x-zendesk-webhook-signature-timestamp": stamp,
            "x-zendesk-webhook-invocation-id": "01HQZZZZZZZZZZZZZZZZZZZZZZ",
        },
    )


def standard(body: bytes, secret: str, sent_at: datetime, *, algorithm=hashlib.sha256) -> Request:
    stamp = str(int(sent_at.timestamp()))
    signature = _hmac(secret, "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj", ".", stamp, ".", body, algorithm=algorithm)
    return Request(
        body,
        {
            "webhook-id": "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        },
    )


def shared_secret(body: bytes, secret: str, sent_at: datetime) -> Request:
    return Request(body, {"content-type": "application/json"}, path_secret=secret)


SIGNERS = {"zendesk": zendesk, "standard": standard, "django_helpdesk": shared_secret}
SIGNATURE_HEADER = {"zendesk": "x-zendesk-webhook-signature", "standard": "webhook-signature"}
TIMESTAMP_HEADER = {"zendesk": "x-zendesk-webhook-signature-timestamp", "standard": "webhook-timestamp"}
STALE = NOW - timedelta(minutes=5, seconds=1)
FUTURE = NOW + timedelta(minutes=5, seconds=1)
