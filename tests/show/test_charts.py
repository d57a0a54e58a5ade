"""A chart says what its table says: in its title, its bars, its points and its intervals."""


import matplotlib
import numpy as np
import pandas as pd
import pytest
from legible import assert_legible, shown
from matplotlib.figure import Figure
from matplotlib.image import imread

from simlead.show.charts import (
    ChartError,
    funnel,
    growth_and_share,
    manager_time,
    manager_week,
    manager_week_compared,
    paired_difference,
    pipeline_over_weeks,
    save_chart,
)
from simlead.show.charts.axes import title_of
from simlead.show.charts.managers import CATEGORIES

NAMES = ("status_quo", "coaching", "leadership")


def compared(effects=(0.0, 0.02, 0.10), half_width=0.03, n=12):
    """A comparison's table in which each measure moves by `effects`, known to +-`half_width`."""
    levels = {
        "revenue": (40e6, "$/year", 40e6), "revenue_growth": (0.42, "share", 1.0),
        "market_growth": (0.44, "share", 0.0), "market_share": (0.105, "share", 0.1),
        "market_share_base": (0.104, "share", 0.0), "discovery_rate": (0.55, "share", 0.3),
        "qualified_rate": (0.50, "share", 0.3), "proposal_win_rate": (0.35, "share", 0.3),
    }
    rows = []
    for measure, (level, unit, scale) in levels.items():
        for name, effect in zip(NAMES, effects, strict=True):
            mean, moved, wide = level + scale * effect, scale * effect, scale * half_width
            paired = (moved - wide, moved + wide) if name != NAMES[0] else (0.0, 0.0)
            relative = (part / level for part in (moved, *paired))
            rows.append((name, measure, unit, mean, mean - 2 * wide, mean + 2 * wide, moved, *paired, *relative, n))
    columns = ["scenario", "measure", "unit", "mean", "low", "high", "difference", "difference_low",
               "difference_high", "relative_difference", "relative_low", "relative_high", "n"]
    return pd.DataFrame(rows, columns=columns).assign(seed=7)


def week(realised=14.0):
    """The weeks of two scenarios: 20 hours of coaching planned, `realised` of them held."""
    rows = []
    for name in ("status_quo", "leadership"):
        plan = {"coaching": 20.0, "people": 6.0, "customers": 4.0, "information": 6.0, "admin": 4.0}
        took = {**plan, "coaching": realised, "other": 20.0 - realised}
        for use in CATEGORIES:
            hours = took.get(use, 0.0)
            rows.append((name, use, plan.get(use, 0.0), hours, hours - 0.5, hours + 0.5, 9))
    return pd.DataFrame(rows, columns=["scenario", "category", "planned_hours", "realised_hours",
                                       "realised_low", "realised_high", "n"])


def weeks(jump, replicates=3, scenarios=("",)):
    """Weeks -60 to 99 of several firms; 60 open deals before the switch and `jump` more after it."""
    parts = []
    for name in scenarios:
        for replicate in range(replicates):
            number = np.arange(-60, 100)
            parts.append(pd.DataFrame({
                "week": number, "replicate": replicate, "scenario": name,
                "discovery_open": 10.0, "qualified_open": 20.0,
                "proposal_open": 30.0 + np.where(number >= 0, jump + replicate, 0.0),
                "discovery_value": 1e6, "qualified_value": 2e6, "proposal_value": 3e6}))
    table = pd.concat(parts, ignore_index=True)
    return table if scenarios != ("",) else table.drop(columns="scenario")


def drawn(ax, gid):
    """The x data of every line drawn under this name, panel by panel."""
    panels = ax.child_axes or [ax]
    return [[line.get_xdata() for line in panel.lines if line.get_gid() == gid] for panel in panels]


def caption(ax):
    return " ".join(next(text for text in ax.texts if text.get_gid() == "caption").get_text().split())


ALL = [
    (growth_and_share, compared()), (funnel, compared()), (paired_difference, compared()),
    (manager_time, week()), (pipeline_over_weeks, weeks(20.0, scenarios=("status_quo", "leadership"))),
]
every_chart = pytest.mark.parametrize(("chart", "table"), ALL, ids=[chart.__name__ for chart, _ in ALL])


# Titles state the finding, and the finding follows the data.


def test_scenarios_that_do_not_differ_at_all_are_drawn_at_zero():
    ax = paired_difference(compared(effects=(0.0, 0.0, 0.0), half_width=0.0))
    assert title_of(ax).startswith("No clear difference in revenue")
    assert [line.get_xdata()[0] for line in ax.lines if line.get_gid() == "mean"] == [0.0, 0.0]


def test_the_paired_difference_is_the_title():
    assert title_of(paired_difference(compared())) == "Leadership adds 10 % to revenue (95 % interval 7 to 13)"
    loss = paired_difference(compared(effects=(0.0, 0.02, -0.10)))
    assert title_of(loss).endswith("takes 10 % from revenue (95 % interval \N{MINUS SIGN}13 to \N{MINUS SIGN}7)")


