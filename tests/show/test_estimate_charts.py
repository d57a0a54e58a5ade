"""The charts of how sure a study is: their titles, what they draw, and that people can read them."""

import functools

import matplotlib
import numpy as np
import pandas as pd
import pytest
from legible import assert_legible, shown
from matplotlib.figure import Figure
from persian import persian
from test_charts import drawn

from simlead.show.charts.axes import title_of
from simlead.show.charts.estimates import batch_means, precision_reached, quantiles, simultaneous
from simlead.show.charts.first_weeks import warm_up
from simlead.show.charts.tables import ChartError
from simlead.show.language import in_language
from simlead.statistics import quantiles as quantiles_of
from simlead.statistics import series
from simlead.statistics.simultaneous import simultaneous_intervals
from simlead.study import warmup
from simlead.study.precision import estimate_until

NAMES = ("status_quo", "coaching", "clear_role", "leadership")


def firms(n=60, gains=(0.0, 0.0, 0.12, 0.25)):
    """Revenue, $/year, of pairs of firms that gain these parts of it; coaching nothing at all."""
    luck = np.random.default_rng(3)
    shared = 1.0 + 0.1 * luck.standard_normal((n, 1)) + 0.03 * luck.standard_normal((n, len(gains)))
    return pd.DataFrame(40e6 * shared * (1.0 + np.array(gains)), columns=NAMES)


def family(**options):
    return simultaneous_intervals(firms(), **options).assign(measure="revenue", unit="$/year")


def path(half_width=0.012, maximum=400, relative=True):
    both = firms(400)[["leadership", "status_quo"]].to_numpy()
    found = estimate_until(lambda first, last: both[first:last], half_width=half_width, relative=relative,
                           minimum=20, maximum=maximum)
    return found.assign(measure="revenue")


def left_alone(half_life=6.0):
    luck, week = np.random.default_rng(4), np.arange(-104, 156)
    level = 12.0 * (1.0 - 0.8 * 0.5 ** ((week + 104) / half_life))
    return pd.concat([pd.DataFrame({"replicate": number, "week": week, "wins": luck.poisson(level)})
                      for number in range(150)], ignore_index=True)


WEEKS = left_alone()
CHECK = warmup.check_warm_up(WEEKS)
STEADY = np.random.default_rng(5).normal(12.0, 3.0, 900)
LONG = series.batch_means({"wins": STEADY, "skill": np.linspace(0.0, 20.0, 900)})
warm_up_of_wins = functools.update_wrapper(functools.partial(warm_up, WEEKS, measure="wins"), warm_up)

ALL = [
    (precision_reached, path()), (simultaneous, family()), (simultaneous, family(all_pairs=True, relative=True)),
    (quantiles, quantiles_of.quantiles(firms(99))), (warm_up_of_wins, CHECK), (batch_means, LONG)]
every_chart = pytest.mark.parametrize(("chart", "table"), ALL)


# What they say.


def test_a_precision_that_was_reached_and_one_that_was_not():
    reached = path()
    n = reached["n"].iloc[-1]
    assert title_of(precision_reached(reached)).startswith("The difference in revenue is known to ±1.")
    assert title_of(precision_reached(reached)).endswith(f"after {n} replications, as was asked for (±1.2)")
    short = path(0.002, maximum=50)
    assert title_of(precision_reached(short)).endswith(
        f"% after 50 replications; the ±0.20 asked for would take about {short['needed'].iloc[0]:,}")
    absolute = path(3e5, relative=False).assign(unit="$/year")
    assert "million $/year after" in title_of(precision_reached(absolute))


def test_what_differs_clearly_when_all_are_judged_together():
    said = title_of(simultaneous(family(relative=True)))
    assert said.startswith("2 of 3 scenarios differ clearly from status quo in revenue, judged together: clear role +1")
    assert "leadership +2" in said and said.endswith("%") and "coaching" not in said
    pairs = simultaneous(family(all_pairs=True))
    assert title_of(pairs) == "5 of 6 pairs differ clearly in revenue, judged together"  # with a list: three lines
    assert pairs.get_xlabel() == "difference in revenue, million $/year"
    none = simultaneous_intervals(firms(gains=(0.0, 0.0, 0.0, 0.0)))
    assert title_of(simultaneous(none)) == "0 of 3 scenarios differ clearly from status quo, judged together"


def test_differences_of_shares_are_points_and_parts_of_the_baseline_percent():
    shares = (firms() / 1e9).pipe(simultaneous_intervals).assign(measure="market_share", unit="share")
    assert simultaneous(shares).get_xlabel().endswith(", points")
    assert simultaneous(family(relative=True)).get_xlabel().endswith("% of status quo's")


def test_the_lowest_replications_are_stated():
    said = title_of(quantiles(quantiles_of.quantiles(firms(99)), measure="revenue", unit="$/year"))
    assert said.startswith("Revenue: 5 % of replications stay below 4") and "under leadership; half exceed" in said
    few = title_of(quantiles(quantiles_of.quantiles(firms(30))))
    assert "too few replications for an interval" in few


def test_whether_the_warm_up_suffices():
    assert title_of(warm_up(WEEKS, CHECK, measure="wins")).startswith("The warm-up suffices for wins: the base year")
    slow = left_alone(half_life=40.0)
    assert "is too short for wins" in title_of(warm_up(slow, warmup.check_warm_up(slow), measure="wins"))
    few = WEEKS[WEEKS["replicate"] < 3]
    undecided = warmup.check_warm_up(few, tolerance=0.001)
    assert "cannot yet be judged for wins" in title_of(warm_up(few, undecided, measure="wins"))


