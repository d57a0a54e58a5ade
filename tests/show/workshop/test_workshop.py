"""The workshop without a browser: bets before outcomes, the same run_cache for all, nothing shown too early."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import re
import threading
import zipfile
from importlib.resources import files
from importlib.util import find_spec

import numpy as np
import pytest
from legible import assert_legible, shown

from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.results.files import FileFormatError
from simlead.show import workshop
from simlead.show.charts.axes import title_of
from simlead.show.format import interval as format_interval
from simlead.show.workshop import export as keep
from simlead.show.workshop.axis import axis_for
from simlead.show.workshop.bets import EARLY, INSIDE, MOST_BETS, TOO_HIGH, TOO_LOW, Bet, judged, nearest, placed
from simlead.show.workshop.firms import Firms
from simlead.show.workshop.levers import (
    FIELDS,
    LEVERS,
    Firm,
    Move,
    advice,
    as_it_is,
    changed,
    described,
    firm_of,
    moved,
    with_lever,
)
from simlead.show.workshop.names import short_names
from simlead.show.workshop.pictures import moves_and_bets
from simlead.show.workshop.session import BETTING, MOST_MOVES, OUTCOME, SHOWN, WEEK, Picture, Session
from simlead.show.workshop.texts import direction_comment
from simlead.show.workshop.view import key_of, page_content, rows_shown, scene
from simlead.statistics.intervals import Estimate
from simlead.study.compare import compare
from simlead.study.growing.desk import Desk
from simlead.study.growing.experiment import (
    FIRST_PAIRS,
    MEASURED,
    SHOWN_FROM,
    Experiment,
    RunCache,
    one_run,
    outcome_of,
)

SMALL = {"organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 60,
         "calendar.horizon_weeks": 52}


ROOM = Firm(teams=1, reps=4)


class SmallFirms(Firms):
    """Firms that are quick to simulate, whatever the room says about its own."""

    def base(self, firm, effect_sizes):
        if firm != ROOM:
            return None
        return described(firm, effect_sizes).change({"calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})


def visitor(run_cache, language="en"):
    """A session of a room with few reps, which is soon simulated."""
    made = Session(run_cache, SmallFirms(), language)
    made.firm, made.move = ROOM, as_it_is(ROOM)
    return made


@pytest.fixture(scope="module")
def run_cache():
    """Shared by the file's tests, so that a run that several of them need is made once."""
    return RunCache(seed=3)


@pytest.fixture
def session(run_cache, monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 12)
    return visitor(run_cache)


def work(session, tasks=10_000):
    """Let a worker do what the session asks for, up to so many pieces; returns how many there were."""
    for done in range(tasks):
        task = session.task()
        if task is None:
            return done
        task()
    return tasks


def bet_and_show(session, key="coaching", value=50, revenue=10, coaching=30):
    session.act({"do": "lever", "key": key, "value": value})
    session.act({"do": "bet", "revenue": revenue, "coaching": coaching})
    session.act({"do": "show"})


# --- the firm and its levers


def test_the_same_reps_and_territories_whatever_the_span():
    firm = Firm(teams=3, reps=6)
    base = described(firm, "evidence")
    for span in firm.spans:
        other = moved(base, firm, dataclasses.replace(as_it_is(firm), span=span)).organisation
        assert other.teams * other.seats_per_team == firm.reps_in_all


def test_the_same_buyers_turn_up_under_another_span():
    firm = Firm(teams=2, reps=4)
    base = described(firm, "evidence").change({"calendar.warmup_weeks": 4, "calendar.horizon_weeks": 8})
    from simlead.study.simulate import simulate

    markets = [simulate(moved(base, firm, dataclasses.replace(as_it_is(firm), span=span)), engine="compiled",
                        trace=False).opportunities() for span in (2, 4, 8)]
    for other in markets[1:]:
        assert (other[["territory", "number", "arrived", "value", "pace_hours"]].sort_values(["territory", "number"])
                .to_numpy() == markets[0][["territory", "number", "arrived", "value", "pace_hours"]]
                .sort_values(["territory", "number"]).to_numpy()).all()


def test_the_firm_of_the_room_is_the_stock_firm_until_it_says_otherwise():
    assert described(Firm(), "evidence") == Scenario()
    assert moved(Scenario(), Firm(), as_it_is(Firm())) == Scenario()


