"""One formatter: a text never contradicts its number, whatever the interval, the stream or the user's text."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simlead.show.format import (
    chance,
    difference,
    estimate,
    figures,
    in_100,
    interval,
    number,
    of_100,
    setting,
    with_interval,
)
from simlead.show.language import in_language
from simlead.show.user_text import clean, encodable, printable


def read(text):
    return float(text.replace(",", "").replace("\N{MINUS SIGN}", "-").replace("+", ""))


def test_rounded_ends_keep_their_side_of_zero_and_their_order():
    random = np.random.default_rng(12)
    for _ in range(2_000):
        low, mean, high = sorted(random.normal(size=3) * 10.0 ** random.integers(-3, 8))
        middle, start, end = (read(text) for text in figures(mean, low, high))
        assert start <= middle <= end
        if low > 0.001 or high < -0.001:
            assert math.copysign(1.0, start) == math.copysign(1.0, low) and start != 0.0 and end != 0.0


def test_numbers_are_rounded_to_less_than_the_interval_can_tell():
    random = np.random.default_rng(13)
    for _ in range(2_000):
        half = 10.0 ** random.uniform(-1.5, 4.0)
        value = random.normal() * 10.0 ** random.uniform(-2.0, 6.0)
        assert abs(read(number(value, half)) - value) <= max(half / 4.0, 0.0005)


@pytest.mark.parametrize(("text", "shown"), [
    (estimate(0.162, 0.151, 0.172, "share"), "16.2 % (15.1 to 17.2)"),
    (estimate(0.5, math.nan, math.nan, "share"), "50.0 % (no interval)"),
    (difference(0.41, -22.31, 23.14, "$/year", relative=True), "+41 % (−2,231 to 2,314)"),
    (difference(-0.004, -0.014, 0.006, "share"), "−0.4 points (−1.4 to 0.6)"),
    (with_interval(0.0, -1.0, 1.0, "hours", sign=True), "0.0 hours (−1.0 to 1.0)"),
    (setting(0.1), "0.1"), (setting(-1250000.0), "−1,250,000"), (interval(0.4, 9.0), "0.4 to 9.0"),
])
def test_a_number_looks_the_same_everywhere(text, shown):
    assert text == shown


def test_persian_numbers_have_persian_digits_and_separators():
    with in_language("fa"):
        assert estimate(0.162, 0.151, 0.172, "share") == "۱۶٫۲ درصد (۱۵٫۱ تا ۱۷٫۲)"
        assert number(12_345.0, 10.0) == "۱۲٬۳۴۵"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1256", "utf-8"])
def test_every_stream_can_write_a_difference(encoding):
    text = encodable(difference(-0.004, -0.014, 0.006, "share"), encoding)
    assert text.encode(encoding).decode(encoding) == text
    assert text.replace("\N{MINUS SIGN}", "-") == "-0.4 points (-1.4 to 0.6)"


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\x1b]0;title\x07", "\u202eevil", "\u2066x\u2069", "\x9b1m", "\x00"])
def test_no_control_sequence_or_mark_of_direction_passes(text):
    for cleaned in (printable(text), clean(text)):
        assert cleaned.isprintable() and not set(cleaned) & set("\x1b\x9b\u202e\u2066\u2069\x00\x07")


def test_letters_that_persian_needs_pass():
    assert clean("می\u200cخواهیم") == "می\u200cخواهیم"


def test_no_share_is_rounded_into_certainty_and_no_probability_is_shown_as_certain():
    shares = (0.0, 0.004, 0.5, 0.996, 1.0, float("nan"))
    assert [of_100(share) for share in shares] == ["0", "fewer than 1", "50", "more than 99", "100", "unknown"]
    assert [in_100(share) for share in shares] == [
        "fewer than 1", "fewer than 1", "50", "more than 99", "more than 99", "unknown"]


@pytest.mark.parametrize(("language", "said"), [
    ("en", ["76 in 100", "more than 99 in 100", "fewer than 1 in 100", "unknown"]),
    ("fa", ["۷۶ از ۱۰۰", "بیش از ۹۹ از ۱۰۰", "کمتر از ۱ از ۱۰۰", "نامعلوم"])])
def test_sentences_state_a_probability_in_a_hundred(language, said):
    with in_language(language):
        assert [chance(share) for share in (0.758, 0.999, 0.0, float("nan"))] == said
