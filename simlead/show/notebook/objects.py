"""What a scenario, a run, a comparison and a sweep show of themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from simlead.model.preset_values import preset_values
from simlead.model.scenario import REGISTRY, Scenario
from simlead.results.headlines import KEY_MEASURES, headlines
from simlead.show.format import (
    count,
    difference,
    estimate,
    interval_words,
    parameter_unit,
    parameter_value,
    quantity,
    unit_of,
)
from simlead.show.language import say
from simlead.show.notebook.page import Faces, Mark, Page
from simlead.show.user_text import NAME_LENGTH, clean
from simlead.show.wording import capital, effect_sizes_name, inside, listed, measure_name, parameter_name, scenario_name

if TYPE_CHECKING:
    from simlead.results.run import Run
    from simlead.study.comparison import Comparison
    from simlead.study.sweeps.sweep import Sweep

NAMED = 2
"""Changes, scenarios or measures that a short text names."""

MOST_MEASURES = 6
MOST_POINTS = 200
"""Points of a sweep whose results a page reads."""

STATUS_QUO = "status_quo"


def column(name: str) -> str:
    """The head of a column."""
    return say(f"notebook.columns.{name}")


# --- a scenario


def scenario_start(scenario: Scenario) -> tuple[str, dict[str, tuple[Any, Any]]]:
    """What a scenario started from, in words, and what it has otherwise: path -> (value there, value here).

    A preset as it is shows what it has otherwise than the status quo.
    """
    origin = scenario.origin
    for preset in dict.fromkeys((origin.preset, STATUS_QUO)):
        base = Scenario().change(preset_values(preset, origin.effect_sizes))
        if changes := base.differences(scenario):
            break
    start = say("notebook.scenario.start", preset=inside(scenario_name(preset)),
                effect_sizes=inside(effect_sizes_name(origin.effect_sizes)))
    return start, changes


def _value(path: str, value: Any) -> str:
    return say("notebook.scenario.no_team") if value is None else parameter_value(path, value)


def _grade(scenario: Scenario, path: str) -> str:
    if path in scenario.origin.solved_paths:
        return say("notebook.scenario.solved")
    return say(f"names.grade_letters.{REGISTRY[path].grade}") if path in REGISTRY else ""


def scenario_text(scenario: Scenario) -> str:
    """A scenario in short: its start, and what it has otherwise."""
    start, changes = scenario_start(scenario)
    if not changes:
        return say("notebook.scenario.same", start=start)
    named = [say("notebook.scenario.change", parameter=inside(parameter_name(path)), here=_value(path, here),
                 before=_value(path, before)) for path, (before, here) in changes.items()]
    return say("notebook.scenario.short", start=start, changes=listed(named, most=NAMED))


def scenario_page(scenario: Scenario) -> Page:
    """A scenario: what it has otherwise than its start, with unit and grade."""
    start, changes = scenario_start(scenario)
    files = scenario.origin.files
    rows = [(parameter_name(path), _value(path, before), _value(path, here), parameter_unit(path),
             _grade(scenario, path)) for path, (before, here) in changes.items()]
    used = sorted({REGISTRY[path].grade for path in changes if path in REGISTRY})
    notes = [say("answers.between").join(say("notebook.scenario.grade", letter=say(f"names.grade_letters.{letter}"),
                           meaning=say(f"names.grades.{letter}")) for letter in used)] if used else []
    return Page(
        say("notebook.scenario.same", start=start) if not rows else
        say("notebook.scenario.title", start=start, count=len(rows)),
        [say("notebook.scenario.file", file=clean(files[0].name, NAME_LENGTH))] if files else [],
        [column(name) for name in ("parameter", "before", "here", "unit", "grade")], rows, notes=notes)


# --- a run


def _run_measures(run: Run) -> dict[str, float]:
    own = [measure.name for measure in run.own_measures]
    return {name: value for name, value in run.measures().items() if name in (*KEY_MEASURES, *own)}


def run_text(run: Run) -> str:
    """A run in short: how it was made, and its first measures."""
    found = _run_measures(run)
    named = [say("notebook.named", name=inside(measure_name(name)),
                 value=quantity(found[name], unit_of(name), short=True)) for name in ("revenue", "market_share")]
    return say("notebook.run.short", results=listed(named), seed=run.seed, replication=run.replicate, engine=run.engine)


def run_page(run: Run) -> Page:
    """A run: its measures, and what it can not tell."""
    rows = [(measure_name(name), quantity(value, unit_of(name))) for name, value in _run_measures(run).items()]
    return Page(say("notebook.run.title", seed=run.seed, replication=run.replicate, engine=run.engine),
                [scenario_text(run.scenario)], [column("measure"), column("value")], rows,
                notes=[say("notebook.run.one")])


# --- a comparison


def comparison_rows(found: Comparison, measures: list[str]) -> list[dict[Any, Any]]:
    """The rows of a comparison's table for these measures, measure by measure."""
    table = found.table
    return [row for name in measures for row in table[table["measure"] == name].to_dict("records")]


