"""The chart of what published facts make of worlds, and the sentences about worlds."""

import math

import pandas as pd
import pytest
from persian import persian

from simlead.show.charts.axes import title_of
from simlead.show.charts.tables import ChartError
from simlead.show.charts.worlds import world_facts
from simlead.show.language import in_language
from simlead.show.sentences import sentences
from simlead.statistics.findings import finding

ROWS = pd.DataFrame([
    {"measure": "first_year_leavers", "published": 0.29, "low": 0.24, "high": 0.34, "expected_before": 0.38,
     "sd_before": 0.04, "expected": 0.31, "sd": 0.02, "ruled_out": 0.25, "effective_share": 0.3},
    {"measure": "sales_correlation_1_year", "published": math.nan, "low": 0.35, "high": 0.60, "expected_before": 0.4,
     "sd_before": 0.05, "expected": 0.4, "sd": 0.05, "ruled_out": 0.0, "effective_share": 0.9}])


def drawn(ax, gid):
    return [line.get_xdata().tolist() for line in ax.lines if line.get_gid() == gid]


def test_each_fact_shows_the_worlds_before_and_after_on_the_scale_of_its_tolerance():
    ax = world_facts(ROWS)
    # In tolerance ranges of .10 from .24: .38 -+ .08 and .31 -+ .04.
    assert drawn(ax, "band")[0] == pytest.approx([0.6, 2.2]) and drawn(ax, "interval")[0] == pytest.approx([0.3, 1.1])
    assert drawn(ax, "published")[0] == pytest.approx([0.5, 0.5]) and len(drawn(ax, "published")) == 1
    assert [text.get_text() for text in ax.texts if text.get_gid() == "ruled_out"] == ["25 %", "0 %"]
    assert title_of(ax) == "25 % of the worlds drawn contradict one published fact: leavers in their first year"


@pytest.mark.parametrize("rows", [2, 12])
def test_the_chart_is_legible_in_both_languages(rows):
    table = pd.concat([ROWS] * (rows // 2), ignore_index=True)
    persian(lambda: world_facts(table))


def test_the_title_says_so_if_no_fact_rules_out_a_world():
    assert title_of(world_facts(ROWS.assign(ruled_out=0.0))).startswith("No published fact rules out a world")
    with pytest.raises(ChartError, match="no column sd_before"):
        world_facts(ROWS.drop(columns="sd_before"))


def test_the_chart_and_the_sentences_say_the_same_in_persian():
    with in_language("fa"):
        assert "۲۵ درصد" in title_of(world_facts(ROWS))
    found = [finding("worlds.drawn", n=100, effective=98.7, all=4096, share=0.25),
             finding("worlds.telling", measure="separations_per_year", share=0.2),
             finding("worlds.sets", odds=2.345, effect_sizes="evidence", other_set="practitioner")]
    english = sentences(found)
    assert english[0] == ("100 worlds, worth 99 of equal weight, taken from 4,096 candidates of which the published "
                          "facts leave 25 %.")
    assert english[2] == ("Evidence effect sizes make the published facts 2.3 times as probable as practitioner effect "
                          "sizes do.")
    with in_language("fa"):
        assert all(any("\u06f0" <= letter <= "\u06f9" for letter in text) for text in sentences(found))
