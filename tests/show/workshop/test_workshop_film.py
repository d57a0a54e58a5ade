"""The film's data are the tables': each deal at its stage and hour, each hour of the manager, every total."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from legible import assert_legible, shown

from simlead.model import events
from simlead.model.scenario import Scenario
from simlead.show.animation.scenes import AWAY, DISCOVERY, LOST, PROPOSAL, QUALIFIED, SILENT, WON
from simlead.show.language import in_language
from simlead.show.workshop.film import PACES, came_to, film, title, won_words
from simlead.show.workshop.film_picture import film_sides
from simlead.show.workshop.year import filmed, side_of, year_of
from simlead.study.simulate import simulate

SMALL = {"organisation.teams": 2, "organisation.seats_per_team": 3, "calendar.warmup_weeks": 30,
         "calendar.horizon_weeks": 60}
WEEKS, TEAM, HOURS = 52, 1, 40.0
BEGIN, END = 8 * HOURS, 60 * HOURS


@pytest.fixture(scope="module")
def runs():
    base = Scenario().change(SMALL)
    return [filmed(scenario, 4) for scenario in (base, base.change({"policy.coaching_share": 0.5}))]


@pytest.fixture(scope="module")
def sides(runs):
    return [side_of(run, TEAM, 8, WEEKS) for run in runs]


@pytest.fixture(scope="module")
def stated(sides):
    return film(sides, ("as it is", "coached"), WEEKS)


def deals_of(run):
    """The team's noticed deals by name, of those that the year shows."""
    deals = run.records.opportunities
    open_until = np.where(np.isnan(deals["decided"]), np.inf, deals["decided"])
    mine = deals[deals["noticed"] & (deals["team"] == TEAM) & (deals["arrived"] < END) & (open_until >= BEGIN)]
    return {(int(deal["territory"]), int(deal["number"])): deal for deal in mine}


def column_by_the_table(deal, hour):
    """Where a deal is at an hour, by its row of the table alone."""
    if deal["arrived"] > hour or deal["decided"] <= BEGIN:
        return AWAY
    if deal["decided"] <= hour:
        return WON if deal["outcome"] == events.WON else LOST
    gates = [deal[f"{stage}_gate"] for stage in events.STAGES]
    if deal["silent"] and gates[deal["stage"]] <= hour:
        return SILENT
    return sum(gate <= hour for gate in gates[:deal["stage"]])


def test_the_year_is_the_final_one_and_the_run_only_goes_on_for_a_week(runs):
    assert year_of(runs[0].scenario.change({"calendar.horizon_weeks": 60})) == (8, 52)
    shorter = simulate(Scenario().change(SMALL), seed=4, engine="compiled")
    before = shorter.trace[shorter.trace["time"] < END]
    assert len(before) > 10_000 and np.array_equal(before, runs[0].trace[:len(before)])


def test_each_dot_is_a_deal_of_the_table_at_its_stage_and_hour(runs, sides):
    for run, side in zip(runs, sides, strict=True):
        deals = deals_of(run)
        assert {tuple(name) for name in side.pipeline.name.tolist()} == set(deals)
        seen = set()
        for name, moves in zip(side.pipeline.name.tolist(), side.moves, strict=True):
            deal = deals[tuple(name)]
            hours = [hour for hour, _ in moves]
            assert hours == sorted(hours) and all(BEGIN <= hour <= END for hour in hours)
            for place, (hour, column) in enumerate(moves):
                assert column == column_by_the_table(deal, hour)
                later = hours[place + 1] if place + 1 < len(moves) else END
                assert column == column_by_the_table(deal, np.nextafter(later, 0.0) if later > hour else hour)
                seen.add(column)
            if deal["arrived"] >= BEGIN:
                assert hours[0] == deal["arrived"]
            if BEGIN < deal["decided"] <= END:
                assert hours[-1] == deal["decided"]
        assert {DISCOVERY, QUALIFIED, PROPOSAL, SILENT, WON, LOST} <= seen


def test_the_page_gets_the_same_moves_in_tenths_of_an_hour(sides, stated):
    for side, sent in zip(sides, stated["sides"], strict=True):
        assert len(sent["moves"]) == len(side.moves)
        for moves, (_, *path) in zip(side.moves, sent["moves"], strict=True):
            assert path[1::2] == [column for _, column in moves]
            assert path[::2] == [round(10 * (hour - BEGIN)) for hour, _ in moves]
        waits = np.array(sent["waits"]).reshape(-1, 3)
        assert len(waits) and (waits[:, 1] <= waits[:, 2]).all() and waits.max() <= stated["end"]
        shown = waits[:, 1] > 0  # a buyer who waits as the year begins may have waited before
        due = {(*name, round(10 * (since - BEGIN))) for deal, since, _ in side.pipeline.waits()
               for name in [side.pipeline.name[deal].tolist()]}
        names = {moves[0]: tuple(name) for moves, name in zip(sent["moves"], side.pipeline.name.tolist(), strict=True)}
        assert {(*names[deal], since - 80) for deal, since, _ in waits[shown].tolist()} <= due


