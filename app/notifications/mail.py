"""Build an e-mail from a notice: pure, so that what people get can be tested to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256

MAX_TRIES = 6


@dataclass(frozen=True)
class Letter:
    """What the outbox hands to the mail server. `created_at` is a UTC datetime."""

    notice_id: int
    to_name: str
    to_address: str
    subject: str
    body: str
    link: str
    created_at: object


def build(letter: Letter, *, sender: str, base_url: str) -> EmailMessage:
    """Return the message; its Message-ID is the same at every try, so a repeat can be recognised.

    Raises UnicodeError for an address that mail cannot carry: letters beyond ASCII before the @.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = formataddr((_one_line(letter.to_name), _ascii_domain(letter.to_address)))
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(letter.created_at)  # type: ignore[arg-type]
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    digest = sha256(f"{base_url}/{letter.notice_id}".encode()).hexdigest()[:24]
    message["Message-ID"] = f"<notice-{letter.notice_id}-{digest}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{base_url}{letter.link}" if letter.link else ""
    message.set_content(f"{letter.body}{link}\n")
    return message


def wait_minutes(tries: int) -> int:
    """Return how many minutes to wait before the next try: 1, 5, 25, 125 … at most a day."""
    return min(5 ** max(0, tries - 1), 24 * 60)


def _ascii_domain(address: str) -> str:
    """Return an address as mail carries it: "lena@exämple.com" goes to "lena@xn--exmple-cua.com"."""
    name, at, domain = address.rpartition("@")
    return name + at + domain.encode("idna").decode()


def _one_line(text: str) -> str:
    return " ".join(text.split())