def _difference(row: dict[Any, Any]) -> str:
    return difference(row["difference"], row["difference_low"], row["difference_high"], row["unit"], row["mean"])


def first_measures(found: Comparison) -> list[str]:
    """The measures of a comparison that are shown first."""
    return headlines([str(name) for name in found.table["measure"].unique()])


def comparison_text(found: Comparison) -> str:
    """A comparison in short: the first measure's differences with their intervals."""
    named = []
    for row in comparison_rows(found, first_measures(found)[:1]):
        name = scenario_name(str(row["scenario"]))
        if row["scenario"] != found.baseline:
            named.append(say("notebook.named", name=inside(name), value=_difference(row)))
        elif len(found.scenarios) == 1:
            named.append(say("notebook.named", name=inside(name), value=estimate(
                row["mean"], row["low"], row["high"], row["unit"], short=True)))
    measure = inside(measure_name(first_measures(found)[0])) if first_measures(found) else ""
    return say("notebook.comparison.short", baseline=inside(scenario_name(found.baseline)), measure=measure,
               results=listed(named or [""], most=NAMED), replications=count(found.replications), seed=found.seed)


def comparison_page(found: Comparison, *, whole: bool = False) -> Page:
    """A comparison: means and differences with their intervals, and the differences as a forest plot."""
    measures = first_measures(found)
    if whole:
        measures = list(dict.fromkeys([*measures, *found.table["measure"]]))
    rows, marks = [], []
    for row in comparison_rows(found, measures if whole else measures[:MOST_MEASURES]):
        base = row["scenario"] == found.baseline
        relative = (100.0 * row[name] for name in ("relative_difference", "relative_low", "relative_high"))
        of_base = difference(row["relative_difference"], row["relative_low"], row["relative_high"], "", relative=True)
        rows.append((measure_name(str(row["measure"])), scenario_name(str(row["scenario"])),
                     estimate(row["mean"], row["low"], row["high"], row["unit"], short=True),
                     "" if base else _difference(row), "" if base else of_base))
        marks.append(None if base or not math.isfinite(row["relative_low"]) else Mark(*relative))
    notes = [say("notebook.random_alone", interval=interval_words(found.confidence))]
    if len(measures) > MOST_MEASURES:
        notes.append(say("notebook.more_measures", count=len(measures) - MOST_MEASURES, where=".table"))
    if found.differing_firms:
        others = listed([scenario_name(name) for name in found.differing_firms], most=4)
        notes.append(say("notebook.comparison.other_firms", baseline=inside(scenario_name(found.baseline)),
                         names=others))
    return Page(
        say("notebook.comparison.title", baseline=inside(scenario_name(found.baseline)),
            replications=count(found.replications), seed=found.seed, engine=found.engine), [],
        [column(name) for name in ("measure", "scenario", "mean", "difference", "relative")], rows, marks,
        say("notebook.in_percent"), notes=notes, spare=(4,))