def test_a_look_at_the_page_makes_no_scenario(monkeypatch):
    """Pages are looked at many times a second: what follows from firm and move is made once."""
    session = visitor(RunCache(seed=3))  # of its own: work is asked for here and never done
    bet_and_show(session)
    base = session.base
    monkeypatch.setattr(session.firms, "base", lambda *_: base)  # these firms of the tests make theirs anew
    page_content(session), session.task()
    made = []
    monkeypatch.setattr(Scenario, "__post_init__", lambda self: made.append(self))
    page_content(session), session.stamp(), session.task()
    assert made == []


def test_the_advice_is_the_preset():
    from simlead.model.presets import preset

    assert moved(Scenario(), Firm(), advice(Firm())) == preset("leadership")


def test_every_number_a_field_allows_makes_a_firm():
    for end in ("low", "high"):
        firm = Firm(**{field.key: getattr(field, end) for field in FIELDS})
        base = described(firm, "practitioner")
        moved(base, firm, dataclasses.replace(as_it_is(firm), coaching=70, own_selling=30))
        assert base.calendar.warmup_weeks >= 104


def test_slow_buyers_get_the_warm_up_they_need():
    assert described(Firm(cycle_days=180), "evidence").calendar.warmup_weeks >= 182


@pytest.mark.parametrize(("typed", "wrong"), [
    ({"teams": "0"}, ("teams",)), ({"teams": "13"}, ("teams",)), ({"reps": "1.5"}, ("reps",)),
    ({"deal_value": ""}, ("deal_value",)), ({"cycle_days": "9"}, ("cycle_days",)),
    ({"market_growth": "nan"}, ("market_growth",)), ({"coaching_today": True}, ("coaching_today",)),
    ({"teams": "1e3", "reps": None}, ("teams", "reps")), ({"teams": "9" * 60}, ("teams",)),
])
def test_a_field_with_something_else_in_it_is_named_and_nothing_breaks(typed, wrong):
    assert firm_of(typed) == (None, wrong)


@pytest.mark.parametrize("text", ["50,000", "۵۰٬۰۰۰", "50 000", " ۵۰۰۰۰ "])
def test_numbers_are_read_as_people_write_them(text):
    assert firm_of({"deal_value": text})[0].deal_value == 50_000


@pytest.mark.parametrize(("key", "value"), [
    ("coaching", 71), ("coaching", -1), ("clarity", "much"), ("span", 5), ("effect_sizes", "faith"), ("nothing", 1),
    ("kpi_review", 1), ("coaching", math.nan),
])
def test_a_lever_has_no_other_positions(key, value):
    with pytest.raises(ParameterError):
        with_lever(Firm(), as_it_is(Firm()), key, value)


def test_no_two_levers_contradict_each_other():
    top = Move(**{lever.key: lever.high for lever in LEVERS}, span=8, kpi_review=False, training=True,
               effect_sizes="evidence")
    assert moved(Scenario(), Firm(), top).policy.coaching_share == 0.7


# --- the experiment


def test_an_experiment_finds_what_compare_finds(run_cache):
    base = Scenario().change(SMALL | {"organisation.seats_per_team": 3})
    coached = base.change({"policy.coaching_share": 0.5})
    experiment = Experiment(base, coached, run_cache, pairs=5)
    while (task := experiment.task()) is not None:
        task()
    found = experiment.outcome()
    table = compare({"as it is": base, "coached": coached}, replications=5, seed=3, workers=1,
                    measures=list(MEASURED)).table.set_index(["scenario", "measure"]).loc["coached"]
    assert found.n == 5
    for estimate, measure, columns in (
            (found.revenue, "revenue", ("relative_difference", "relative_low", "relative_high")),
            (found.profit, "profit_final", ("difference", "difference_low", "difference_high")),
            (found.realised, "coaching_share_realised", ("mean", "low", "high"))):
        assert [estimate.mean, estimate.low, estimate.high] == table.loc[measure, list(columns)].tolist()


def test_a_run_does_not_depend_on_when_it_is_made(run_cache):
    base = Scenario().change(SMALL)
    forwards = [one_run(base, 3, replicate) for replicate in range(3)]
    backwards = [one_run(base, 3, replicate) for replicate in reversed(range(3))]
    assert [repr(run) for run in forwards] == [repr(run) for run in reversed(backwards)]


def test_pairs_count_from_the_first_without_a_gap():
    run_cache = RunCache(seed=12)
    base = Scenario().change(SMALL)
    experiment = Experiment(base, base.change({"policy.coaching_share": 0.5}), run_cache, pairs=4)
    tasks = []
    while (task := experiment.task()) is not None:
        tasks.append(task)
    assert len(tasks) == 8
    for task in tasks[2:]:  # the first pair comes last
        task()
    assert experiment.n == 0 and experiment.outcome() is None
    tasks[0]()
    tasks[1]()
    assert experiment.n == experiment.outcome().n == 4


