"""Attribution as a chart and in words, in both languages."""

from __future__ import annotations

import functools

import pandas as pd
import pytest

import simlead
from simlead.model.parameters import ParameterError
from simlead.model.presets import PRESETS
from simlead.model.scenario import Scenario
from simlead.show.charts.attribution import attribution as chart
from simlead.show.charts.axes import new_axes, save_chart, title_of
from simlead.show.charts.tables import ChartError
from simlead.show.language import LANGUAGES, in_language, say
from simlead.show.stories import stories
from simlead.study.attribution.pair import attribution
from simlead.study.attribution.replications import replicated_attribution
from simlead.study.records import CAUSES
from simlead.study.simulate import simulate

FIRM = Scenario().change({
    "organisation.teams": 2, "organisation.seats_per_team": 5,
    "calendar.warmup_weeks": 30, "calendar.horizon_weeks": 78})
LED = FIRM.change(dict(PRESETS["leadership"]))


@functools.cache
def pair():
    return attribution(*(simulate(scenario, seed=3, engine="compiled") for scenario in (FIRM, LED)))


@functools.cache
def many():
    return replicated_attribution(FIRM, LED, replications=2, seed=3, workers=1).table


def deal(**changes):
    return {"won_in": "b", "cause": "waiting", "gate": "qualified", "territory": 3, "number": 41, "value": 52e3,
            "won_value": 55e3, "u": 0.512, "chance_a": 0.481, "chance_b": 0.533, "waited_weeks_a": 2.6,
            "waited_weeks_b": 0.4, "overdue_weeks_a": 1.3, "overdue_weeks_b": 0.2, "pre_call_held_a": True,
            "pre_call_held_b": True, "sessions_a": 9, "sessions_b": 20} | changes


def drawn(ax, gid):
    return [artist for panel in ax.child_axes for artist in panel.get_children() if artist.get_gid() == gid]


# --- the chart


def test_bars_are_the_sums_and_diamonds_their_net():
    table = pd.DataFrame([deal(won_value=2e6), deal(won_value=1e6), deal(won_in="a", won_value=0.5e6),
                          deal(cause="vacancy", won_in="a", won_value=0.25e6)])
    ax = chart(table)
    panel = ax.child_axes[0]
    bars = {patch.get_gid(): patch.get_width() for patch in panel.patches if patch.get_gid()}
    assert bars == {"b:waiting": 3.0, "a:waiting": -0.5, "a:vacancy": -0.25}
    assert [line.get_xdata()[0] for line in drawn(ax, "net")] == [2.5, -0.25]
    assert [label.get_text() for label in panel.get_yticklabels()] == [
        say("attribution.causes.waiting"), say("attribution.causes.vacancy")]
    assert title_of(ax) == ("Leadership wins 2 deals that status quo loses, and loses 2 that status quo wins; "
                            "the reps of leadership sell 2 million $ more")


def test_one_deal_is_a_deal():
    assert title_of(chart(pd.DataFrame([deal()]))).startswith("Leadership wins 1 deal that status quo loses")


def test_a_loss_is_called_a_loss():
    assert title_of(chart(pd.DataFrame([deal(won_in="a", won_value=3e6)]))).endswith(
        "the reps of leadership sell 3 million $ less")


