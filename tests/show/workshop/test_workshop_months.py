"""Bands by month against the tables of the runs, the month of payback against its one definition, and the words."""

from __future__ import annotations

import json
import re

import legible
import numpy as np
import pytest

from simlead.model.scenario import Scenario
from simlead.model.units import WEEKS_PER_MONTH
from simlead.results.ledger import month_ends
from simlead.results.money import weekly_profit
from simlead.results.monthly import MONTHLY, month_weeks, monthly_sums
from simlead.show.charts.axes import title_of
from simlead.show.language import in_language, localised
from simlead.show.workshop.app import Workshop
from simlead.show.workshop.levers import Firm, as_it_is, described
from simlead.show.workshop.months import months_bands, months_content
from simlead.show.workshop.session import MONTHS
from simlead.show.workshop.view import can_save, page_content
from simlead.statistics.intervals import mean_interval
from simlead.study.growing.experiment import Experiment, RunCache
from simlead.study.growing.months import months_of
from simlead.study.payback import payback_in_one_world
from simlead.study.simulate import simulate

SMALL = {"organisation.teams": 1, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 60,
         "calendar.horizon_weeks": 52}
ROOM = Firm(teams=2, reps=3)
PAIRS = 6


@pytest.fixture(scope="module")
def pair():
    base = Scenario().change(SMALL)
    return base, base.change({"policy.coaching_share": 0.5, "policy.manager_training": True})


@pytest.fixture(scope="module")
def experiment(pair):
    made = Experiment(*pair, RunCache(seed=3), pairs=PAIRS)
    while (task := made.task()) is not None:
        task()
    return made


@pytest.fixture(scope="module")
def tables(pair):
    return [[simulate(scenario, seed=3, replicate=replicate, engine="compiled", trace=False)
             for replicate in range(PAIRS)] for scenario in pair]


def by_month(weeks, values):
    """The weeks' values, month by month."""
    ends = [0, *(month_ends(len(weeks)) + 1)]
    return [values[start:end] for start, end in zip(ends, ends[1:], strict=False)]


def test_months_are_sums_of_the_weeks_of_the_table(tables):
    for run in (*tables[0][:2], *tables[1][:2]):
        weeks = run.records.weeks[run.records.weeks["week"] >= 0]
        sums = monthly_sums(run.records, run.scenario)
        assert sums.shape == (len(MONTHLY), 12) and sums.dtype == np.float32
        for row, values in zip(sums, (weeks["revenue"], weeks["rival_value"], weekly_profit(weeks, run.scenario)),
                               strict=True):
            assert row == pytest.approx([month.sum() for month in by_month(weeks, values)], rel=1e-5, abs=1.0)
    assert month_weeks(52).sum() == 52


def test_the_bands_are_intervals_over_the_tables(experiment, tables):
    found = experiment.months()
    assert found.n == PAIRS
    for runs, side in zip(tables, (found.before, found.after), strict=True):
        for month in (0, 5, 11):
            revenue, share = [], []
            for run in runs:
                weeks = run.records.weeks[run.records.weeks["week"] >= 0]
                ours, theirs = (by_month(weeks, weeks[name])[month] for name in ("revenue", "rival_value"))
                revenue.append(ours.mean() * WEEKS_PER_MONTH)
                share.append(ours.sum() / (ours.sum() + theirs.sum()) if ours.sum() + theirs.sum() else np.nan)
            for band, values in ((side["revenue"], revenue), (side["market_share"], share)):
                expected = mean_interval(values)
                assert [band.mean[month], band.low[month], band.high[month]] == pytest.approx(
                    [expected.mean, expected.low, expected.high], rel=1e-4)


def test_the_payback_is_the_one_that_the_study_finds(experiment, pair):
    found = experiment.months().payback
    expected = payback_in_one_world(pair[1], pair[0], replications=PAIRS, seed=3, workers=1)
    assert np.array_equal(found.table["month"], expected.table["month"])
    for column in ("earned", "low", "high", "n"):
        assert found.table[column].to_numpy() == pytest.approx(expected.table[column].to_numpy(), rel=1e-3, abs=20.0)
    assert (found.months, found.months_low, found.months_high) == (
        expected.months, expected.months_low, expected.months_high)