def test_an_interval_over_zero_is_no_clear_difference():
    unclear = compared(half_width=0.2)
    assert title_of(paired_difference(unclear)).startswith("No clear difference in revenue between leadership")
    grown = title_of(growth_and_share(unclear))
    assert grown.startswith("No clear difference in growth over 3 years: leadership 52 %")
    assert title_of(funnel(unclear)).startswith("No clear difference between leadership and status quo at any")


def test_the_title_speaks_of_the_scenario_named_beforehand():
    assert title_of(paired_difference(compared(), focus="coaching")).startswith("No clear difference")
    with pytest.raises(ChartError, match="no scenario cotching"):
        paired_difference(compared(), focus="cotching")


def test_growth_and_share_state_both_differences():
    ax = growth_and_share(compared())
    assert title_of(ax) == ("Leadership lifts growth over 3 years by 10 points (95 % interval 7 to 13), to 52 % "
                            "from status quo's 42 %; market share gains 1.0 points (0.7 to 1.3)")
    assert ax.child_axes[0].get_xlabel() == "revenue growth over 3 years, %"
    fallen = title_of(growth_and_share(compared((0.0, 0.0, -0.1)), years=10.0))
    assert "Leadership lowers growth over 10 years by 10 points" in fallen


def test_the_funnel_names_the_gates_that_move():
    every = title_of(funnel(compared()))
    assert "converts more at each of the gates, in points: discovery +3.0 (2.1 to 3.9)" in every
    one = compared()
    still = one["measure"].isin(["discovery_rate", "qualified_rate"])
    one.loc[still, ["difference_low", "difference_high"]] = [-0.1, 0.1]
    assert "converts more at one gate of three, in points: proposal +3.0" in title_of(funnel(one))


def test_the_managers_week_states_plan_and_week():
    assert title_of(manager_time(week())) == ("Leadership: of 20.0 hours planned for coaching a week, 14.0 take "
                                           "place (95 % interval 13.5 to 14.5)")
    assert "9.0 take place" in title_of(manager_time(week(9.0)))


def test_the_pipeline_states_its_change():
    assert title_of(pipeline_over_weeks(weeks(20.0))).startswith("The pipeline grows from 60 to 81 open")
    assert title_of(pipeline_over_weeks(weeks(-20.0))).startswith("The pipeline shrinks from 60 to 41")
    assert title_of(pipeline_over_weeks(weeks(-1.0))).startswith("The pipeline does not clearly change")
    assert "one simulation run, no interval" in title_of(pipeline_over_weeks(weeks(20.0, replicates=1)))


# What is drawn is what the table holds.


def test_points_and_intervals_are_the_tables_in_percent_of_the_baseline():
    ax = paired_difference(compared())
    (points,), (lines,) = drawn(ax, "mean"), drawn(ax, "interval")
    assert np.allclose(np.ravel(points), [2.0, 10.0])
    assert np.allclose(lines, [[-1.0, 5.0], [7.0, 13.0]])
    notes = [text.get_text() for text in ax.texts if text.get_gid() == "verdict"]
    assert notes == ["+2 % (\N{MINUS SIGN}1 to 5): not distinguishable", "+10 % (7 to 13): up"]
    assert ax.get_xlabel() == "revenue: difference from status quo, in % of status quo's"


def test_shares_are_compared_in_points():
    ax = paired_difference(compared(), measure="market_share")
    assert np.allclose(np.ravel(drawn(ax, "mean")), [0.2, 1.0])
    assert ax.get_xlabel().endswith("in points")


@pytest.mark.parametrize(("chart", "measures"), [
    (growth_and_share, ["revenue_growth", "market_share"]),
    (funnel, ["discovery_rate", "qualified_rate", "proposal_win_rate"]),
])
def test_each_panel_draws_its_measure(chart, measures):
    table = compared()
    ax = chart(table)
    for points, lines, measure in zip(drawn(ax, "mean"), drawn(ax, "interval"), measures, strict=True):
        rows = table[table["measure"] == measure]
        assert np.allclose(np.ravel(points), 100 * rows["mean"])
        assert np.allclose(lines, 100 * rows[["low", "high"]])


def test_bars_add_up_to_the_planned_and_the_realised_week():
    table = week()
    ax = manager_time(table)
    for column in ("planned_hours", "realised_hours"):
        for use in CATEGORIES:
            widths = [bar.get_width() for bar in ax.patches if bar.get_gid() == f"{column}:{use}"]
            hours = table.loc[(table["category"] == use) & (table[column] > 0), column]
            assert widths == pytest.approx(list(hours))
    assert np.allclose(drawn(ax, "interval"), [[[13.5, 14.5], [13.5, 14.5]]])


