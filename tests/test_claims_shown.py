"""What `simlead claims` prints, writes and draws."""

import json
import math

import pandas as pd
import pytest
from test_cli import told

from simlead.model.presets import BELIEFS
from simlead.show.charts import claim_chart
from simlead.show.charts.claims import COLOURS, FLIPS, VERDICTS
from simlead.show.charts.style import ChartError, title_of
from simlead.show.language import LANGUAGES, catalogue, using
from simlead.study.claims.table import CLAIMS
from simlead.study.claims.verdict import ASSUMED, REFUTED, SUPPORTED, UNDECIDED

TINY = [word for path, value in {
    "organisation.teams": 1, "organisation.seats_per_team": 2, "calendar.warmup_weeks": 52}.items()
        for word in ("--set", f"{path}={value}")]


def verdicts(*rows):
    return pd.DataFrame(rows, columns=list(VERDICTS))


def row(key="half_of_the_week", beliefs="evidence", said=REFUTED, effect=(-0.02, -0.03, -0.01), holds=(0.0, math.inf),
        unit="share of status quo", assumed=False):
    return (CLAIMS[key].number, key, beliefs, ASSUMED if assumed else said, said, unit, *effect, 32, *holds)


# --- the command


def test_a_claim_is_put_to_the_test_from_the_command_line(capsys, tmp_path):
    out = tmp_path / "claims"
    status, printed, _ = told(capsys, "claims", "--only", "10", "--beliefs", "evidence", "--replications", "4",
                              "--workers", "1", "--out", str(out), *TINY)
    assert status == 0
    assert "double_profit" in printed and "2 times or more" in printed
    assert "stays " in printed and "none of those tried" not in printed
    assert f"What carries it: {CLAIMS['double_profit'].carried_by}" in " ".join(printed.split())
    table = pd.read_csv(out / "verdicts.csv")
    assert table["key"].tolist() == ["double_profit"] and table["n"].tolist() == [4]
    assert {"details.csv", "flips.csv", "provenance.json", "10_double_profit.png"} <= {
        file.name for file in out.iterdir()}
    about = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert about["seed"] == 0 and about["runs"] > 8 and len(about["sources"]) == 16


def test_the_same_question_has_the_same_answer_with_two_workers(capsys, tmp_path):
    answers = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        status, *_ = told(capsys, "claims", "--only", "1, 3", "--beliefs", "evidence", "--replications", "4",
                          "--workers", workers, "--out", str(out), *TINY)
        assert status == 0
        answers.append([(out / name).read_bytes() for name in ("verdicts.csv", "details.csv", "flips.csv")])
    assert answers[0] == answers[1]


def test_a_session_goes_on_from_what_was_kept(capsys, tmp_path):
    def asked(out):
        status, *_ = told(capsys, "claims", "--only", "10", "--beliefs", "evidence", "--replications", "4",
                          "--workers", "1", "--keep", str(tmp_path / "runs"), "--out", str(tmp_path / out), *TINY)
        assert status == 0
        return (tmp_path / out / "verdicts.csv").read_bytes()

    first = asked("first")
    times = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "runs").iterdir()}
    assert asked("second") == first
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "runs").iterdir()} == times
    status, _, complaint = told(
        capsys, "claims", "--only", "10", "--seed", "1", "--keep", str(tmp_path / "runs"), *TINY)
    assert status == 2 and "another seed" in complaint


@pytest.mark.parametrize(("arguments", "hint"), [
    (["--only", "99"], "allowed is 1, 2"), (["--only", "double_profits"], "double_profit"),
    (["--beliefs", "faith"], "evidence"), (["--set", "policy.coaching"], "PATH=VALUE"),
    (["--set", "policy.coaching_share=0.5"], "status_quo"), (["--set", "calendar.horizon_weeks=52"], "horizon itself"),
    (["--language", "de"], "en"),
])
def test_what_cannot_be_asked_is_refused_in_a_line(capsys, arguments, hint):
    status, printed, complaint = told(capsys, "claims", *arguments)
    assert (status, printed) == (2, "")
    assert hint in complaint and complaint.count("\n") == 1


