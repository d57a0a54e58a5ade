"""Every documented command that asks something else than runs of firms: what it asks, caught where it is asked for."""

from __future__ import annotations

import inspect
import shlex
from pathlib import Path

import pytest
from commands import run_command
from pages import blocks, command_lines
from test_commands_of_docs import FIRMS, PAGES, ROOT, Asked

from simlead.study.claims.examine import FULL, LIGHT, Size

PLACES = {
    "claims": "simlead.study.claims.examine.examine", "demo": "simlead.study.compare.compare",
    "export": "simlead.study.export.export",
    "import": "simlead.client.importing.import_crm", "report": "simlead.show.report.making.document_on",
    "rerun": "simlead.study.sweeps.rerun.rerun", "sweep": "simlead.study.sweeps.sweep.sweep",
    "check": "simlead.study.sweeps.trial.check", "workshop": "simlead.show.workshop.server.serve",
    **dict.fromkeys(("status", "sensitivity", "surface", "discover"), "simlead.study.sweeps.sweep.open_sweep")}
"""Command -> the function that it asks."""

ALL = list(range(1, 14))
BOTH = ["evidence", "practitioner"]
FACTORS = ["policy.coaching_share", "policy.role_clarity"]
SALESFORCE = {"history": "history.csv", "people": "people.csv"}
MEANINGS = {
    "claims --out claims": {"chosen": ALL, "effect_sizes": BOTH, "size": LIGHT, "changes": {}, "keep": None},
    "claims --only 2,7 --out two": {"chosen": [2, 7], "effect_sizes": BOTH, "size": LIGHT},
    "claims --effect-sizes evidence --worlds 100 --out sharper": {
        "chosen": ALL, "effect_sizes": ["evidence"], "worlds": 100},
    "claims --full --keep runs --out full": {"chosen": ALL, "size": FULL, "keep": Path("runs")},
    "claims --only 10 --set organisation.teams=2 --out ours": {"chosen": [10], "changes": {"organisation.teams": 2}},
    "demo --out out": {"scenarios": ["status_quo", "coaching", "clear_role", "accountable", "leadership"],
                       "replications": 44, "deadline_seconds": None},
    "workshop": {"address": "127.0.0.1", "port": 5006, "firm": None},
    "workshop --room": {"address": "0.0.0.0", "port": 5006, "firm": None},
    "parameters coaching": {"says": "policy.coaching_share"},
    "parameters coaching_gain_max": {"says": "world.coaching_gain_max"},
    "parameters deal": {"says": "market.deal_value_median"},
    "parameters --group organisation": {"says": "organisation.quota_per_year"},
    "parameters --structure": {"says": "structure.everybody_alike"},
    "sweep --check study.toml": {"study": FACTORS},
    "sweep study.toml --out results": {"study": FACTORS, "out": Path("results"), "cluster": None},
    "sweep study.toml --out results --replications 4": {"study": FACTORS, "out": Path("results"), "replications": 4},
    "sweep study.toml --out results --cluster tcp://127.0.0.1:8786": {
        "study": FACTORS, "out": Path("results"), "cluster": "tcp://127.0.0.1:8786"},
    "sweep study.toml --out results --worlds 32 --point 7": {"study": FACTORS, "out": Path("results")},
    **{f"{command} results{more}": {"folder": Path("results")} for command, more in (
        ("status", ""), ("sensitivity", ""), ("surface", ""),
        ("discover", " --measure revenue --difference --below 0"))},
    "rerun results 12:3": {"folder": Path("results"), "run": "12:3"},
    "rerun results 3:1": {"folder": Path("results"), "run": "3:1"},
    **{f"export one_run --to {name}": {"source": Path("one_run"), "folder": Path(f"one_run-{name}"), "to": name}
       for name in ("csv", "parquet", "xlsx", "r")},
    "schema compare": {"says": "simlead compare 1"},
    "report results": {"source": Path("results"), "language": "en", "question": ""},
    "report study": {"source": Path("study"), "language": "en"},
    "report claims": {"source": Path("claims"), "language": "en"},
    "report study --language fa --out gozaresh": {"source": Path("study"), "language": "fa"},
    "report results --question 'Coach more?'": {"source": Path("results"), "question": "Coach more?"},
    "report money --client Acme --colour 1f4e79": {"source": Path("money")},
    "report compared --out deck --client Nordwind --title 'Five changes of the sales force' "
    "--question 'Which is worth its cost?'": {
        "source": Path("compared"), "title": "Five changes of the sales force", "question": "Which is worth its cost?"},
    **{f"import {folder}/salesforce/deals.csv --history {folder}/salesforce/history.csv "
       f"--people {folder}/salesforce/people.csv --out mine": {
        "deals": Path(f"{folder}/salesforce/deals.csv"), "mapping": None,
        **{name: Path(f"{folder}/salesforce/{file}") for name, file in SALESFORCE.items()}}
       for folder in ("firm", "export")},
    "import firm/salesforce/deals.csv --history firm/salesforce/history.csv --people firm/salesforce/people.csv "
    "--mapping mine/mapping.toml --out mine --overwrite": {
        "mapping": Path("mine/mapping.toml"), "people": Path("firm/salesforce/people.csv")},
}
"""Command -> what it asks for: arguments of the function, or what it prints."""

