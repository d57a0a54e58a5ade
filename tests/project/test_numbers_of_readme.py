"""Every number of README.md is that of a committed file or of the code, and no other number stands there."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from stated_numbers import as_number, assert_rounded, one_line, stated

import simlead
from simlead.cli import demo
from simlead.engines.contract import Records
from simlead.model.presets import EFFECT_SIZES
from simlead.model.scenario import Scenario
from simlead.statistics.intervals import CONFIDENCE
from simlead.study.claims.protocol import CLAIMS
from simlead.study.engines import ENGINES
from simlead.study.published_facts import FACTS

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = ROOT / "experiments"
README = (ROOT / "README.md").read_text(encoding="utf-8")
NO_NUMBERS = re.compile(
    r"<!-- (findings|verdicts): .*?<!-- end of \1 -->"  # tests/study/claims holds these to their tables
    r"|```.*?```|`[^`]*`|<!--.*?-->|\]\([^)]*\)"  # code, marks, targets of links
    r"|notebooks/\w+|Version 1 of the model|version 1 against those of version 2|BSD-3-Clause", re.S)


TEXT = one_line(NO_NUMBERS.sub(" ", README))
"""The prose in one line: without code, links' targets and what another test looks at."""


def speed():
    """What the section on speed states, from the results of its experiment."""
    sections = json.loads((EXPERIMENTS / "02_speed" / "results.json").read_text(encoding="utf-8"))["sections"]

    def cell(section, row, column):
        rows = {re.sub(r" \([\d.]+\)$", "", line[0]): line for line in sections[section]["rows"]}  # without versions
        return as_number(rows[row][sections[section]["columns"].index(column)].removesuffix(" x"))

    events = float(re.search(r"([\d,]+) events", sections["engines"]["note"])[1].replace(",", ""))
    slow, fast, queue = "SimPy, without", "compiled, without", "SimPy, a process a customer"
    cold = "the same from a cold cache: it compiles"
    return {
        r"has ([\d,]+) state events": events,
        r"SimPy engine takes ([\d.]+) s": cell("engines", slow, "seconds a run"),
        r"s, ([\d.]+) µs per event; SimPy": cell("engines", slow, "ns an event") / 1000.0,
        r"SimPy alone takes ([\d.]+) µs": cell("calendars", queue, "ns an event") / 1000.0,
        r"compiled engine takes ([\d.]+) s": cell("engines", fast, "seconds a run"),
        r"s, ([\d.]+) ns per event": cell("engines", fast, "ns an event"),
        r"event: ([\d.]+) times as fast": cell("engines", fast, "faster"),
        r"or ([\d.]+) times with a trace": cell("engines", "compiled, with trace", "faster"),
        r"one warm-up take ([\d.]+) s": cell("warm_up", "5 policies, without", "seconds, shared"),
        r"a thousand runs ([\d.]+) s on two workers": cell("workers", "2", "seconds"),
        r"each version of simlead, in ([\d.]+) s": cell("startup", cold, "seconds"),
    }


def facts():
    """What is stated about the published facts, from the committed run of `simlead facts`."""
    table = pd.read_csv(EXPERIMENTS / "04_version_2" / "facts.csv")
    rows = {name: table[(table["version"] == 2) & (table["effect_sizes"] == name)] for name in EFFECT_SIZES}
    missed = {name: found.loc[~found["inside"], "fact"].nunique() for name, found in rows.items()}
    return {
        r"checks (\d+) facts": len(FACTS),
        r"facts in (\d+) rows": len(rows["evidence"]),
        r"because (\d+) facts must also hold in the third year": sum(fact.still for fact in FACTS),
        r"all (\d+) rows hold": len(rows["evidence"]) if missed["evidence"] == 0 else -1,
        r"(\w+) facts do not:": missed["practitioner"],
    }


def code():
    """What follows from the code: sizes, defaults, how many there are."""
    firm = Scenario()
    teams, weeks = firm.organisation.teams, firm.calendar.warmup_weeks + firm.calendar.horizon_weeks
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = re.search(r"five lines\n\n```python\n(.*?)```", README, re.S)[1].splitlines()
    return {
        r"Python ([\d.]+) or later": float(re.search(r'requires-python = ">=([\d.]+)"', project)[1]),
        r"precision of (\d+) % of revenue": demo.PRECISION_PERCENT,
        r"answer over (\d+) worlds": demo.WORLDS,
        r"firm under (\w+) policies": len(demo.SCENARIOS),
        r"before and after, with (\d+) % intervals": 100 * CONFIDENCE,
        r"mean, (\d+) % interval": 100 * CONFIDENCE,
        r"policy in (\d+) worlds": inspect.signature(simlead.answer).parameters["worlds"].default,
        r"\((\d+) reps": teams * firm.organisation.seats_per_team,
        r"reps, (\d+) managers": teams,
        r"managers, (\d+) years": weeks / 52,
        r"(\w+) engines give one trace": len(ENGINES),
        r"(\w+) sets of effect sizes:": len(EFFECT_SIZES),
        r"(\w+) were judged": len(CLAIMS),
        r"the (\w+) claims": len(CLAIMS),
        r"study in (\w+) lines": len(lines),
        r"the (\w+) tables of a run": list(Records.__annotations__.values()).count("Table"),
    }


@pytest.mark.parametrize(("pattern", "value"), [pytest.param(*each, id=each[0]) for each in speed().items()])
def test_a_speed_is_the_measured_one_rounded(pattern, value):
    assert_rounded(stated(TEXT, pattern), value)


@pytest.mark.parametrize(("pattern", "value"), [pytest.param(*each, id=each[0]) for each in (
    *facts().items(), *code().items())])
def test_a_count_is_that_of_the_code_or_of_the_committed_facts(pattern, value):
    assert as_number(stated(TEXT, pattern)) == pytest.approx(value), pattern


def without_source(text):
    """Numbers of a text that nothing here holds to a source, with the words around them."""
    known = {found.span(1) for pattern in (*speed(), *facts(), *code()) for found in re.finditer(pattern, text)}
    others = [found for found in re.finditer(r"\d[\d.,]*\d|\d", text) if found.span() not in known]
    return [text[max(0, found.start() - 30):found.end() + 30] for found in others]


def test_there_is_no_number_without_a_source():
    assert without_source(TEXT) == []
    assert len(without_source(TEXT + " It is 7 times better.")) == 1


def test_times_that_depend_on_the_machine_are_stated_as_about():
    before = re.findall(r"((?:\S+ ){4})(?:seconds?|minutes?)\b", TEXT)
    assert before and [words for words in before if not re.search(r"\b(about|some)\b", words)] == []
