"""Case C25 as a kind: whatever a sentence says of a number, it says of the number that is shown beside it."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from simlead.show.format import interval as interval_words
from simlead.show.workshop.bets import Bet, nearest
from simlead.show.workshop.texts import comment, direction_comment, headline, money, percent
from simlead.show.workshop.view import _figures
from simlead.show.workshop.week import WEEKS_BEFORE_THE_END, week_in_the_year
from simlead.statistics.intervals import Estimate
from simlead.study.growing.experiment import Outcome

NUMBER = re.compile("[+\N{MINUS SIGN}]?[\\d,]+(?:\\.\\d+)?")


def read(text):
    """The first number of a text as it is read."""
    return float(NUMBER.search(text)[0].replace("\N{MINUS SIGN}", "-").replace(",", ""))


def ends(text):
    low, high = text.split(" to ")
    return read(low), read(high)


def places(text):
    """Decimals of the first number of a text."""
    return len(NUMBER.search(text)[0].partition(".")[2])


def outcomes():
    """Outcomes of all sizes: wide and narrow intervals, near zero, near a bet, on either side."""
    random = np.random.default_rng(25)
    for _ in range(400):
        mean, half = 0.2 * random.normal(), 0.1 * 10.0 ** random.uniform(-3.0, 0.0)
        low, high = mean - half, mean + half
        share = Estimate(abs(mean), max(0.0, abs(mean) - half), abs(mean) + half, 50)
        revenue = Estimate(mean, low, high, 50)
        profit = Estimate(1e6 * mean, 1e6 * low, 1e6 * high, 50)
        yield Outcome(50, revenue, revenue, profit, revenue, share, share, share)
    for low, high in ((0.00502, 0.01996), (0.0004, 0.04), (-0.0004, 0.04), (-0.03, -0.0002), (0.0746, 0.1254)):
        one = Estimate((low + high) / 2, low, high, 50)
        yield Outcome(50, one, one, one, one, one, one, one)


@pytest.fixture(scope="module")
def found():
    return list(outcomes())


def test_a_mean_has_the_decimals_of_its_interval_and_lies_within(found):
    for outcome in found:
        for mean, between in (percent(outcome.revenue), money(outcome.profit)[:2]):
            low, high = ends(between)
            assert low <= read(mean) <= high and places(mean) == places(between)


def test_the_headline_says_what_the_figures_show(found):
    for outcome in found:
        shown, said = _figures(outcome)[0], headline(outcome)
        low, high = ends(shown["between"])
        assert shown["between"] in said
        if low > 0.0:
            assert f"lifts the third year's revenue by {shown['value'].lstrip('+')} %" in said
        elif high < 0.0:
            assert f"costs {shown['value'].lstrip(chr(0x2212))} %" in said
        else:
            assert said.startswith("No clear effect")
        if "No clear" not in said:  # the words on the direction agree as well
            right = direction_comment((Bet("A", 5 if low > 0.0 else -5, 0),), outcome)
            assert right == "The direction was right."


def test_a_comment_on_a_bet_is_about_the_ends_that_are_shown(found):
    for outcome in found:
        low, high = ends(percent(outcome.revenue)[1])
        coached = ends(interval_words(100 * outcome.realised.low, 100 * outcome.realised.high))
        for bet in (-20, -1, 0, 1, 2, 7, 12, 40):
            said = comment(Bet("A", bet, min(70, abs(bet))), outcome)
            first = re.search(r"is ([\d.]+) points? (above|below)", said)
            if low <= bet <= high:
                assert "lies within the interval: it may be right" in said
            else:
                off, side = float(first[1]), first[2]
                assert (side == "above") == (bet > high)
                assert math.isclose(off, bet - high if bet > high else low - bet, abs_tol=1e-9), (said, low, high)
            second = re.search(r"was ([\d.]+) points? too (high|low)", said)
            coaching = min(70, abs(bet))
            if coached[0] <= coaching <= coached[1]:
                assert second is None
            else:
                distance = coaching - coached[1] if coaching > coached[1] else coached[0] - coaching
                assert math.isclose(float(second[1]), distance, abs_tol=1e-9)


def test_the_nearest_bet_is_nearest_to_the_number_that_is_shown(found):
    bets = (Bet("A", -7, 0), Bet("B", 5, 0), Bet("C", 7, 0), Bet("D", 20, 0))
    for outcome in found:
        mean = read(percent(outcome.revenue)[0])
        off = sorted((round(abs(bet.revenue - mean), 6), bet.name) for bet in bets)
        best = nearest(bets, outcome)
        assert (best is None) if off[0][0] == off[1][0] else best.name == off[0][1]


def test_the_check_would_see_a_sentence_of_unrounded_numbers():
    """Planted: 12 against 7.46 shown as 7.5 is 4.5 off, not the 4.54 or 5 that the bare numbers give."""
    one = Estimate(0.05, 0.0254, 0.0746, 50)
    said = comment(Bet("A", 12, 5), Outcome(50, one, one, one, one, one, one, one))
    shown = percent(one)[1]
    assert float(re.search(r"is ([\d.]+) points", said)[1]) == 12 - ends(shown)[1]


def test_the_week_counts_from_the_beginning_of_the_final_year_as_the_film_does():
    assert [week_in_the_year(further) for further in (0, 25)] == [13, 38]
    assert 52 - (week_in_the_year(0) - 1) == WEEKS_BEFORE_THE_END