def test_bands_tighten_with_pairs():
    rng = np.random.default_rng(2)
    sums = np.abs(rng.normal(100.0, 10.0, (60, 3, 12))).astype(np.float32)
    widths = [float((months_of(sums[:n], sums[:n], 52, 0.0).before["revenue"].high
                     - months_of(sums[:n], sums[:n], 52, 0.0).before["revenue"].low).mean()) for n in (4, 15, 60)]
    assert widths[0] > 2 * widths[1] > 2.5 * widths[2]


def test_a_planted_gain_is_clear_in_its_months_alone():
    rng = np.random.default_rng(2)
    before = np.abs(rng.normal(1000.0, 100.0, (20, 3, 12)))
    after = before + rng.normal(0.0, 1.0, before.shape)
    after[:, 0, 6:] += 50.0
    found = months_of(after.astype(np.float32), before.astype(np.float32), 52, -30.0)
    clear = found.difference["revenue"].low > 0.0
    assert clear[6:].all() and clear[:6].sum() <= 1
    # A month of five weeks does not stand out from one of four.
    assert found.before["revenue"].mean.max() < 1000.0 * WEEKS_PER_MONTH / 4 * 1.2


def test_a_month_without_a_decision_has_no_share():
    sums = np.zeros((4, 3, 12), np.float32)
    found = months_of(sums, sums, 52, 0.0)
    assert np.isnan(found.before["market_share"].mean).all() and (found.before["revenue"].mean == 0.0).all()


@pytest.fixture
def workshop(monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 8)
    made = Workshop(seed=2, workers=1)
    made.answers = None
    short = {"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52}
    for effect_sizes in ("evidence", "practitioner"):
        made.firms.adopt(ROOM, effect_sizes, described(ROOM, effect_sizes).change(short))
    return made


def visitor(workshop, language="en", **levers):
    session = workshop.session(language)
    session.firm, session.move = ROOM, as_it_is(ROOM)
    session.act({"do": "view", "value": MONTHS})
    for key, value in ({"coaching": 50} | levers).items():
        session.act({"do": "lever", "key": key, "value": value})
    return session


def shown(session, pairs=100):
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "show"})
    session.act({"do": "view", "value": MONTHS})
    for _ in range(2 * pairs):
        task = session.task()
        if task is None:
            break
        task()
    return page_content(session)["months"]


def test_no_month_reaches_the_page_before_a_bet(workshop):
    session = visitor(workshop)
    while (task := session.task()) is not None:
        task()
    stated = page_content(session)["months"]
    assert stated == {"title": "The months are shown after the bet.", "charts": []} and not can_save(session)


def test_the_page_gets_bands_that_grow_with_the_pairs(workshop):
    session = visitor(workshop)
    few = shown(session, 5)
    assert few["note"].startswith("5 matched pairs")
    all_of_them = shown_again(session)
    assert all_of_them["note"].startswith("8 matched pairs") and can_save(session)
    revenue = all_of_them["charts"][0]
    assert len(revenue["before"]["mean"]) == len(all_of_them["at"]) == 12
    for side in ("before", "after"):
        for low, mean, high in zip(*(revenue[side][part] for part in ("low", "mean", "high")), strict=True):
            assert 0.0 <= low <= mean <= high <= 100.0
    assert json.dumps(page_content(session)["months"]) == json.dumps(months_content(session))


def shown_again(session):
    while (task := session.task()) is not None:
        task()
    return page_content(session)["months"]


def test_another_span_is_another_firm_and_nothing_is_paid_back(workshop):
    stated = shown(visitor(workshop, span=6))
    assert "nothing to pay back" in stated["title"] and stated["payback"] is None and stated["charts"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_months_speak_the_language_and_no_other(workshop, language):
    stated = shown(visitor(workshop, language))
    texts = json.dumps([stated["title"], stated["note"], stated["axis"], stated["legend"], [
        [chart["title"], chart["said"], chart["ticks"]] for chart in stated["charts"]]], ensure_ascii=False)
    words = re.sub(r'"\w+": [\d.]*', "", texts)
    assert bool(re.search("[a-z]{3}|[0-9]", words)) == (language == "en")
    assert ("۸ جفت" in words) == (language == "fa")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_picture_to_take_home_has_both_bands_of_each_series(experiment, language):
    with in_language(language):
        ax = months_bands(experiment.months(), "Coaching 50 %", "a firm", 3)
        drawn = [one.get_gid() for panel in ax.child_axes for one in (*panel.lines, *panel.collections)]
        assert drawn.count("band") == drawn.count("mean") == 6
        assert title_of(ax).startswith(localised("Coaching 50 %"))
        legible.assert_legible(legible.shown(ax))