def test_a_run_is_made_once_for_all_who_ask():
    run_cache = RunCache(seed=11)
    base, coached = Scenario().change(SMALL), Scenario().change(SMALL | {"policy.coaching_share": 0.5})
    first, second = Experiment(base, coached, run_cache, pairs=2), Experiment(base, coached, run_cache, pairs=2)
    made = 0
    while (task := first.task() or second.task()) is not None:
        task()
        made += 1
    assert made == 4 and second.n == 2


def test_a_move_goes_on_from_the_warm_up_that_its_firm_keeps():
    base, coached = Scenario().change(SMALL), Scenario().change(SMALL | {"policy.coaching_share": 0.5})
    experiment = Experiment(base, coached, RunCache(seed=11), pairs=2)
    while (task := experiment.task()) is not None:
        task()
    for runs, scenario in ((experiment.base, base), (experiment.moved, coached)):
        assert repr([runs.done[replicate] for replicate in range(2)]) == repr(
            [one_run(scenario, 11, replicate)[0] for replicate in range(2)])


def test_a_run_that_broke_off_is_made_again(run_cache, monkeypatch):
    small = Scenario().change(SMALL)
    experiment = Experiment(small, small.change({"policy.heroics": 2.0}), run_cache, pairs=1)
    task = experiment.task()
    with monkeypatch.context() as broken:
        broken.setattr("simlead.study.growing.experiment.one_run", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            task()
    assert experiment.task() is not None


def test_intervals_tighten_with_pairs():
    rng = np.random.default_rng(1)
    base = [dict.fromkeys(MEASURED, value) for value in rng.normal(100.0, 10.0, 200)]
    gained = [{name: value + 5.0 + rng.normal() for name, value in run.items()} for run in base]
    widths = [outcome_of(gained[:n], base[:n]).revenue.half_width for n in (4, 8, 50, 200)]
    assert widths == sorted(widths, reverse=True)
    assert outcome_of(gained, base).revenue.mean == pytest.approx(0.05, abs=0.003)


# --- the bets


@pytest.mark.parametrize(("bet", "n", "verdict"), [
    (6, 50, INSIDE), (4, 50, INSIDE), (8, 50, INSIDE), (9, 50, TOO_HIGH), (3, 50, TOO_LOW), (6, 7, EARLY)])
def test_a_bet_stands_to_the_interval_as_it_does(bet, n, verdict):
    assert judged(bet, Estimate(0.06, 0.04, 0.08, n)).verdict == verdict


def test_a_verdict_on_a_bet_agrees_with_the_interval_that_is_shown_beside_it():
    """An interval of 0.502 to 1.996 is shown as 0.5 to 2.0: a bet of 2 lies within."""
    for low, high in ((0.00502, 0.01996), (0.0051, 0.02004), (-0.0204, -0.0051)):
        interval = Estimate((low + high) / 2, low, high, 50)
        shown = format_interval(100 * low, 100 * high)
        ends = [float(end.replace("\N{MINUS SIGN}", "-")) for end in shown.split(" to ")]
        for bet in range(-4, 5):
            expected = INSIDE if ends[0] <= bet <= ends[1] else TOO_HIGH if bet > ends[1] else TOO_LOW
            found = judged(bet, interval)
            assert found.verdict == expected, (bet, shown)
            assert (found.points_off >= 0.05) == (expected != INSIDE)


def test_a_bet_of_nothing_has_no_direction():
    runs = [dict.fromkeys(MEASURED, 1.0 + 0.001 * place) for place in range(20)]
    outcome = outcome_of([{name: 1.05 * value for name, value in run.items()} for run in runs], runs)
    assert direction_comment((Bet("A", 0, 0),), outcome) == ""
    assert direction_comment((Bet("A", 0, 0), Bet("B", 5, 0)), outcome) == "The direction was right."
    assert direction_comment((Bet("A", -1, 0), Bet("B", 0, 0)), outcome) == "The direction was wrong."


def test_nothing_is_said_of_a_bet_against_an_interval_that_is_none():
    assert judged(5, Estimate(math.nan, math.nan, math.nan, 50)).verdict == EARLY


@pytest.mark.parametrize(("revenue", "coaching"), [(41, 20), (-21, 20), (0, 71), ("x", 20), (None, 20), (1.5, 2)])
def test_a_bet_off_the_scale_is_refused(revenue, coaching):
    with pytest.raises(ParameterError, match="bet on"):
        placed((), revenue, coaching)


def test_bets_have_letters_and_an_end():
    bets = ()
    for _ in range(MOST_BETS):
        bets = placed(bets, 1, 1)
    assert "".join(bet.name for bet in bets) == "ABCDEFGH"
    with pytest.raises(ParameterError, match="at most"):
        placed(bets, 1, 1)


def test_the_nearest_of_equals_is_nobody():
    runs = [dict.fromkeys(MEASURED, 1.0)] * 2
    outcome = outcome_of([dict.fromkeys(MEASURED, 1.05)] * 2, runs)
    assert nearest((Bet("A", 10, 0), Bet("B", 0, 0)), outcome) is None
    assert nearest((Bet("A", 9, 0), Bet("B", 0, 0)), outcome).name == "A"


# --- the session


def leaks(what, outcome):
    """The numbers of an outcome that can be read off what the page gets."""
    stated = json.dumps(what, ensure_ascii=False)
    return [number for number in (f"{100 * outcome.revenue.mean:.1f}", f"{100 * outcome.revenue.low:.2f}")
            if number.lstrip("-") in stated]


def test_no_outcome_reaches_the_page_before_a_bet(session):
    session.act({"do": "lever", "key": "coaching", "value": 50})
    assert session.phase == BETTING and work(session) > 8
    outcome = session.experiment().outcome()
    assert outcome.n == 12  # it is simulated meanwhile, so that it is there when the room has bet
    page = page_content(session)
    (row,) = page["outcome"]["charts"][0]["rows"]
    assert row["hidden"] and row["mean"] is row["low"] is row["high"] is None and row["value"] == "?"
    assert {one["value"] for one in page["outcome"]["figures"]} == {"–"}
    assert leaks(page, outcome) == [] and scene(session) == {}
    with pytest.raises(ParameterError, match="a bet comes first"):
        session.act({"do": "show"})


def test_a_bet_shows_the_outcome_and_stays_beside_it(session):
    bet_and_show(session)
    work(session)
    page = page_content(session)
    (row,) = page["outcome"]["charts"][0]["rows"]
    assert row["current"] and row["label"] == "Coaching 50 %" and row["n"] == 12
    assert [bet["name"] for bet in row["bets"]] == ["A"]
    assert row["low"] <= row["mean"] <= row["high"]
    assert any("Bet \u2068A\u2069" in line for line in page["outcome"]["comments"])
    assert "extra hours reach further reps" in page["outcome"]["comments"][-1]
    assert page["outcome"]["figures"][0]["value"] != "–" and page["can_save"]


def test_few_pairs_are_not_shown():
    session = visitor(RunCache(seed=5))
    bet_and_show(session)
    work(session, 2 * (SHOWN_FROM - 1))
    assert rows_shown(session) == [] and "first" in page_content(session)["status"]["text"]
    work(session, 2)
    assert len(rows_shown(session)) == 1


def test_a_bet_says_nothing_before_eight_pairs():
    session = visitor(RunCache(seed=6))
    bet_and_show(session)
    work(session, 2 * SHOWN_FROM)
    assert page_content(session)["outcome"]["comments"] == [
        "Bet \u2068A\u2069: too early to say; before 8 pairs an interval holds almost any bet."]


def test_moved_levers_drop_the_bets_that_were_on_something_else(session):
    session.act({"do": "lever", "key": "coaching", "value": 50})
    session.act({"do": "bet", "revenue": 10, "coaching": 30})
    session.act({"do": "lever", "key": "coaching", "value": 60})
    assert session.bets == () and "no longer count" in page_content(session)["bet"]["hint"]


def test_no_bet_on_what_stands_still_or_was_seen(session):
    with pytest.raises(ParameterError, match="not shown yet"):
        session.act({"do": "bet", "revenue": 1, "coaching": 1})
    bet_and_show(session)
    work(session)
    session.act({"do": "again"})
    assert not page_content(session)["bet"]["can_place"] and "was seen" in page_content(session)["bet"]["hint"]
    with pytest.raises(ParameterError, match="not shown yet"):
        session.act({"do": "bet", "revenue": 1, "coaching": 1})


def test_betting_again_hides_the_next_move_and_leaves_what_was_seen(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "again"})
    session.act({"do": "lever", "key": "clarity", "value": 90})
    work(session)
    rows = page_content(session)["outcome"]["charts"][0]["rows"]
    assert [(row["label"], row["hidden"]) for row in rows] == [("Coaching 50 %, clarity 90 %", True),
                                                               ("Coaching 50 %", False)]
    session.act({"do": "bet", "revenue": 3, "coaching": 30})
    session.act({"do": "show"})
    assert [row["current"] for row in page_content(session)["outcome"]["charts"][0]["rows"]] == [True, False]


