"""Compare what a learner typed with what an author expects: texts with wildcards, and numbers."""

import re
import unicodedata
from decimal import Decimal

LONGEST_NUMBER = 100
# Beyond this many digits before or after the point nothing is a plausible answer, and arithmetic overflows.
LARGEST_EXPONENT = 300

_WILDCARDS = re.compile(r"(?<!\\)\*+")
_TIMES_TEN = re.compile(r"[x×*·]\s*10\s*(?:\^|\*\*)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?)(\d[\d.,]*|[.,]\d+)(?:e([+-]?\d{1,6}))?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,])\d{3})(?:(?P=mark)\d{3})*")


def tidy(text: str) -> str:
    """Write a text in Unicode form C with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_text(one: str, other: str) -> bool:
    """Compare two texts apart from spaces and Unicode form."""
    return tidy(one) == tidy(other)


def text_matches(text: str, pattern: str, case_sensitive: bool) -> bool:
    r"""Say whether a text fits a pattern in which `*` stands for any run of characters and `\*` for itself.

    As Moodle's short answer, which matches the whole text. Looks for the pieces between the wildcards from
    left to right, so the time is bounded by the product of the lengths however many wildcards there are.
    """
    pieces = [tidy_piece(piece) for piece in _WILDCARDS.split(tidy(pattern))]
    text = tidy(text)
    if not case_sensitive:
        text, pieces = text.casefold(), [piece.casefold() for piece in pieces]
    if len(pieces) == 1:
        return text == pieces[0]
    first, *middle, last = pieces
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    start, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True


def tidy_piece(piece: str) -> str:
    r"""Take the escapes out of a piece of a pattern between two wildcards."""
    return piece.replace("\\*", "*")


def parse_number(text: str) -> Decimal | None:
    """Read a number as people type it; None where it is none.

    Understands a decimal point or comma ("3.5", "3,5"), thousands separated by spaces, apostrophes, points
    or commas ("1 234,5", "1,234.5", "1.234.567"), an exponent ("1.5e3", "1.5×10^3") and the typographic
    minus. A single comma or point is the decimal sign, as in Moodle: "1,234" is 1.234.
    """
    if len(text) > LONGEST_NUMBER:
        return None
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u066b", ".")
    plain = re.sub(r"(?<=\d)['\u2019](?=\d{3})", "", plain)
    plain = re.sub(r"\s+", "", _TIMES_TEN.sub("e", plain))
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    sign, digits, exponent = found.groups()
    decimal = _decimal_sign(digits)
    if decimal is None:
        return None
    number = Decimal(f"{sign}{decimal}e{exponent or 0}")
    if number and abs(number.adjusted()) > LARGEST_EXPONENT:
        return None
    return number


def _decimal_sign(digits: str) -> str | None:
    """Write digits with a point as the decimal sign and no thousands separators."""
    kinds = {sign for sign in digits if sign in ".,"}
    if not kinds:
        return digits
    if len(kinds) == 1:
        sign = kinds.pop()
        if digits.count(sign) == 1:
            return digits.replace(sign, ".")
        return digits.replace(sign, "") if _GROUPED.fullmatch(digits) else None
    # Both signs: the last one is the decimal sign, the other separates thousands.
    last = max(digits.rfind("."), digits.rfind(","))
    whole, fraction = digits[:last], digits[last + 1 :]
    if digits[last] in whole or not _GROUPED.fullmatch(whole):
        return None
    return f"{whole.replace(',', '').replace('.', '')}.{fraction}"


def number_matches(number: Decimal, value: Decimal, tolerance: Decimal | None) -> bool:
    """Say whether a number lies within the tolerance either side of a value.

    Like Moodle allows 1e-14 of the value more, for banks whose numbers went through binary fractions.
    """
    slack = Decimal("1e-14") * max(Decimal(1), abs(value))
    return abs(number - value) <= abs(tolerance or Decimal(0)) + slack