def test_both_sides_have_the_same_buyers(runs, sides, stated):
    """A number on the page is one buyer on both sides: same territory, number, hour of arrival and value."""
    names = [[tuple(name) for name in side.pipeline.name.tolist()] for side in sides]
    sent = [[moves[0] for moves in side["moves"]] for side in stated["sides"]]
    number = [dict(zip(numbers, name, strict=True)) for numbers, name in zip(sent, names, strict=True)]
    shared = set(number[0]) & set(number[1])
    assert len(shared) > 0.5 * len(number[0]) and all(number[0][one] == number[1][one] for one in shared)
    first, second = (deals_of(run) for run in runs)
    for one in shared:
        name = number[0][one]
        assert first[name]["arrived"] == second[name]["arrived"]
        assert stated["value"][one] == round(first[name]["value"]) == round(second[name]["value"])


def test_the_managers_hours_are_those_of_the_books(runs, sides, stated):
    for run, side, sent in zip(runs, sides, stated["sides"], strict=True):
        books = run.managers()
        books = books[(books["team"] == TEAM) & books["week"].between(8, 59)]
        for number, (week, (_, row)) in enumerate(zip(side.weeks, books.iterrows(), strict=True)):
            held = sum(end - begin for begin, end, use in week.done if use == "coaching")
            assert held == pytest.approx(row["coaching_hours"], abs=1e-9) and week.held == row["coaching_hours"]
            assert week.planned == row["planned_coaching_hours"]
            assert len(week.lapsed) == len(sent["lapsed"][number])
            hours = sent["hours"][number]
            assert all(0 <= begin <= end <= 400 for begin, end in zip(hours[::3], hours[1::3], strict=True))
        assert sum(len(week.lapsed) for week in side.weeks) > 0


def test_the_totals_are_those_of_the_tables(runs, sides, stated):
    for run, side, sent in zip(runs, sides, stated["sides"], strict=True):
        won = [deal for deal in deals_of(run).values()
               if deal["outcome"] == events.WON and BEGIN < deal["decided"] <= END]
        found = came_to(side, (WON,), BEGIN, END)
        assert len(found) == len(won) > 0
        assert sum(side.won_value[one] for one in found) == pytest.approx(sum(deal["won_value"] for deal in won))
        assert sent["won"][-1].startswith(f"{len(won)} deals won, ") and sent["won"][0].startswith("0 deals won")
    rows = stated["quarters"]["rows"]
    assert len(rows) == 8 and stated["quarters"]["ends"] == [13, 26, 39, 52]
    for place, side in enumerate(sides):
        assert sum(int(row["cells"][0]) for row in rows[place::2]) == len(came_to(side, (WON,), BEGIN, END))
        assert sum(int(row["cells"][4]) for row in rows[place::2]) == sum(len(week.lapsed) for week in side.weeks)
    said = title(sides, TEAM)
    assert said.startswith("Manager 2's year: ") and str(len(came_to(sides[1], (WON,), BEGIN, END))) in said


@pytest.mark.parametrize(("language", "names"), [
    ("en", ("As it is", "Coaching 50 %, clarity 90 %, accountability 80 %, own selling 5 %, training, span 10")),
    ("fa", ("وضع موجود", "مربی‌گری ۵۰ درصد"))])
def test_the_saved_picture_shows_both_sides_with_their_names_and_counts(sides, language, names):
    with in_language(language):
        won = tuple(won_words(side, side.pipeline.end) for side in sides)
        ax = film_sides(sides, names, won, title(sides, TEAM), TEAM, 4)
        texts = shown(ax)
    assert_legible(texts)
    pipelines = [panel for panel in ax.child_axes if not panel.axison]
    for panel, side, name, said in zip(pipelines, sides, names, won, strict=True):
        lines = [text.get_text().strip("\u200f") for text in panel.texts]
        assert lines[0][:8] == name[:8] and lines[1] == said.strip("\u200f")
        columns = side.pipeline.column(END)
        counts = [int((columns == column).sum()) for column in range(WON + 1)]
        assert [int(line) for line in lines if line.isdigit()] == counts
        assert sum(len(dots.get_offsets()) for dots in panel.collections) == sum(counts) > 0
    across = [panel.get_position().x0 for panel in pipelines]
    assert (across[0] < across[1]) == (language == "en")


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_film_speaks_one_language_and_is_small(sides, language):
    with in_language(language):
        sent = film(sides, ("x", "x"), WEEKS)
        texts = json.dumps([sent["columns"], sent["counts"], sent["clock"], sent["quarters"], sent["says"],
                            title(sides, TEAM)], ensure_ascii=False)
    keys = re.findall(r'"(\w+)": ', texts)
    words = re.sub(r'"\w+": |"x"|x: ', "", texts)
    assert bool(re.search("[a-z]{2}", words)) == (language == "en"), (keys, words[:500])
    assert bool(re.search("[0-9]", words.replace('"ends": [13, 26, 39, 52]', "").replace("[13, 26, 39, 52]", ""))) == (
        language == "en")
    assert len(json.dumps(sent)) < 300_000
    assert [pace["hours"] for pace in sent["paces"]] == list(PACES.values())
