"""The ways the house says no; the shell turns each into its page."""

from __future__ import annotations


class Refusal(Exception):
    """A request that cannot be served; the message is shown to the person."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Unfit(Refusal):
    """A field holds what cannot be kept; the message names the field and what fits."""

    status = 422


class NotFound(Refusal):
    """The thing does not exist, or the person may not know that it does."""

    status = 404


class SignedOut(Refusal):
    """Nobody is signed in, or not any more."""

    status = 401


class Forbidden(Refusal):
    """The person may not do this."""

    status = 403


class Conflict(Refusal):
    """The thing changed meanwhile, or a rule forbids the act as things stand."""

    status = 409
