"""What `simlead claims` prints, writes and draws."""

import pandas as pd
import pytest
from commands import run_command
from planted_claims import examined

from simlead.model.parameters import ParameterError
from simlead.results.folder import read_folder
from simlead.show.charts import claim_chart
from simlead.show.charts.axes import title_of
from simlead.show.charts.claims import COLOURS, VERDICTS
from simlead.show.charts.tables import ChartError
from simlead.show.claims_words import claim_texts
from simlead.show.language import LANGUAGES, in_language
from simlead.study.claims import examine as examine_module
from simlead.study.claims.protocol import CLAIMS
from simlead.study.records import NO_DIFFERENCE, REVERSE, THERE
from simlead.study.worlds.worlds import worlds

TINY = [word for path, value in {
    "organisation.teams": 1, "organisation.seats_per_team": 1, "calendar.warmup_weeks": 52}.items()
        for word in ("--set", f"{path}={value}")]


def verdicts(*rows):
    return pd.DataFrame(rows, columns=list(VERDICTS))


def row(key="half_of_the_week", effect_sizes="evidence", kind="optimum", said="open", shares=(0.5, 0.2, 0.3, 0.0)):
    return key, effect_sizes, kind, said, said, 0.01, -0.02, *shares, "world.skill_effect", 0.21


# --- the command


def test_a_claim_is_put_to_the_test_from_the_command_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(examine_module, "make_worlds", lambda firm, n, seed, also, workers: worlds(
        firm, n, seed, also=also, calibrated=False, weighted=False))
    out = tmp_path / "claims"
    status, printed, _ = run_command(capsys, "claims", "--only", "10", "--effect-sizes", "evidence", "--worlds", "8",
                                     "--replications", "2", "--workers", "1", "--out", str(out), *TINY)
    assert status == 0 and "double_profit" in printed and "in 8 worlds" in printed
    assert "To know better: The firm's own contribution margin" in " ".join(printed.split())
    table = pd.read_csv(out / "verdicts.csv")
    assert table["key"].tolist() == ["double_profit"] and table["worlds"].tolist() == [8]
    assert {"parts.csv", "drivers.csv", "structures.csv", "manifest.json", "10_double_profit.png"} <= {
        file.name for file in out.iterdir()}
    about = read_folder(out, "claims").facts
    assert about["seed"] == 0 and about["runs"] > 8 and len(about["sources"]) == 16


@pytest.mark.parametrize(("arguments", "hint"), [
    (["--only", "99"], "allowed is 1, 2"), (["--only", "double_profits"], "double_profit"),
    (["--effect-sizes", "faith"], "evidence"), (["--set", "policy.coaching"], "PATH=VALUE"),
    (["--set", "policy.coaching_share=0.5"], "status_quo"), (["--set", "calendar.horizon_weeks=52"], "horizon itself"),
    (["--language", "de"], "en"),
])
def test_what_cannot_be_asked_is_refused_in_a_line(capsys, arguments, hint):
    status, printed, complaint = run_command(capsys, "claims", *arguments)
    assert (status, printed) == (2, "")
    assert hint in complaint and complaint.count("\n") == 1


