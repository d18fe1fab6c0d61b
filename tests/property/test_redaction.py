"""Laws of redaction: places stay places, checked numbers are found, unchecked ones are not."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
import pytest
from stdnum import iban, luhn
from stdnum.fr import nir
from stdnum.iso7064 import mod_97_10
from stdnum.nl import bsn

from kindline.redaction.hidden import BLOT, blots_in, blotted
from kindline.redaction.taj import check_digit, is_valid
from tests.strategies import sentences, texts

digits = st.text("0123456789", min_size=24, max_size=24)


def card_of(raw: str) -> str:
    """Return a card number."""
    first = f"4{raw[:14]}"
    return first + luhn.calc_check_digit(first)


def iban_of(raw: str) -> str:
    """Return a Dutch account."""
    rest = f"ABNA{raw[:10]}"
    return f"NL{mod_97_10.calc_check_digits(rest + 'NL')}{rest}"


def taj_of(raw: str) -> str:
    """Return a Hungarian social security number."""
    return raw[:8] + check_digit(raw[:8])


def nir_of(raw: str) -> str:
    """Return a French social security number."""
    first = f"1{raw[:2]}0{1 + int(raw[2]) % 9}{1 + int(raw[3]) % 9}{raw[4]}{raw[5:11]}"
    return first + nir.calc_check_digits(first)


def bsn_of(raw: str) -> str:
    """Return a Dutch citizen service number: the last digit is made to fit, or another first."""
    for first in "123456789":
        for last in "0123456789":
            if bsn.is_valid(number := first + raw[:7] + last):
                return number
    raise AssertionError("there is always one")


BUILT: dict[str, tuple[Callable[[str], str], str, Callable[[str], bool]]] = {
    "card": (card_of, "en", luhn.is_valid),
    "iban": (iban_of, "nl", iban.is_valid),
    "taj": (taj_of, "hu", is_valid),
    "nir": (nir_of, "fr", nir.is_valid),
    "bsn": (bsn_of, "nl", bsn.is_valid),
}


@pytest.mark.parametrize("kind", BUILT)
@given(raw=digits)
def test_every_number_with_a_right_check_is_found(kind: str, raw: str) -> None:
    """Whatever its digits: all of it is gone."""
    build, language, is_right = BUILT[kind]
    number = build(raw)
    assert is_right(number)
    text = f"It is {number}."
    told = blotted(text, blots_in(text, language))
    assert told == f"It is {BLOT * len(number)}."


@pytest.mark.parametrize("kind", ["card", "iban", "taj", "bsn"])
@given(raw=digits, place=st.integers(0, 8), more=st.integers(1, 9))
def test_one_changed_digit_is_another_number(kind: str, raw: str, place: int, more: int) -> None:
    """A check catches every change of one digit, so what is found by it was meant."""
    build, _, is_right = BUILT[kind]
    number = build(raw)
    at = len(number) - 1 - place
    changed = number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :]
    assert not is_right(changed)


@given(text=st.one_of(texts, sentences), language=st.sampled_from(("nl", "hu", "fr", "en", "pl")))
def test_every_place_stays_a_place(text: str, language: str) -> None:
    """Blotting never changes the length, blots lie apart and in order, the rest is untouched."""
    blots = blots_in(text, language)
    told = blotted(text, blots)
    assert len(told) == len(text)
    inside: set[int] = set()
    last = 0
    for blot in blots:
        assert last <= blot.start < blot.end <= len(text)
        last = blot.end
        inside |= set(range(blot.start, blot.end))
    assert all(told[n] == text[n] for n in range(len(text)) if n not in inside)


@given(text=sentences, language=st.sampled_from(("nl", "hu", "fr", "en")))
def test_what_is_blotted_stays_blotted(text: str, language: str) -> None:
    """Redacting twice is redacting once: nothing comes to look like something."""
    once = blotted(text, blots_in(text, language))
    assert blotted(once, blots_in(once, language)) == once