def test_pipeline_lines_are_means_over_replicates():
    (panel,) = pipeline_over_weeks(weeks(20.0)).child_axes
    proposal = next(line for line in panel.lines if line.get_gid() == "proposal")
    assert set(proposal.get_ydata()) == {30.0, 51.0}
    assert proposal.get_xdata()[[0, -1]].tolist() == [-60.0, 99.0]


def test_the_value_of_the_pipeline_is_in_millions():
    ax = pipeline_over_weeks(weeks(0.0, replicates=1), show="value")
    assert title_of(ax) == "The pipeline stays at 6.0 million $ of open deals (one simulation run, no interval)"


def test_manager_week_keeps_hours():
    one = {f"{use}_hours": 40.0 / len(CATEGORIES) for use in CATEGORIES}
    planned = ("coaching", "people", "information", "admin", "own_selling")
    plan = {f"planned_{use}_hours": 6.0 for use in planned}
    table = pd.DataFrame([{"week": number, "replicate": luck, **one, **plan}
                          for number in range(104) for luck in (0, 1)])
    found = manager_week({"status_quo": table})
    assert found["planned_hours"].sum() == pytest.approx(40.0)
    assert found["realised_hours"].sum() == pytest.approx(40.0)
    assert set(found["n"]) == {2}


def test_manager_week_from_a_comparison_takes_coaching_out_of_people():
    from simlead.model.presets import preset

    shares = {"people": 0.3, "coaching": 0.1, "information": 0.3, "customers": 0.2, "admin": 0.1,
              "other": 0.1, "unallocated": 0.0}
    rows = [("leadership", f"manager_time_{use}", value) for use, value in shares.items()]
    rows.append(("leadership", "coaching_share_planned", 0.5))
    table = pd.DataFrame(rows, columns=["scenario", "measure", "mean"])
    table = table.assign(low=table["mean"], high=table["mean"], n=5)
    found = manager_week_compared(table, {"leadership": preset("leadership")}).set_index("category")
    assert found.loc["people", "realised_hours"] == pytest.approx(8.0)
    assert found["realised_hours"].sum() == pytest.approx(40.0)
    assert found.loc["coaching", "planned_hours"] == pytest.approx(20.0)
    assert found.loc["customers", "planned_hours"] == pytest.approx(2.0)


# All charts alike.


@every_chart
def test_a_missing_column_is_refused_in_one_line(chart, table):
    for column in {"week", "proposal_open"} if "week" in table else set(table.columns[:4]):
        said = rf"^{chart.__name__}: the table has no column {column};"
        with pytest.raises(ChartError, match=said) as refusal:
            chart(table.drop(columns=column))
        assert "\n" not in str(refusal.value)
    with pytest.raises(ChartError, match="no rows"):
        chart(table.iloc[:0])


@every_chart
def test_a_chart_is_legible_nothing_is_cut_and_nothing_overlaps(chart, table):
    ax = chart(table)
    texts = shown(ax)
    assert len(texts) > 8
    assert_legible(texts)


@every_chart
def test_drawing_leaves_no_state_behind(chart, table):
    before, copy = dict(matplotlib.rcParams), table.copy(deep=True)
    chart(table)
    assert dict(matplotlib.rcParams) == before
    pd.testing.assert_frame_equal(table, copy)
    assert not matplotlib._pylab_helpers.Gcf.figs


@every_chart
def test_a_chart_draws_on_axes_it_is_given(chart, table):
    ax = Figure(figsize=(12, 7)).add_subplot()
    place = ax.get_position().bounds
    assert chart(table, ax) is ax
    assert ax.get_position().bounds == place


def test_the_caption_tells_n_and_seed():
    assert caption(paired_difference(compared())).endswith(
        "12 replications per scenario, common random numbers (intervals count these only); seed 7.")


def test_a_saved_chart_has_the_projectors_size_and_replaces_whole(tmp_path):
    path = save_chart(paired_difference(compared()), tmp_path / "chart.png")
    assert imread(path).shape[:2] == (720, 1280)
    first = path.read_bytes()
    save_chart(paired_difference(compared()).get_figure(), path)
    assert path.read_bytes() == first
    with pytest.raises(ChartError, match="cannot be saved as txt"):
        save_chart(paired_difference(compared()), tmp_path / "chart.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["chart.png"]


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ChartError, match="only the scenario status_quo"):
        paired_difference(compared().query("scenario == 'status_quo'"))
    with pytest.raises(ChartError, match="has no measure market_shar; it has revenue"):
        paired_difference(compared(), measure="market_shar")
    with pytest.raises(ChartError, match="category lunch: allowed is coaching"):
        manager_time(week().replace({"category": {"other": "lunch"}}))
    with pytest.raises(ChartError, match="more than one row"):
        pipeline_over_weeks(weeks(1.0).drop(columns="replicate"))