def test_after_a_bet_a_move_is_shown_at_once_and_cancels_what_ran_before(monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 12)
    session = visitor(RunCache(seed=7))
    bet_and_show(session)
    work(session, 10)
    before = session.experiment()
    session.act({"do": "lever", "key": "clarity", "value": 90})
    assert session.experiment() is not before
    n = before.n
    while session.experiment().n < FIRST_PAIRS:
        assert before.n == n
        work(session, 1)
    work(session)
    assert before.n == session.experiment().n == 12  # the round that was bet on is gone on with afterwards
    assert [row["label"] for row in page_content(session)["outcome"]["charts"][0]["rows"]] == [
        "Coaching 50 %, clarity 90 %", "Coaching 50 %"]


def test_positions_that_a_lever_is_dragged_through_are_no_moves(session):
    """Even where their outcomes are known already, from another visitor's runs."""
    bet_and_show(session)
    work(session)
    for value in (*range(10, 100, 10), *range(80, 50, -10)):
        session.act({"do": "lever", "key": "clarity", "value": value})
        work(session)
    assert [line.move.clarity for line in session.tried] == [40, 60]


def test_a_position_where_the_room_stayed_is_a_move(session):
    now = 0.0
    session.clock = lambda: now
    bet_and_show(session)
    for value in (50, 60, 70):
        session.act({"do": "lever", "key": "clarity", "value": value})
        work(session)
        now += 5.0
    session.act({"do": "lever", "key": "clarity", "value": 80})
    assert [line.move.clarity for line in session.tried] == [40, 50, 60, 70, 80]