# --- a sweep


def factors(found: Sweep) -> list[str]:
    """The paths that a sweep varies."""
    design = found.design
    return [str(name) for name in design.columns if name not in ("point", "effect_sizes", "baseline")]


def sweep_text(found: Sweep) -> str:
    """A sweep in short: how many points, in which factors, and where; no run is read."""
    names = [inside(parameter_name(path)) for path in factors(found)] or [""]
    return say("notebook.sweep.short", points=count(len(found.design)), factors=listed(names, most=NAMED),
               folder=clean(found.folder.name, NAME_LENGTH))


def sweep_page(found: Sweep, *, whole: bool = False) -> Page:
    """A sweep: its points with the first measures; of a large one the size alone, unless the whole is asked for."""
    paths, design = factors(found), found.design
    title = say("notebook.sweep.title", points=count(len(design)), folder=clean(found.folder.name, NAME_LENGTH))
    notes = [say("notebook.sweep.more", where=".points(), .paired(measure), .runs()")]
    if len(design) > MOST_POINTS and not whole:
        return Page(title, [capital(listed([inside(parameter_name(path)) for path in paths], most=4))], notes=notes)
    measures = found.headlines[:3]
    against, marks = _against_baseline(found, measures), []
    rows = []
    for row in found.points(measures).to_dict("records"):
        gap = against.get(int(row["point"]))
        values = [say("words.unknown") if row[path] is None else parameter_value(path, row[path]) for path in paths]
        results = [estimate(row[name], row[f"{name}_low"], row[f"{name}_high"], unit_of(name), short=True)
                   for name in measures]
        base = say("notebook.sweep.baseline", point=count(int(row["point"])))
        marks.append(gap and Mark(*(100.0 * end for end in gap)))
        if against:
            results.append(difference(*gap, "", relative=True) if gap else "")
        place = base if row["baseline"] else count(int(row["point"]))
        rows.append((place, effect_sizes_name(str(row["effect_sizes"])), *values,
                     count(int(row["n"])), *results))
    notes.insert(0, say("notebook.random_alone", interval=interval_words(0.95)))
    heads = [column("point"), column("effect_sizes"), *map(parameter_name, paths), column("runs"),
             *map(measure_name, measures)]
    if against:
        heads.append(say("notebook.sweep.against", measure=inside(measure_name(measures[0]))))
    return Page(title, [], heads, rows, marks, heads[-1] if against else "", 2 + len(paths), notes,
                spare=_spare(2 + len(paths), len(measures), 1 if design["effect_sizes"].nunique() == 1 else None))


def _spare(runs: int, measures: int, effect_sizes: int | None) -> list[int]:
    """What a narrow terminal leaves out first: further measures, the number of runs, an only set, the first measure."""
    sets = [] if effect_sizes is None else [effect_sizes]
    return [*range(runs + measures, runs + 1, -1), runs, *sets, runs + 1]


def _against_baseline(found: Sweep, measures: list[str]) -> dict[int, tuple[float, float, float]]:
    """By point, the first measure's difference from the baseline as a fraction of it; none of the baseline itself."""
    if not measures or not bool(found.design["baseline"].any()):
        return {}
    return {int(row["point"]): (row["difference"], row["low"], row["high"])
            for row in found.paired(measures[0], relative=True).to_dict("records")
            if not row["baseline"] and math.isfinite(row["difference"])}


FACES: Faces = {
    "Scenario": (scenario_text, scenario_page),
    "Run": (run_text, run_page),
    "Comparison": (comparison_text, comparison_page),
    "Sweep": (sweep_text, sweep_page),
}

WHOLE: dict[str, Callable[[Any], Page]] = {
    "Comparison": partial(comparison_page, whole=True),
    "Sweep": partial(sweep_page, whole=True),
}
"""The pages that leave rows out, with all of them."""
