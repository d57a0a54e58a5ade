"""The score of bets: known answers, ties, rounds that are not complete, and tables that did not bet."""

from __future__ import annotations

import dataclasses

import pytest

from simlead.show.workshop.bets import Bet
from simlead.show.workshop.score import COMPLETE, GROWING, NONE_YET, board, points
from simlead.statistics.intervals import Estimate, PairedEstimate
from simlead.study.growing.experiment import Outcome

NO = PairedEstimate(0.0, 0.0, 0.0, 200, 0.0)


def outcome(revenue=(0.06, 0.04, 0.08), coaching=(0.25, 0.24, 0.26), n=200):
    estimate = Estimate(*coaching, n)
    return Outcome(n, Estimate(*revenue, n), NO, NO, NO, estimate, estimate, estimate)


@pytest.mark.parametrize(("bet", "expected"), [
    (6, (15.0, 0.0, True)), (8, (13.0, 2.0, True)), (9, (7.0, 3.0, False)), (16, (0.0, 10.0, False)),
    (40, (0.0, 34.0, False)), (-20, (0.0, 26.0, False)), (4, (13.0, 2.0, True)),
])
def test_a_bet_has_the_points_that_the_rule_gives(bet, expected):
    assert dataclasses.astuple(points(bet, Estimate(0.06, 0.04, 0.08, 200))) == expected


def test_points_agree_with_the_estimate_as_it_is_shown():
    found = points(5, Estimate(0.0449, 0.031, 0.0588, 200))  # shown as 4.5 (3.1 to 5.9)
    assert (found.off, found.points) == (0.5, 14.5)
    wide = points(5, Estimate(0.0449, -0.10, 0.19, 8))  # shown as 4 (-10 to 19)
    assert (wide.off, wide.points) == (1.0, 14.0)
    close_to_zero = points(5, Estimate(0.051, 0.002, 0.1, 8))  # shown as 5.1 (0.2 to 10.0)
    assert (close_to_zero.off, close_to_zero.points) == (0.1, 14.9)


def test_a_bet_at_the_end_of_the_shown_interval_is_held():
    assert points(8, Estimate(0.06, 0.0396, 0.0804, 200)).held and points(8, Estimate(0.06, 0.0404, 0.0796, 200)).held
    assert not points(9, Estimate(0.06, 0.0404, 0.0796, 200)).held


def test_points_of_both_bets_and_of_all_rounds_are_summed_and_the_best_stands_first():
    first = [Bet("Owls", 6, 25), Bet("Otters", 10, 30)], outcome(), True
    second = [Bet("Owls", 0, 0), Bet("Otters", 6, 26)], outcome(), True
    found = board([first, second])
    assert [(line.rank, line.name, line.total) for line in found.lines] == [
        (1, "Otters", 6.0 + 5.0 + 15.0 + 14.0), (2, "Owls", 30.0 + 4.0 + 0.0)]
    assert [cell.points for cell in found.lines[0].cells] == [11.0, 29.0]
    assert found.rounds == (COMPLETE, COMPLETE)


def test_a_tie_is_a_tie():
    bets = [Bet("B table", 6, 25), Bet("A table", 6, 25), Bet("C table", 6, 26), Bet("D table", 6, 24)]
    found = board([(bets, outcome(), True)], ["E table"])
    assert [(line.rank, line.name) for line in found.lines] == [
        (1, "A table"), (1, "B table"), (3, "C table"), (3, "D table"), (5, "E table")]


def test_no_bet_has_no_points_and_is_no_bet_of_zero():
    found = board([([Bet("Owls", 6, 25)], outcome(), True)], ["Late", "Owls"])
    assert [(line.name, line.total, line.cells[0] is None) for line in found.lines] == [
        ("Owls", 30.0, False), ("Late", 0.0, True)]


def test_a_round_that_grows_is_marked_and_one_of_few_pairs_counts_for_nothing():
    bets = [Bet("Owls", 6, 25)]
    found = board([(bets, outcome(n=7), False), (bets, outcome(n=8), False), (bets, None, False),
                   (bets, outcome(n=200), True)])
    assert found.rounds == (NONE_YET, GROWING, NONE_YET, COMPLETE)
    assert [cell is None for cell in found.lines[0].cells] == [True, False, True, False]
    assert found.lines[0].total == 60.0


def test_a_board_without_rounds_has_the_tables_that_are_there():
    assert [(line.rank, line.name) for line in board([], ["Owls", "Otters"]).lines] == [(1, "Otters"), (1, "Owls")]
