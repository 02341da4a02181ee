"""Deliver the outbox: one letter at a time, never while a transaction is open."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app

from app import jobs
from app.db import transaction
from app.notifications import mail, queries, service

log = logging.getLogger(__name__)
Send = Callable[[EmailMessage], None]


def register() -> None:
    """Add the delivery to the scheduler, and forgetting the secrets of what was delivered."""
    jobs.register("deliver-mail", timedelta(seconds=10), deliver_due, claims=False)
    jobs.register("forget-mailed-secrets", timedelta(minutes=10), service.forget_links)


def deliver_due(now: datetime, send: Send | None = None, limit: int = 200) -> int:
    """Send what is due and return how many letters went out.

    Without SMTP_HOST nothing leaves the machine: letters count as sent and, in the demo, are read at
    `/-/mail`.
    """
    settings = current_app.config["SETTINGS"]
    stays = send is None and settings.demo and not settings.smtp_host
    send = send or (_send_by_smtp if settings.smtp_host else _keep)
    sent = 0
    for _ in range(limit):
        with transaction():
            notice_id = service.claim_next(now)
        if notice_id is None:
            break
        letter = queries.letter(notice_id)
        try:
            if letter:
                send(mail.build(letter, sender=settings.mail_from, base_url=settings.base_url))
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            log.warning("letter %s was not taken: %s", notice_id, error)
            with transaction():
                service.record_failure(notice_id, str(error), now)
            continue
        with transaction():
            service.record_sent(notice_id, now, keep_link=stays)
        sent += 1
    return sent


def _send_by_smtp(message: EmailMessage) -> None:
    settings = current_app.config["SETTINGS"]
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=20) as server:
        if settings.smtp_starttls:
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def _keep(_message: EmailMessage) -> None:
    return None
