"""Read every setting from the environment; each is documented in docs/operators.md and safe by default."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent


class UnsafeSettings(RuntimeError):
    """The settings would run Tandem in a way that must not reach real people."""


@dataclass(frozen=True)
class Settings:
    """Settings of one installation.

    Minutes, days and bytes are said in the names; `production` is what TANDEM_ENV=production turns on.
    """

    production: bool
    demo: bool
    secret_key: str
    database_url: str
    instance: Path
    host: str
    port: int
    web_threads: int
    base_url: str
    session_days: int
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_starttls: bool
    mail_from: str
    log_json: bool
    trusted_proxies: int
    library: Path

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def flask(self) -> dict[str, object]:
        """Return the configuration mapping that Flask and its extensions read."""
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "tandem",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.production and self.base_url.startswith("https"),
            "PERMANENT_SESSION_LIFETIME": self.session_days * 86_400,
            "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
            "MAX_FORM_PARTS": 5_000,
            "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000 if self.production else 0,
        }


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Build settings from environment variables.

    Raises UnsafeSettings when a production start lacks SECRET_KEY or has demo sign-ins on,
    and ValueError, naming the variable, when a value cannot be read.
    """
    env = os.environ if env is None else env
    production = _choice(env, "TANDEM_ENV", ("development", "production"), "development") == "production"
    demo = _flag(env, "DEMO", default=not production)
    instance = Path(env.get("INSTANCE_DIR") or ROOT / "instance")
    if production and demo:
        raise UnsafeSettings(
            "DEMO=1 would open the demo sign-ins, whose passwords are public. "
            "Unset DEMO for a production start."
        )
    secret_key = env.get("SECRET_KEY", "")
    if production and len(secret_key) < 32:
        raise UnsafeSettings(
            "A production start needs SECRET_KEY with at least 32 characters. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    port = _whole(env, "PORT", 8000)
    return Settings(
        production=production,
        demo=demo,
        secret_key=secret_key or _development_key(instance),
        database_url=_database_url(env.get("DATABASE_URL", ""), instance),
        instance=instance,
        host=env.get("HOST", "127.0.0.1"),
        port=port,
        web_threads=_whole(env, "WEB_THREADS", 8),
        base_url=_base_url(env.get("BASE_URL", ""), port),
        session_days=_whole(env, "SESSION_DAYS", 14),
        smtp_host=env.get("SMTP_HOST", ""),
        smtp_port=_whole(env, "SMTP_PORT", 587),
        smtp_user=env.get("SMTP_USER", ""),
        smtp_password=env.get("SMTP_PASSWORD", ""),
        smtp_starttls=_flag(env, "SMTP_STARTTLS", default=True),
        mail_from=env.get("MAIL_FROM", "tandem@localhost"),
        log_json=_flag(env, "LOG_JSON", default=production),
        trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
        library=Path(env.get("LIBRARY_DIR") or ROOT),
    )


def _development_key(instance: Path) -> str:
    path = instance / "secret-key"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as new:
            path.chmod(0o600)
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text() or "development-key-being-written"


def _base_url(url: str, port: int) -> str:
    found = urlsplit(url.strip() or f"http://localhost:{port}")
    if found.scheme not in {"http", "https"} or not found.netloc or found.path.strip("/") or found.query:
        raise ValueError(f"BASE_URL must be like https://tandem.example.com, without a path, not {url!r}.")
    return f"{found.scheme}://{found.netloc}"


def _database_url(url: str, instance: Path) -> str:
    if not url:
        instance.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{instance / 'tandem.sqlite'}"
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name, "").strip()
    if not raw:
        return default
    if not raw.isdigit():
        raise ValueError(f"{name} must be a whole number, not {raw!r}.")
    return int(raw)


def _flag(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    raw = env.get(name, "").strip().lower()
    if not raw:
        return default
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"{name} must be 1 or 0, not {raw!r}.")


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    raw = env.get(name, "").strip().lower() or default
    if raw not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {raw!r}.")
    return raw