ELSEWHERE = {"payback", "trial", "answer", "design"}
"""Commands that have such tests of their own."""


def documented():
    """Each documented command that takes no firm, once."""
    found = {}
    for page in PAGES:
        for block in blocks(page):
            for words in command_lines(block) if block.language == "sh" else ():
                if words[0].rpartition("/")[2] == "simlead" and words[1] not in {*FIRMS, *ELSEWHERE}:
                    found[shlex.join(words[1:])] = page
    return found


def test_the_meaning_of_every_other_documented_command_is_written_here():
    assert set(documented()) - set(MEANINGS) == set()


def of_the_study(page):
    """The study file that a page's commands are about: its own, or that of the guide to sweeps."""
    for each in (page, ROOT / "docs" / "how_to" / "run_a_sweep.md"):
        for block in blocks(each):
            if block.note == "file: study.toml":
                return block.text
    raise AssertionError(f"{page} has no study.toml")


def asked_by(capsys, monkeypatch, words):
    """The arguments with which a command asks its function."""
    place = PLACES["check" if "--check" in words else words[0]]
    module, _, name = place.rpartition(".")
    signature = inspect.signature(getattr(__import__(module, fromlist=[name]), name))

    def caught(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        raise Asked({}, dict(bound.arguments))

    monkeypatch.setattr(place, caught)
    monkeypatch.setattr("simlead.study.engines.warm_up_compiler", lambda _: None)
    monkeypatch.setattr("simlead.cli.demo.compiling_ahead", lambda *_: lambda: None)
    monkeypatch.setattr("simlead.cli.demo.planned", lambda *_: 44)
    monkeypatch.setattr("simlead.cli.workshop._free", lambda *_: None)
    with pytest.raises(Asked) as found:
        run_command(capsys, *words)
    return found.value.asked


@pytest.mark.parametrize("command", MEANINGS)
def test_a_documented_command_asks_what_its_page_says(capsys, tmp_path, monkeypatch, command):
    if command.startswith("workshop"):
        pytest.importorskip("tornado")
    words, wanted, page = shlex.split(command), MEANINGS[command], documented().get(command, ROOT / "README.md")
    monkeypatch.chdir(tmp_path)
    if "says" in wanted:
        status, out, err = run_command(capsys, *words)
        assert (status, err) == (0, "") and wanted["says"] in out
        return
    if "study.toml" in words:
        Path("study.toml").write_text(of_the_study(page), encoding="utf-8")
    asked = asked_by(capsys, monkeypatch, words)
    study = asked.get("study")
    seen = {
        "chosen": lambda: [claim.number for claim in asked["claims"]],
        "size": lambda: Size(asked["worlds"], asked["replications"], asked["structures"]),
        "scenarios": lambda: list(asked["scenarios"]), "study": lambda: list(study.factors),
        "replications": lambda: asked["replications"] if study is None else study.replications,
        "firm": lambda: asked["workshop"].firms.first.own}
    assert {name: seen[name]() if name in seen else asked[name] for name in wanted} == wanted