def test_which_long_runs_are_doubted():
    assert title_of(batch_means(LONG)).endswith("from 30 batches of 30; 1 of 2 intervals are doubtful")
    alone = title_of(batch_means(LONG.iloc[1:]))
    assert "too narrow, for neighbouring values move together" in alone


# What they draw.


def test_the_intervals_drawn_are_the_tables():
    table = family(relative=True)
    ax = simultaneous(table)
    for gid, columns in (("together", ["low", "high"]), ("interval", ["single_low", "single_high"])):
        assert np.allclose(drawn(ax, gid)[0], 100.0 * table[columns].to_numpy())
    ends = drawn(quantiles(ALL[3][1]), "interval")[0]
    assert np.allclose(ends, ALL[3][1][["low", "high"]].to_numpy() * 1e-6)
    assert np.allclose(drawn(batch_means(LONG), "interval")[0], LONG[["low", "high"]])


def test_an_interval_without_end_runs_to_the_edge():
    ax = quantiles(quantiles_of.quantiles(firms(30)))
    assert min(line[0] for line in drawn(ax, "interval")[0]) == pytest.approx(ax.get_xlim()[0])


def test_the_half_width_asked_for_lies_around_the_estimate():
    table = path()
    ax = precision_reached(table)
    edges = [line.get_ydata()[0] for line in ax.lines if line.get_gid() == "wanted"]
    assert np.allclose(edges, 100.0 * (table["estimate"].iloc[-1] + np.array([-0.012, 0.012])))
    (first,), (second,) = ([line.get_xdata() for line in ax.lines if line.get_gid() == f"{name} estimate"]
                           for name in ("first", "second"))
    assert first[-1] == second[0] == 20 and second[-1] == table["n"].iloc[-1]


def test_the_cut_is_where_the_table_says():
    ax = warm_up_of_wins(CHECK)
    (cut,) = drawn(ax, "cut")[0]
    assert cut[0] == -104 + CHECK["drop_weeks"].item()


# All alike.


@every_chart
def test_a_missing_column_is_refused_in_one_line(chart, table):
    name = getattr(chart, "__name__", "")
    for column in ("n", "low") if "n" in table else ("low", "verdict"):
        with pytest.raises(ChartError, match=f"^{name}: the table has no column {column};"):
            chart(table.drop(columns=column))
    with pytest.raises(ChartError, match="no rows"):
        chart(table.iloc[:0])


@every_chart
def test_a_chart_is_legible_nothing_is_cut_and_nothing_overlaps(chart, table):
    ax = chart(table)
    texts = shown(ax)
    assert len(texts) > 8
    assert_legible(texts)


@every_chart
def test_a_chart_draws_on_axes_it_is_given_and_leaves_no_state_behind(chart, table):
    before, copy = dict(matplotlib.rcParams), table.copy(deep=True)
    ax = Figure(figsize=(12, 7)).add_subplot()
    place = ax.get_position().bounds
    assert chart(table, ax) is ax and ax.get_position().bounds == place
    assert dict(matplotlib.rcParams) == before
    pd.testing.assert_frame_equal(table, copy)


def test_what_has_no_room_is_refused():
    many = pd.concat([family()] * 4)
    with pytest.raises(ChartError, match="12 rows, and there is room for 10"):
        simultaneous(many)
    with pytest.raises(ChartError, match="the check has no measure revenue; it has wins"):
        warm_up(WEEKS.rename(columns={"wins": "revenue"}), CHECK)


# In Persian.


@every_chart
def test_a_chart_says_the_same_in_persian(chart, table):
    persian(lambda: chart(table), "skill")


def test_what_titles_say_in_persian():
    with in_language("fa"):
        said = [title_of(ax) for ax in (
            precision_reached(path()), precision_reached(path(0.002, maximum=50)), simultaneous(family(relative=True)),
            simultaneous(simultaneous_intervals(firms(gains=(0.0, 0.0, 0.0, 0.0)))),
            quantiles(quantiles_of.quantiles(firms(99)), measure="revenue", unit="$/year"),
            warm_up(WEEKS, CHECK, measure="wins"), batch_means(LONG.iloc[1:]))]
    for sentence, part in zip(said, [
            "همان‌طور که خواسته شده بود", "تکرار لازم است", "۲ سناریو از ۳ سناریو از نظر درآمد با وضع موجود",
            "هیچ‌یک از ۳ سناریو با وضع موجود تفاوت روشنی ندارد", "در سناریوی «رهبری فروش» ۵ درصد تکرارها زیر",
            "دورهٔ گرم شدن برای بردها کافی است", "زیادی باریک است، چون مقدارهای همسایه"], strict=True):
        assert part in sentence


def test_each_doubt_has_words_for_it():
    table = series.batch_means({"wins": STEADY})
    for doubt, cause in ((series.RUN_SHORT, "neighbouring values move together over more than a tenth of the run"),
                         (series.BATCHES_SHORT, "batches of 30 are still correlated"),
                         (series.BATCHES_CORRELATED, "neighbouring batches are correlated (0.")):
        doubted = table.assign(doubt=doubt, length_needed=64.0, lag1=0.61)
        assert f"; too narrow, for {cause}" in title_of(batch_means(doubted))
        persian(lambda doubted=doubted: batch_means(doubted))