def test_a_folder_of_something_else_is_not_overwritten(capsys, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    status, _, complaint = told(capsys, "claims", "--only", "10", "--out", str(tmp_path), *TINY)
    assert status == 2 and "is there already" in complaint


# --- the chart


@pytest.mark.parametrize("key", CLAIMS)
def test_the_catalogue_says_what_the_table_of_claims_says(key):
    assert catalogue("en")[f"claims.text.{key}"] == CLAIMS[key].text
    assert catalogue("en")[f"claims.effects.{key}"] == CLAIMS[key].measure


def drawn(ax, gid):
    return [line for line in ax.lines if line.get_gid() == gid]


def test_colours_are_the_verdicts():
    ax = claim_chart(verdicts(row(said=REFUTED), row(beliefs="practitioner", said=SUPPORTED, effect=(.02, .01, .03))))
    assert [line.get_color() for line in drawn(ax, "effect")] == [COLOURS[REFUTED], COLOURS[SUPPORTED]]
    assert "refuted under evidence beliefs (−2.0 %; −3.0 to −1.0)" in title_of(ax)
    assert "supported under practitioner beliefs (2.0 %; 1.0 to 3.0)" in title_of(ax)


def test_an_assumed_claim_is_said_to_be_assumed():
    ax = claim_chart(verdicts(row("three_percent", effect=(.05, .03, .08), holds=(0.5, 1.0), assumed=True)))
    assert "Assumed, not tested" in title_of(ax)


def test_months_beyond_the_end_run_out_of_the_picture():
    ax = claim_chart(verdicts(row("selling_managers", said=UNDECIDED, effect=(30.0, 20.0, math.inf),
                                  holds=(0.0, 36.0), unit="months")))
    assert "30 months; 20 to beyond the end" in title_of(ax)
    ax = claim_chart(verdicts(row("selling_managers", effect=(math.inf, 37.0, math.inf), holds=(0.0, 36.0),
                                  unit="months")))
    assert "(not by the end; 37 to beyond the end)" in title_of(ax)
    assert [line.get_marker() for line in drawn(ax, "effect")] == [">"] and len(drawn(ax, "interval")) == 1
    ax = claim_chart(verdicts(row("selling_managers", effect=(math.inf, math.inf, math.inf), holds=(0.0, 36.0),
                                  unit="months")))
    assert "(not by the end)" in title_of(ax) and not drawn(ax, "interval")


def test_an_effect_without_an_interval_is_told_so():
    ax = claim_chart(verdicts(row("double_profit", said=UNDECIDED, effect=(1.9, math.nan, math.nan),
                                  holds=(2.0, math.inf), unit="ratio")))
    assert "undecided at this precision under evidence beliefs (1.9; no interval)" in title_of(ax)
    assert len(drawn(ax, "effect")) == 1 and not drawn(ax, "interval")


def test_only_ends_that_turn_or_decide_are_drawn():
    flips = pd.DataFrame([
        ("evidence", "world.coaching_gain_max", "high", 0.6, 0.02, 0.01, 0.03, 8, SUPPORTED, "turns"),
        ("evidence", "world.quality_mean", "low", 0.5, -0.02, -0.03, -0.01, 8, REFUTED, "keeps"),
        ("evidence", "world.quality_mean", "high", 1.2, 0.0, -0.03, 0.02, 8, UNDECIDED, "blurs"),
    ], columns=list(FLIPS))
    ax = claim_chart(verdicts(row()), flips)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Evidence", "Coaching gain max at 0.6"]
    caption = " ".join(text.get_text() for text in [*ax.texts, *ax.get_figure().texts]).replace("\n", " ")
    assert "at 3 ends of parameters (8 firms each" in caption


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ChartError, match="no column key"):
        claim_chart(verdicts(row()).drop(columns="key"))
    with pytest.raises(ChartError, match="one is drawn at a time"):
        claim_chart(verdicts(row(), row("more_coaching")))


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.key)
def test_every_claim_fits_into_its_chart(claim, code):
    rows = [row(claim.key, name, UNDECIDED, (0.123, -0.234, 0.345), (claim.region.low, claim.region.high), claim.unit,
                claim.assumed) for name in BELIEFS]
    with using(code):
        flips = pd.DataFrame([
            (name, path, end, 0.5, -0.2, -0.3, -0.1, 100, REFUTED, said) for name in BELIEFS
            for path in claim.candidates for end, said in (("low", "decides"), ("high", "blurs"))],
            columns=list(FLIPS))
        ax = claim_chart(verdicts(*rows), flips)
        figure = ax.get_figure(root=True)
        figure.canvas.draw()
        width, height = figure.canvas.get_width_height()
        texts = [ax.xaxis.label, ax.title, ax._left_title, *ax.texts, *figure.texts]
        for text in texts:
            if text.get_text():
                box = text.get_window_extent()
                assert box.x0 > -1 and box.x1 < width + 1 and box.y0 > -1 and box.y1 < height + 1, text.get_text()
        title, top = ax._left_title.get_window_extent(), ax.get_window_extent()
        assert title.y0 > top.y1 - 2