def test_the_oldest_move_that_no_one_bet_on_or_pinned_makes_room_for_a_new_one(session, monkeypatch):
    monkeypatch.setattr("simlead.show.workshop.session.MOST_MOVES", 4)
    now = 0.0
    session.clock = lambda: now
    bet_and_show(session)
    for value in (50, 60, 70, 80, 90):
        work(session, 20)
        now += 5.0
        session.act({"do": "lever", "key": "clarity", "value": value})
        if value == 50:
            session.known().pinned = 1
    kept = [(line.number, line.move.clarity) for line in session.tried]
    assert kept == [(1, 40), (2, 50), (5, 80), (6, 90)]
    assert session.known().number == 6


def test_a_room_opens_its_own_file_however_many_moves_were_looked_at(session, monkeypatch):
    bet_and_show(session)
    (line,) = session.tried
    session.tried += [dataclasses.replace(line, number=2 + place, bets=(), move=dataclasses.replace(
        line.move, clarity=place % 101)) for place in range(MOST_MOVES - 1)]
    session.act({"do": "lever", "key": "accountability", "value": 90})
    assert len(session.tried) == MOST_MOVES and session.known().number == MOST_MOVES + 1
    other = visitor(RunCache(0))
    keep.restore(other, json.loads(json.dumps({**keep.facts_of(session, results=False), "sources": "0" * 16})))
    assert len(other.tried) == MOST_MOVES and other.tried[0].is_round


def test_a_move_that_comes_back_goes_on_where_it_was(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "lever", "key": "coaching", "value": 60})
    session.act({"do": "lever", "key": "coaching", "value": 50})
    assert session.known().outcome().n == 12 and len(session.known().bets) == 1


def test_levers_where_they_stand_today_make_no_difference(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "preset", "key": "as_it_is"})
    page = page_content(session)
    assert session.experiment() is None and "stays as it is" in page["outcome"]["title"]
    assert [row["current"] for row in page["outcome"]["charts"][0]["rows"]] == [False]


def test_effect_sizes_are_a_lever_whose_rows_say_so(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "lever", "key": "effect_sizes", "value": "practitioner"})
    work(session)
    assert [row["label"] for row in page_content(session)["outcome"]["charts"][0]["rows"]] == [
        "Coaching 50 % (practitioner)", "Coaching 50 % (evidence)"]


def test_the_status_quo_runs_ahead_while_nobody_moves(monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 12)
    session = visitor(RunCache(seed=4))
    assert work(session) == 32
    session.act({"do": "lever", "key": "coaching", "value": 50})
    assert work(session) == 12


@pytest.mark.parametrize("message", [
    None, "show", {}, {"do": "format disk"}, {"do": "lever"}, {"do": "view", "value": "../"}, {"do": "firm"},
    {"do": "preset", "key": "best"}, {"do": "lever", "key": "coaching", "value": [1]}, {"do": ["lever"]},
])
def test_nonsense_is_refused_and_changes_nothing(session, message):
    before = page_content(session)
    with pytest.raises(ParameterError):
        session.act(message)
    assert page_content(session) == before


