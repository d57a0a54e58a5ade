"""The claims' pages and the project's first page say what the committed tables say; old verdicts stand beside."""

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest
from planted_claims import examined

from simlead.results.folder import write_folder
from simlead.show.claims_words import chances, coverage_words, verdict_words
from simlead.show.format import difference
from simlead.study.claims.examine import write_examination
from simlead.study.claims.judging import verdict
from simlead.study.claims.protocol import CLAIMS
from simlead.study.claims.record import KIND

EXPERIMENTS = Path(__file__).resolve().parents[3] / "experiments"


@pytest.fixture(scope="module")
def answer():
    folder = EXPERIMENTS / "10_claims"
    spec = importlib.util.spec_from_file_location("answer_of_claims", folder / "answer.py")
    loaded = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        spec.loader.exec_module(loaded)
        sys.modules.pop("screens", None)
    return loaded


@pytest.fixture(scope="module")
def committed(answer):
    return answer.committed(EXPERIMENTS / "10_claims" / "results")


def text_of(*place):
    return EXPERIMENTS.joinpath(*place).read_text(encoding="utf-8")


def test_the_committed_pages_are_what_their_tables_say(answer, committed):
    tables, about = committed
    folders = {claim.key: (answer.folder_of(claim), answer.old_verdicts(claim)) for claim in CLAIMS.values()}
    assert text_of("10_claims", "README.md") == answer.index(tables, about, folders)
    for claim in CLAIMS.values():
        page = text_of(answer.folder_of(claim), "README.md")
        assert page == answer.screen(claim, answer.of(claim, tables), about, answer.old_verdicts(claim)), claim.key
        assert (EXPERIMENTS / answer.folder_of(claim) / "chart.png").is_file()


def test_the_first_page_states_findings_and_verdicts_of_the_committed_tables(answer, committed):
    tables, about = committed
    front = text_of("..", "README.md")
    assert front == answer.with_front(front, tables, about)
    said = answer.findings(tables, about)
    assert [line[:3] for line in said.splitlines()[:3]] == ["1. ", "2. ", "3. "]
    profit = tables["verdicts"].set_index(["key", "effect_sizes"]).loc[("double_profit", "evidence")]
    assert difference(profit["effect"], profit["low"], profit["high"], "share", relative=True) in said
    assert f"are {chances(profit['p_holds'])} and" in said
    assert said != answer.findings({**tables, "parts": tables["parts"].assign(mean=0.123)}, about)


def test_a_verdict_follows_from_the_committed_probability(committed):
    for row in committed[0]["verdicts"].to_dict("records"):
        depends = bool(row["depends_on"])
        assert row["follows"] == verdict(row["p_holds"], depends)
        assert row["verdict"] == verdict(row["p_holds"], depends, CLAIMS[row["key"]].standing)
        assert row["smallest"] == CLAIMS[row["key"]].smallest


@pytest.fixture(scope="module")
def made(answer, tmp_path_factory):
    """Pages of planted findings, beside a README with the marks."""
    folder, root = tmp_path_factory.mktemp("run") / "claims", tmp_path_factory.mktemp("project")
    with write_folder(folder, KIND) as new:
        write_examination(examined(), new)
    (root / "README.md").write_text(
        f"# x\n\n{answer.FOUND}\n\nold\n\n{answer.FOUND_END}\n\n{answer.FRONT}\n\nold\n\n{answer.FRONT_END}\n",
        encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "save_chart", lambda *_: None)
        answer.main([str(folder)], root / "experiments")
    return root


def test_a_page_has_old_and_new_verdict_and_there_is_a_screen_for_each_claim(answer, made):
    text = (made / "experiments" / "10_claims" / "README.md").read_text(encoding="utf-8")
    tables, _ = answer.committed(made / "experiments" / "10_claims" / "results")
    assert text.startswith("# Claims of sales leadership under test\n\n**16 worlds**")
    table, _, old = text.partition("## Version 1, and why")
    for claim in CLAIMS.values():
        (line,) = [line for line in table.splitlines() if line.startswith(f"| {claim.number}. [")]
        rows = answer.of(claim, tables)["verdicts"].to_dict("records")
        assert line.count(" | ") == 2  # three columns
        assert all(f"**{verdict_words(row['verdict'], row['follows'])}** ({chances(row['p_holds'])} in 100)" in line
                   for row in rows)
        own = (made / "experiments" / answer.folder_of(claim) / "README.md").read_text(encoding="utf-8")
        assert own.count("<details>") == own.count("</details>") == 4
        assert "**If things work otherwise** (effects as measured): In " in own
        screen = own.partition("<details>")[0]
        assert len(screen.splitlines()) < 20 and "chart.png" in screen and "**To know better**" in screen
        for row in answer.of(claim, tables)["verdicts"].to_dict("records"):
            (line,) = [line for line in old.splitlines() if line.startswith(f"| {claim.number} | [")
                       and f" | {row['effect_sizes']} | " in line]
            assert answer.old_verdicts(claim)[row["effect_sizes"]] in line
            assert f"**{verdict_words(row['verdict'], row['follows'])}**" in line
            assert coverage_words(row) in screen  # how many worlds, what they are worth, and what facts left
    assert "of 13 claims" in (made / "README.md").read_text(encoding="utf-8")


def test_an_examination_of_some_claims_is_not_enough_for_the_pages(answer, tmp_path):
    with write_folder(tmp_path / "claims", KIND) as new:
        write_examination(examined(["3"]), new)
    with pytest.raises(SystemExit, match="without --only"):
        answer.main([str(tmp_path / "claims")], tmp_path)


def test_every_claim_has_a_verdict_of_version_1():
    old = pd.read_csv(EXPERIMENTS / "10_claims" / "version_1.csv")
    assert old["key"].tolist() == [key for key in CLAIMS for _ in range(2)]
    assert old["verdict"].notna().all() and old["follows"].notna().all()


def test_a_number_typed_in_is_caught(answer, made):
    tables, about = answer.committed(made / "experiments" / "10_claims" / "results")
    claim = CLAIMS["double_profit"]
    text = (made / "experiments" / answer.folder_of(claim) / "README.md").read_text(encoding="utf-8")
    mine, old = answer.of(claim, tables), answer.old_verdicts(claim)
    assert text == answer.screen(claim, mine, about, old)
    assert text != answer.screen(claim, {**mine, "verdicts": mine["verdicts"].assign(p_holds=0.123)}, about, old)