def test_a_folder_of_something_else_is_not_overwritten(capsys, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    status, _, complaint = run_command(capsys, "claims", "--only", "10", "--out", str(tmp_path), *TINY)
    assert status == 2 and "is there already" in complaint


# --- the chart


def bars(ax):
    """Of each bar that is drawn: what it is, its row, and how many of 100 it is."""
    return [(patch.get_gid(), round(patch.get_y() + patch.get_height() / 2), patch.get_width()) for patch in ax.patches]


def test_a_bar_is_a_hundred_worlds_and_colours_are_what_they_amount_to():
    ax = claim_chart(verdicts(row(), row(effect_sizes="practitioner", shares=(0.9, 0.06, 0.04, 0.0))))
    assert bars(ax) == [(THERE, 0, 50.0), (NO_DIFFERENCE, 0, 20.0), (REVERSE, 0, 30.0), (THERE, 1, 90.0),
                        (NO_DIFFERENCE, 1, pytest.approx(6.0)), (REVERSE, 1, 4.0)]
    assert [text.get_text() for text in ax.texts if text.get_gid() == "share"] == ["50", "20", "30", "90", "6"]
    assert len(set(COLOURS.values())) == 4 and ax.get_xlim() == (0.0, 100.0)
    assert title_of(ax) == ("Open; the chances are 50 in 100 with measured effects, 90 in 100 with those that "
                            "practitioners report.")
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == [
        "it holds", "no difference that matters", "the reverse"]
    assert {text.get_gid() for text in ax.texts if text.get_text()} == {"share", "claim"}  # no footnote


def test_the_title_names_what_it_depends_on_and_the_value_at_which_the_conclusion_changes():
    said = title_of(claim_chart(verdicts(row(said="depends"))))
    assert said.startswith("It depends on skill effect; the conclusion changes at 0.21.")


def test_the_title_states_both_sets_where_they_part():
    other = row(effect_sizes="practitioner", said="holds", shares=(0.97, 0.03, 0.0, 0.0))
    said = title_of(claim_chart(verdicts(row(), other)))
    assert "50 in 100" in said and said.endswith("With effects as practitioners report: holds, 97 in 100.")


def test_an_existence_is_drawn_as_firms_with_and_without_the_cause():
    found = examined(["9"])
    ax = claim_chart(found.table, found.parts, found.structures)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:2] == ["effects as measured: led well", "effects as measured: as before"]
    assert labels[-1] == "if things work otherwise"
    assert "firms" in ax.get_xlabel()
    with pytest.raises(ChartError, match="needs its table of parts"):
        claim_chart(found.table)


def test_a_square_is_another_mechanism():
    found = examined(["2"])
    ax = claim_chart(found.table, found.parts, found.structures)
    squares = [line for line in ax.lines if line.get_gid() == "structure"]
    shown = found.structures[found.structures["switch"] != "as it is"]
    assert len(squares) == len(examine_module.SWITCHES) == len(shown)
    hollow = [square.get_markerfacecolor() == "white" for square in squares]
    assert hollow == (shown["conclusion"] == "unclear").tolist()
    (strip,) = (text.get_text() for text in ax.texts if text.get_gid() == "strip")
    assert f"of {len(shown)}" in strip or f"all {len(shown)}" in strip


def test_a_claim_without_texts_is_refused_by_name():
    with pytest.raises(ParameterError, match="claim 'double_profits': allowed is unfit_managers .*mean double_profit"):
        claim_texts("double_profits")
    assert all(all(claim_texts(key).values()) for key in CLAIMS)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ChartError, match="no column key"):
        claim_chart(verdicts(row()).drop(columns="key"))
    with pytest.raises(ChartError, match="one is drawn at a time"):
        claim_chart(verdicts(row(), row("more_coaching")))


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_claim_fits_into_its_chart(code):
    found = examined()
    for key in CLAIMS:
        with in_language(code):
            ax = claim_chart(*(table[table["key"] == key] for table in (found.table, found.parts, found.structures)))
            figure = ax.get_figure(root=True)
            figure.draw_without_rendering()
            width, height = figure.canvas.get_width_height()
            for text in [ax.xaxis.label, ax.title, ax._left_title, *ax.texts, *figure.texts]:
                if text.get_text():
                    box = text.get_window_extent()
                    assert box.x0 > -1 and box.x1 < width + 1 and box.y0 > -1 and box.y1 < height + 1, text.get_text()
            assert ax._left_title.get_text().count("\n") <= 1, ax._left_title.get_text()
            (quoted,) = (text for text in ax.texts if text.get_gid() == "claim")
            assert ax._left_title.get_window_extent().y0 > quoted.get_window_extent().y1 - 2
            assert quoted.get_window_extent().y0 > ax.get_window_extent().y1 - 2