def test_a_firm_that_cannot_be_stays_on_its_form_with_the_field_marked(session):
    session.act({"do": "view", "value": "firm"})
    session.act({"do": "firm", "values": {"teams": "40", "reps": "8"}})
    form = page_content(session)["firm"]
    (wrong,) = [field for field in form["fields"] if field["wrong"]]
    assert wrong["key"] == "teams" and wrong["value"] == "40" and wrong["hint"] == "allowed: 1 to 12"
    assert session.firm == ROOM and form["refusal"]


def test_another_firm_begins_with_its_own_bet(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "firm", "values": {"teams": "3"}})
    page = page_content(session)
    assert session.phase == BETTING and session.firm.teams == 3 and page["outcome"]["charts"][0]["rows"] == []
    assert "Setting up" in page["status"]["text"]


def test_a_failure_is_told_in_one_line_and_not_tried_again(monkeypatch):
    session = visitor(RunCache(seed=9))
    bet_and_show(session)
    monkeypatch.setattr("simlead.study.growing.experiment.one_run", lambda *_: (_ for _ in ()).throw(
        ParameterError("no such\nfirm")))
    desk = Desk(1)
    desk.welcome(session)
    desk.work_off()
    status = page_content(session)["status"]
    assert status["kind"] == "broken" and "no such firm" in status["text"]
    monkeypatch.undo()
    session.act({"do": "lever", "key": "coaching", "value": 55})
    assert page_content(session)["status"]["kind"] == "busy"


def test_a_firm_that_cannot_be_set_up_says_why(monkeypatch):
    def refuse(*_, **__):
        raise ParameterError("too few opportunities to calibrate")

    monkeypatch.setattr("simlead.show.workshop.firms.calibrate", refuse)
    session = visitor(RunCache(seed=13))
    session.act({"do": "firm", "values": {"teams": "2", "reps": "2"}})
    assert work(session) == 1
    status = page_content(session)["status"]
    assert status["kind"] == "broken" and "too few opportunities" in status["text"]


def test_a_picture_is_drawn_once_per_state_and_not_before_the_bet(session):
    drawn = []

    def draw(of):
        drawn.append(of.picture_key(WEEK))
        return Picture(of.picture_key(WEEK), {"title": "a week"})

    session.drawings[WEEK] = draw
    session.act({"do": "view", "value": WEEK})
    session.act({"do": "lever", "key": "coaching", "value": 50})
    work(session)
    assert drawn == [] and "after the bet" in page_content(session)["scene"]["text"]
    session.act({"do": "bet", "revenue": 1, "coaching": 1})
    session.act({"do": "show"})
    assert session.view == OUTCOME  # first things first
    session.act({"do": "view", "value": WEEK})
    work(session)
    work(session)
    assert len(drawn) == 1 and scene(session)["key"] == page_content(session)["scene"]["key"] == key_of(drawn[0])
    session.act({"do": "week"})
    assert scene(session) == {}
    work(session)
    assert len(drawn) == 2 and drawn[0] != drawn[1]


# --- several visitors


def test_visitors_take_turns_and_do_not_disturb_each_other(run_cache):
    order = []

    class Visitor:
        def __init__(self, name, left):
            self.name, self.left = name, left

        def task(self):
            if not self.left:
                return None
            self.left -= 1
            return lambda: order.append(self.name)

        def failed(self, failure):
            raise failure

    desk = Desk(1)
    for visitor in (Visitor("greedy", 6), Visitor("late", 2)):
        desk.welcome(visitor)
    desk.work_off()
    assert order == ["greedy", "late", "greedy", "late", "greedy", "greedy", "greedy", "greedy"]


def test_one_visitors_failure_is_not_anothers(run_cache):
    class Clumsy:
        left, stated = 1, None

        def task(self):
            self.left -= 1
            return self.work if self.left >= 0 else None

        def work(self):
            raise ParameterError("no")

        def failed(self, failure):
            self.stated = str(failure)

    class Calm(Clumsy):
        done = False

        def work(self):
            self.done = True

    desk, clumsy, calm = Desk(1), Clumsy(), Calm()
    desk.welcome(clumsy)
    desk.welcome(calm)
    desk.work_off()
    assert clumsy.stated == "no" and calm.done and calm.stated is None


