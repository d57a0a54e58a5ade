"""The claims' page says what its committed tables say, and its old verdicts are those of the committed results."""

import importlib.util
import json
from pathlib import Path

import pytest
from planted_claims import examined

from simlead.results.folder import write_folder
from simlead.show.claims_words import verdict_words
from simlead.study.claims.examine import write_examination
from simlead.study.claims.judging import verdict
from simlead.study.claims.protocol import CLAIMS
from simlead.study.claims.record import KIND

EXPERIMENTS = Path(__file__).resolve().parents[3] / "experiments"


@pytest.fixture(scope="module")
def answer():
    spec = importlib.util.spec_from_file_location("answer_of_claims", EXPERIMENTS / "10_claims" / "answer.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_the_committed_page_is_what_its_tables_say(answer):
    tables, about = answer.committed(EXPERIMENTS / "10_claims" / "light")
    assert (EXPERIMENTS / "10_claims" / "README.md").read_text(encoding="utf-8") == answer.index(tables, about)
    front = (EXPERIMENTS.parent / "README.md").read_text(encoding="utf-8")
    assert front == answer.with_front(front, answer.front(tables, about))


@pytest.fixture(scope="module")
def made(answer, tmp_path_factory):
    """Pages of planted findings, beside a README with the marks."""
    folder, root = tmp_path_factory.mktemp("run") / "claims", tmp_path_factory.mktemp("project")
    with write_folder(folder, KIND) as new:
        write_examination(examined(), new)
    (root / "README.md").write_text(f"# x\n\n{answer.FRONT}\n\nold\n\n{answer.FRONT_END}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "save_chart", lambda *_: None)
        answer.main([str(folder)], root / "experiments")
    return root


def test_a_page_has_old_and_new_verdict_and_a_screen_for_each_claim(answer, made):
    text = (made / "experiments" / "10_claims" / "README.md").read_text(encoding="utf-8")
    tables, _ = answer.committed(made / "experiments" / "10_claims" / "light")
    assert text.startswith("# The article's claims under test\n\n**Light run**: 16 worlds")
    for claim in CLAIMS.values():
        assert f'<a id="claim-{claim.number}"></a>' in text and f"light/{claim.key}.png" in text
        for row in answer.of(claim, tables)["verdicts"].to_dict("records"):
            assert row["verdict"] == verdict(row["p_holds"], bool(row["depends_on"]), claim.standing)
            (line,) = [line for line in text.splitlines() if line.startswith(f"| {claim.number} | [")
                       and f" | {row['effect_sizes']} | " in line]
            assert answer.old_verdicts(claim)[row["effect_sizes"]] in line
            assert f"**{verdict_words(row['verdict'], row['follows'])}**" in line and answer.why(row) in line
    assert text.count("<details>") == text.count("</details>") == len(CLAIMS)
    assert "**Light run**" in (made / "README.md").read_text(encoding="utf-8")


def test_an_examination_of_some_claims_is_not_enough_for_the_pages(answer, tmp_path):
    with write_folder(tmp_path / "claims", KIND) as new:
        write_examination(examined(["3"]), new)
    with pytest.raises(SystemExit, match="without --only"):
        answer.main([str(tmp_path / "claims")], tmp_path)


def test_old_verdicts_are_those_of_the_committed_results(answer):
    for claim in CLAIMS.values():
        stored = json.loads((EXPERIMENTS / f"{10 + claim.number}_{claim.key}" / "expected.json").read_text("utf-8"))
        assert [row["verdict"] in answer.old_verdicts(claim)[row["effect_sizes"]] for row in stored["findings"]] == [
            True, True]
        page = EXPERIMENTS / f"{10 + claim.number}_{claim.key}" / "README.md"
        assert "These results are of version 1 of the model" in page.read_text(encoding="utf-8")


def test_a_number_typed_in_is_caught(answer, made):
    tables, about = answer.committed(made / "experiments" / "10_claims" / "light")
    text = (made / "experiments" / "10_claims" / "README.md").read_text(encoding="utf-8")
    assert text == answer.index(tables, about)
    assert text != answer.index({**tables, "verdicts": tables["verdicts"].assign(p_holds=0.123)}, about)