@pytest.mark.parametrize(("low", "high", "said"), [
    (1e6, 3e6, "over 8 pairs the reps of leadership sell 2.0 million $ more (1.0 to 3.0)"),
    (-1e6, 5e6, "over 8 pairs their sales do not clearly differ (-1 to 5 million $)"),
    (-5e6, -3e6, "over 8 pairs the reps of leadership sell 4.0 million $ less (-5.0 to -3.0)"),
])
def test_over_many_pairs_the_title_speaks_of_them_all(low, high, said):
    nets = pd.DataFrame([{"cause": cause, "net_value": (low + high) / 2, "net_value_low": low, "net_value_high": high,
                          "n": 8} for cause in ("waiting", "all")])
    ax = chart(pd.DataFrame([deal()]), many=nets)
    assert title_of(ax).replace("\N{MINUS SIGN}", "-").endswith(said)
    assert len(drawn(ax, "interval")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("with_many", [False, True])
def test_a_real_pair_is_drawn_in_every_language(code, with_many, tmp_path):
    with in_language(code):
        ax = chart(pair(), names=("status_quo", "leadership"), many=many() if with_many else None)
        assert say("names.scenarios.leadership") in title_of(ax)
        assert save_chart(ax, tmp_path / "attribution.png").stat().st_size > 20_000
    assert len(ax.child_axes) == 1 + with_many


def test_it_draws_on_axes_that_were_passed_in():
    ax = new_axes()
    assert chart(pair(), ax) is ax


@pytest.mark.parametrize(("table", "options", "said"), [
    (pd.DataFrame([deal()]).drop(columns="cause"), {}, "no column cause"),
    (pd.DataFrame([deal()]).iloc[:0], {}, "no rows"),
    (pd.DataFrame([deal(cause="luck")]), {}, "cause luck: allowed is coached"),
    (pd.DataFrame([deal(won_in="c")]), {}, "won_in: allowed is a | b"),
    (pd.DataFrame([deal()]), {"names": ("one",)}, "names: two are needed"),
    (pd.DataFrame([deal()]), {"many": pd.DataFrame({"cause": ["waiting"]})}, "no columns net_value"),
])
def test_what_cannot_be_drawn_is_refused(table, options, said):
    with pytest.raises(ChartError, match=said.replace("|", r"\|")):
        chart(table, **options)


def test_the_old_names_warn_and_work():
    from simlead.show import charts

    with pytest.warns(DeprecationWarning, match="charts.twins is now simlead.show.charts.attribution"):
        assert charts.twins is charts.attribution
    with pytest.warns(DeprecationWarning, match="simlead.twins is now simlead.attribution"):
        assert simlead.twins is attribution


# --- the stories


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("won_in", ["a", "b"])
def test_every_cause_has_its_sentence(cause, code, won_in):
    with in_language(code):
        (stated,) = stories(pd.DataFrame([deal(cause=cause, won_in=won_in)]), 1)
        others = [say(f"attribution.story.because.{other}", **dict.fromkeys(
            ("winner", "loser", "waited_winner", "waited_loser", "counted_winner", "sessions_winner",
             "sessions_loser"), ""))
            for other in CAUSES if other != cause]
    assert "{" not in stated and not any(stated.endswith(other) for other in others)


def test_a_story_is_told_from_the_side_of_the_win():
    (won,), (lost,) = (stories(pd.DataFrame([deal(won_in=world)]), 1, names=("our plan", "theirs"))
                       for world in ("b", "a"))
    assert "theirs won it, our plan did not" in won and "wait 0.4 weeks in all, against 2.6" in won
    assert "our plan won it, theirs did not" in lost and "wait 2.6 weeks in all, against 0.4" in lost


def test_a_cause_that_works_both_ways_is_told_in_the_way_it_did():
    def stated(**changes):
        return stories(pd.DataFrame([deal(**changes)]), 1)[0]

    assert "20 times in the quarter before, against 9; skill" in stated(cause="coached")
    assert "In both runs the rep had been coached, 9 times" in stated(cause="coached", won_in="a")
    assert "prepared just this meeting with the rep" in stated(cause="pre_call", pre_call_held_a=False)
    assert "coaches badly" in stated(cause="pre_call", pre_call_held_b=False)
    assert "of 0.4 weeks that the buyer had waited only 0.2 counted" in stated(cause="relief")


def test_where_no_coin_decided_none_is_told():
    missing = {"gate": None, "u": float("nan"), "chance_a": float("nan"), "sessions_a": pd.NA}
    (stated,) = stories(pd.DataFrame([deal(cause="given_up", **missing)]), 1)
    assert "of 100" not in stated and "no one took it over" in stated
    (unseen,) = stories(pd.DataFrame([deal(cause="vacancy", gate=None)]), 1)
    assert "This buyer is noticed" in unseen and "was vacant" in unseen


def test_the_commonest_ways_come_first_and_of_each_the_middle_deal():
    table = pd.DataFrame([deal(value=value, number=place) for place, value in enumerate((1e3, 9e3, 5e3))]
                         + [deal(cause="vacancy", number=9)])
    stated = stories(table, 3)
    assert ["buyer 2," in stated[0], "buyer 9," in stated[1], "buyer 0," in stated[2]] == [True] * 3
    assert len(stories(table, 99)) == 4 and stories(table.iloc[:0], 5) == []


def test_stories_of_a_real_pair_are_the_same_every_time():
    stated = stories(pair(), 14)
    assert stated == stories(pair().copy(), 14) and len(set(stated)) == 14
    with in_language("fa"):
        assert all("قلمرو" in story for story in stories(pair(), 14))


@pytest.mark.parametrize(("table", "options", "said"), [
    (pd.DataFrame([deal()]).drop(columns="u"), {}, "no column u"),
    (pd.DataFrame([deal()]), {"count": 0}, "count = 0"),
    (pd.DataFrame([deal()]), {"names": ("one",)}, "two are needed"),
    (pd.DataFrame([deal(cause="luck")]), {}, "cause 'luck'"),
])
def test_what_cannot_be_told_is_refused(table, options, said):
    with pytest.raises(ParameterError, match=said):
        stories(table, **options)