def test_two_sessions_share_runs_and_nothing_else(run_cache, monkeypatch):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 12)
    one, other = visitor(run_cache), visitor(run_cache, "fa")
    bet_and_show(one)
    work(one)
    assert other.phase == BETTING and other.move == as_it_is(ROOM) and other.tried == []
    bet_and_show(other, revenue=-5)
    assert other.experiment().outcome() == one.experiment().outcome()
    assert [line.bets[0].revenue for line in one.tried + other.tried] == [10, -5]


def test_workers_end_when_they_are_told(run_cache):
    before = threading.active_count()
    desk = Desk(2)
    desk.start()
    session = visitor(run_cache)
    desk.welcome(session)
    desk.stop()
    assert threading.active_count() == before


def test_a_visitor_who_left_is_asked_for_nothing(run_cache):
    fresh = RunCache(seed=10)
    desk, session = Desk(1), visitor(fresh)
    desk.welcome(session)
    desk.leave(session)
    desk.work_off()
    assert fresh.runs(session.base).done == {}


# --- the file to take home


def test_an_exported_session_holds_moves_bets_results_seed_and_hashes(session):
    bet_and_show(session)
    work(session)
    with zipfile.ZipFile(io.BytesIO(keep.exported(session))) as archive:
        stated, table = json.loads(archive.read("manifest.json"))["facts"], archive.read("moves.csv").decode()
    (line,) = stated["moves"]
    assert stated["seed"] == 3 and line["levers"]["coaching"] == 50
    assert line["bets"] == [{"name": "A", "revenue": 10, "coaching": 30}]
    assert line["results"]["n"] == 12 and line["results"]["revenue"]["low"] < line["results"]["revenue"]["high"]
    assert line["move_hash"] == session.moved.hash() and line["status_quo_hash"] == session.base.hash()
    assert len(table.splitlines()) == 1 + len(keep.ESTIMATES) and session.moved.hash() in table


def test_what_is_hidden_is_not_exported(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "again"})
    session.act({"do": "lever", "key": "clarity", "value": 90})
    work(session)
    outcome = session.experiment().outcome()
    assert leaks(keep.facts_of(session), outcome) == []


def test_the_same_session_is_the_same_file(session):
    bet_and_show(session)
    work(session)
    assert keep.exported(session) == keep.exported(session)


def test_an_exported_session_can_be_gone_on_with(session, tmp_path, run_cache):
    bet_and_show(session)
    work(session)
    path = tmp_path / "room.zip"
    path.write_bytes(keep.exported(session))
    other = visitor(RunCache(seed=3))
    assert keep.restore(other, keep.read(path)) == ""
    assert other.move == session.move and [line.bets for line in other.tried] == [line.bets for line in session.tried]
    recorded, there = other.tried[0].outcome(), session.tried[0].outcome()
    assert (recorded.n, recorded.revenue) == (there.n, there.revenue)
    assert keep.facts_of(other)["moves"][0]["results"] == keep.facts_of(session)["moves"][0]["results"]


def test_a_session_of_other_code_says_so(session, tmp_path):
    stated = {**keep.facts_of(session), "sources": "0" * 16}
    assert "other code" in keep.restore(visitor(RunCache(0)), stated)


@pytest.mark.parametrize("content", [
    b"", b"{}", b"[1]", b"PK\x03\x04 no archive", json.dumps({"kind": "simlead workshop", "version": 99}).encode()])
def test_a_file_that_is_no_session_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(FileFormatError) as refused:
        keep.read(path)
    assert str(path) in str(refused.value) and "\n" not in str(refused.value)


