"""Hash and verify passwords with argon2id at OWASP's parameters, and make unguessable tokens."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
TOO_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "12345678910",
        "123456789a",
        "1q2w3e4r5t",
        "qwertyuiop",
        "qwerty12345",
        "qwertzuiop",
        "password12",
        "password123",
        "password1234",
        "passwort123",
        "iloveyou123",
        "letmein1234",
        "welcome123",
        "welcome1234",
        "changeme123",
        "administrator",
        "abcdefghij",
        "aaaaaaaaaa",
        "1111111111",
        "0000000000",
    ]
)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (19 MiB, 2 passes, 1 lane)."""
    return _hasher.hash(password)


def problem_with(password: str, email: str) -> str | None:
    """Name what makes a password unfit: `short`, `long`, `email`, `common`; None when it is fit.

    Length is what counts (NIST SP 800-63B, section 5.1.1.2); no kinds of characters are demanded.
    """
    plain = password.strip().casefold()
    if len(password) < MIN_LENGTH:
        return "short"
    if len(password) > MAX_LENGTH:
        return "long"
    if plain in {email.casefold(), email.casefold().partition("@")[0]}:
        return "email"
    if plain in TOO_COMMON or len(set(plain)) == 1:
        return "common"
    return None


def verify_password(stored: str | None, password: str) -> bool:
    """Tell whether the password is right; takes as long when there is no such account."""
    try:
        _hasher.verify(stored or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_token() -> str:
    """Return a fresh secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is stored of a token; the token itself never is."""
    return hashlib.sha256(token.encode()).hexdigest()