SPOILED = {
    "lever": lambda facts: facts["levers"].update(coaching=900), "teams": lambda facts: facts["firm"].update(teams=0),
    "text": lambda facts: facts["firm"].update(teams="4"),
    "lever missing": lambda facts: facts["moves"][0]["levers"].pop("span"),
    "no moves": lambda facts: facts.pop("moves"), "moves": lambda facts: facts.update(moves={}),
    "bets": lambda facts: facts["moves"][0].update(bets=[{}]), "bet": lambda facts: facts["moves"][0].update(bets=7),
    "result": lambda facts: facts["moves"][0]["results"].pop("revenue"),
    "mean": lambda facts: facts["moves"][0]["results"]["revenue"].update(mean="much"),
    "n": lambda facts: facts["moves"][0]["results"].update(n=True),
    "shown": lambda facts: facts["moves"][0].update(shown=1),
    "levers": lambda facts: facts.update(levers=[]), "firm": lambda facts: facts.update(firm=None),
    "many": lambda facts: facts.update(moves=facts["moves"] * 1_001), "sources": lambda facts: facts.update(sources=7),
    "number": lambda facts: facts["moves"][0].update(number=None),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_session_of_another_shape_is_refused_in_one_line(session, spoil):
    bet_and_show(session)
    work(session)
    stated = json.loads(json.dumps({**keep.facts_of(session), "sources": "0" * 16}))
    spoil(stated)
    other = visitor(RunCache(0))
    with pytest.raises(FileFormatError, match="does not fit") as refused:
        keep.restore(other, stated)
    assert "\n" not in str(refused.value) and not other.tried


def test_every_damaged_byte_of_a_session_file_is_refused_in_one_line(session, tmp_path):
    bet_and_show(session)
    work(session)
    whole, path = keep.exported(session), tmp_path / "room.zip"
    believed = []
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
        other = visitor(RunCache(3))
        try:
            keep.restore(other, keep.read(path), path)
        except FileFormatError as refusal:
            assert "\n" not in str(refusal)
        else:
            believed.append(keep.facts_of(other))
    assert all(facts == keep.facts_of(session) for facts in believed)  # damage beside the content, such as a date


def test_a_session_of_the_first_version_opens(session, tmp_path):
    bet_and_show(session)
    work(session)
    path, facts = tmp_path / "session.json", keep.facts_of(session)
    earlier = {"kind": "simlead workshop", "version": 1, **facts, "provenance": {"sources": "0" * 16}}
    path.write_text(json.dumps(earlier))
    other = visitor(RunCache(3))
    assert "other code" in keep.restore(other, keep.read(path))
    assert keep.facts_of(other) == facts


# --- what is seen


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_view_speaks_the_language_and_no_other(run_cache, monkeypatch, language):
    monkeypatch.setattr("simlead.study.growing.experiment.PAIRS", 12)
    session = visitor(run_cache, language)
    bet_and_show(session)
    work(session)
    page = json.dumps(page_content(session), ensure_ascii=False)
    digits = set(page) & set("۰۱۲۳۴۵۶۷۸۹")
    assert bool(digits) == (language == "fa")
    assert page_content(session)["direction"] == {"en": "ltr", "fa": "rtl"}[language]
    finding = page_content(session)["outcome"]["title"]
    assert any("a" <= letter <= "z" for letter in finding.lower()) == (language == "en")


def test_an_axis_holds_what_it_can_and_has_few_ticks():
    for values in ([0.1], [-70.0, 300.0], [5.0, 33.0], [math.nan, math.inf]):
        axis = axis_for(values, (-10.0, 20.0), (-60.0, 120.0))
        assert 3 <= len(axis.ticks) <= 9 and axis.low <= -10 and axis.high >= 20
        assert all(0.0 <= axis.at(value) <= 100.0 for value in values if math.isfinite(value))


def test_the_picture_to_take_home_has_each_interval_and_each_bet(session):
    bet_and_show(session)
    work(session)
    session.act({"do": "lever", "key": "clarity", "value": 90})
    work(session)
    ax = moves_and_bets(ROOM, rows_shown(session), 3)
    assert title_of(ax).startswith("Coaching 50 %, clarity 90 %:")
    drawn = [line.get_gid() for panel in ax.child_axes for line in panel.lines]
    assert drawn.count("interval") == 4 and drawn.count("bet") == 2 and drawn.count("planned") == 2
    assert_legible(shown(ax))


@pytest.mark.parametrize("further", [0, 3])
def test_the_picture_names_tables_as_the_page_does_and_no_name_lies_on_another(session, further):
    bet_and_show(session)
    work(session)
    ((line, found),) = rows_shown(session)
    names = ("Blue owls", "میز ۴", "The late shift", "North star", "Quartet")
    crowded = dataclasses.replace(line, bets=tuple(Bet(name, 5 + place, 20 + place)
                                                   for place, name in enumerate(names)))
    ax = moves_and_bets(ROOM, [(crowded, found), *[(line, found)] * further], 3)
    texts = [text.get_text() for text in ax.child_axes[0].texts]
    assert texts == [*short_names(names).values(), *["A"] * further]
    assert [text.get_text() for text in ax.child_axes[1].texts] == ["A"] * further
    assert_legible(shown(ax))


def test_the_package_names_only_modules_and_files_that_are_there():
    named = re.findall(r"`([\w.]+)`", workshop.__doc__)
    assert "page.js" in named
    for name in named:
        module = name if name.startswith("simlead.") else f"simlead.show.workshop.{name}"
        assert find_spec(module) if not name.endswith(".js") else files(workshop).joinpath(name).is_file(), name


def test_a_phase_is_one_of_two(session):
    assert session.phase in (BETTING, SHOWN) and changed(session.firm, session.move) == ()
