"""A study goes into a file and comes back the same; a bad file gets one clear line, and nothing of it is run."""

import itertools
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simlead.model.parameters import ParameterError
from simlead.model.presets import preset
from simlead.model.scenario import Scenario
from simlead.results.measures import MEASURES
from simlead.study.studies.design import LARGEST_LISTED_TABLE, DesignSpec, Factor, grid
from simlead.study.studies.study_file import Precision, Study, load_study, study_of

SHARE, CLARITY = "policy.coaching_share", "policy.role_clarity"

FULL = """
[study]
question = "How much coaching, at which clarity?"
seed = 7
effect_sizes = ["evidence", "practitioner"]
measures = ["revenue", "market_share"]
baseline = true
engine = "simpy"
trace_hashes = true

[study.precision]
measure = "revenue"
half_width = 0.015
relative = true
against = "baseline"
minimum = 40
maximum = 300
confidence = 0.9

[scenario]
from = "coaching"

[scenario.set]
"organisation.teams" = 6
"policy.heroics" = 2

[design]
kind = "grid"

[design.factors]
"policy.coaching_share" = { low = 0.0, high = 0.7, levels = 8 }
"policy.role_clarity" = { values = [0.2, 0.9] }
"""

SHORT = """[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { low = 0.0, high = 0.7, levels = 8 }
"""

ENDS = '[design.factors]\n"policy.coaching_share" = { low = 0.0, high = 0.7 }\n'

GRID = DesignSpec("grid", {}, {SHARE: Factor(0.0, 0.7, 8)})


@pytest.fixture
def written(tmp_path):
    """Writes a file and returns its path."""

    def write(content: str | bytes, name: str = "study.toml"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def refusal(ask, *arguments, **more):
    with pytest.raises(ParameterError) as caught:
        ask(*arguments, **more)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def same(one: Study, other: Study) -> bool:
    pd.testing.assert_frame_equal(one.design_table(), other.design_table())
    return one == other and one.hash() == other.hash()


# --- what a file says


def test_everything_that_a_file_can_say(written):
    study = load_study(written(FULL))
    assert study == Study(
        DesignSpec("grid", {}, {SHARE: Factor(0.0, 0.7, 8), CLARITY: Factor(values=(0.2, 0.9))}),
        question="How much coaching, at which clarity?",
        name=Path(written(FULL)).parent.name,
        preset="coaching",
        effect_sizes=("evidence", "practitioner"),
        overrides={"organisation.teams": 6, "policy.heroics": 2.0},
        precision=Precision("revenue", 0.015, True, "baseline", 40, 300, 0.9),
        seed=7,
        measures=("revenue", "market_share"),
        baseline=True,
        engine="simpy",
        trace_hashes=True,
    )
    assert study.replications is None and study.factors == (SHARE, CLARITY)


def test_what_a_file_leaves_out(written):
    study = load_study(written(SHORT, "coaching.toml"))
    assert study == Study(GRID, name="coaching", replications=20, measures=tuple(MEASURES))
    assert (study.question, study.preset, study.effect_sizes, study.seed) == ("", "status_quo", ("evidence",), 0)
    assert (study.precision, study.baseline, study.engine, study.trace_hashes) == (None, False, "compiled", False)


def test_a_study_has_the_name_of_its_file_or_of_its_folder_or_its_own(written):
    assert load_study(written(SHORT, "one.toml")).name == "one"
    assert load_study(written(SHORT)).name == written(SHORT).parent.name
    assert load_study(written('[study]\nname = "mine"\n' + SHORT)).name == "mine"


def test_one_set_of_effect_sizes_is_a_word(written):
    study = load_study(written('[study]\neffect_sizes = "practitioner"\nmeasures = "revenue"\n' + SHORT))
    assert study.effect_sizes == ("practitioner",) and study.measures == ("revenue",)
    assert study.base() == preset("status_quo", "practitioner")


@pytest.mark.parametrize(("design", "size"), [
    ('kind = "latin_hypercube"\npoints = 12', 12),
    ('kind = "sobol"\npoints = 8', 32),
    ('kind = "sobol"\npoints = 8\nsecond_order = true', 48),
    ('kind = "morris"\ntrajectories = 4\nlevels = 6', 12),
    ('kind = "factorial"', 4),
    ('kind = "factorial"\nresolution = 3\ncentre = true', 5),
])
def test_the_kinds_of_design(written, design, size):
    study = load_study(written(
        f'[study]\nseed = 3\n[design]\n{design}\n{ENDS}"policy.role_clarity" = {{ low = 0, high = 1 }}\n'))
    table = study.design_table()
    assert len(table) == study.design.size == size
    pd.testing.assert_frame_equal(table[[SHARE, CLARITY]], study.design.points(seed=3))


def test_a_table_beside_the_file(written):
    written("policy.coaching_share,policy.promotion_rule\n0.3,random\n0.5,external\n", "points.csv")
    study = load_study(written('[design]\nkind = "table"\nfile = "points.csv"\n'))
    assert study.design_table().to_dict("list") == {
        "point": [0, 1], "effect_sizes": ["evidence"] * 2, "baseline": [False] * 2,
        SHARE: [0.3, 0.5], "policy.promotion_rule": ["random", "external"]}


# --- the points of a study


def test_the_points_of_each_set_of_effect_sizes_begin_with_its_base(written):
    table = load_study(written(FULL)).design_table()
    assert list(table.columns) == ["point", "effect_sizes", "baseline", SHARE, CLARITY]
    assert table["point"].tolist() == list(range(34))
    assert table["effect_sizes"].tolist() == ["evidence"] * 17 + ["practitioner"] * 17
    assert table.index[table["baseline"]].tolist() == [0, 17]
    assert table.loc[[0, 17], [SHARE, CLARITY]].values.tolist() == [[0.5, 0.4]] * 2
    for part in (table.iloc[1:17], table.iloc[18:]):
        assert part[SHARE].tolist() == [value for value in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7) for _ in range(2)]
        assert part[CLARITY].tolist() == [0.2, 0.9] * 8


def test_the_base_is_the_preset_under_the_effect_sizes_with_what_is_set():
    changes = {"market.rivals": 3}
    study = Study(GRID, preset="leadership", effect_sizes=("practitioner",), overrides=changes)
    assert study.base() == study.base("practitioner") == preset("leadership", "practitioner").change(changes)


def test_handing_out_a_table_does_not_hand_over_the_study():
    study = Study(GRID)
    table = study.design_table()
    table.loc[0, SHARE] = 0.99
    assert study.design_table()[SHARE].tolist()[0] == 0.0
    with pytest.raises(TypeError):
        study.overrides["market.rivals"] = 9


# --- there and back


@pytest.mark.parametrize("content", [FULL, SHORT])
def test_a_study_comes_back_from_json_and_from_a_pickle(written, content):
    study = load_study(written(content))
    assert same(Study.from_values(json.loads(json.dumps(study.values(), sort_keys=True))), study)
    assert same(pickle.loads(pickle.dumps(study)), study)


def test_a_study_of_a_small_table_comes_back_from_json():
    points = pd.DataFrame({SHARE: [0.1, 0.2], "policy.kpi_review": [True, False]})
    study = Study(DesignSpec.of_table(points), baseline=True)
    values = json.loads(json.dumps(study.values()))
    assert same(Study.from_values(values), study)
    assert same(Study.from_values(values, study.design_table()), study)
    assert same(pickle.loads(pickle.dumps(study)), study)


def test_a_study_of_a_large_table_comes_back_with_its_table():
    points = pd.DataFrame({SHARE: np.arange(LARGEST_LISTED_TABLE + 1) / 1e5})
    study = Study(DesignSpec.of_table(points), baseline=True, effect_sizes=("evidence", "practitioner"))
    values = json.loads(json.dumps(study.values()))
    assert len(json.dumps(values)) < 5_000
    table = study.design_table()
    assert same(Study.from_values(values, table), study)
    assert "kept apart" in refusal(Study.from_values, values)
    table.loc[5, SHARE] = 0.99
    assert "not the points" in refusal(Study.from_values, values, table)


@pytest.mark.parametrize("values", [{}, {"design": 3}, {"design": {}}, {"sead": 3}])
def test_what_are_no_values_of_a_study(values):
    assert "not the values of a study" in refusal(Study.from_values, values)
    whole = Study(GRID).values()
    bent = {**whole["design"], "factors": ["abc"]}
    assert "not the values of a study" in refusal(Study.from_values, {**whole, "design": bent})
    assert "not the values of a study" in refusal(Study.from_values, {**whole, "precision": {"mesure": "revenue"}})


def test_the_hash_stands_for_the_runs_and_for_nothing_else():
    plain = Study(GRID)
    same_runs = [
        Study(GRID, question="?"), Study(GRID, name="x"), Study(GRID, replications=99),
        Study(GRID, measures=("revenue",)), Study(GRID, precision=Precision("revenue", 5.0)),
        Study(GRID, trace_hashes=True), Study(DesignSpec("grid", {}, {SHARE: Factor(0, 0.7, 8)})),
    ]
    assert {study.hash() for study in same_runs} == {plain.hash()}
    other_runs = [
        plain, Study(GRID, seed=1), Study(GRID, preset="coaching"), Study(GRID, effect_sizes=("practitioner",)),
        Study(GRID, effect_sizes=("evidence", "practitioner")), Study(GRID, overrides={"policy.heroics": 2}),
        Study(GRID, baseline=True), Study(GRID, engine="simpy"),
        Study(DesignSpec("grid", {}, {SHARE: Factor(0.0, 0.6, 7)})),
        Study(DesignSpec("grid", {}, {SHARE: Factor(0.0, 0.7, 8), CLARITY: Factor(0.0, 1.0, 2)})),
        Study(DesignSpec("grid", {}, {CLARITY: Factor(0.0, 1.0, 2), SHARE: Factor(0.0, 0.7, 8)})),
        Study(DesignSpec.of_table(grid({SHARE: Factor(0.0, 0.7, 8)}))),
        Study(DesignSpec.of_table(grid({SHARE: Factor(0.0, 0.7, 8)}).iloc[::-1])),
    ]
    assert len({study.hash() for study in other_runs}) == len(other_runs)
    assert not any(one == other for one, other in itertools.combinations(other_runs, 2))


def test_an_override_is_of_its_parameters_type_however_written():
    whole, number = Study(GRID, overrides={"policy.heroics": 2}), Study(GRID, overrides={"policy.heroics": 2.0})
    assert whole == number and whole.hash() == number.hash()


# --- what is wrong with a file


def with_study(lines: str) -> str:
    return f"[study]\n{lines}\n{SHORT}"


def with_factor(factor: str) -> str:
    return f'[design]\nkind = "grid"\n[design.factors]\n"policy.coaching_share" = {factor}\n'


def with_precision(line: str) -> str:
    return with_study(f'[study.precision]\nmeasure = "revenue"\nhalf_width = 1\n{line}')


@pytest.mark.parametrize(("content", "line", "words"), [
    # keys
    (f"[stduy]\nseed = 1\n{SHORT}", 1, "stduy: no such key; allowed is study | scenario | design; did you mean study?"),
    (f'preset = "coaching"\n{SHORT}', 1, "preset: no such key; allowed is study | scenario | design"),
    (with_study("sead = 1"), 2, "study.sead: no such key; allowed is question | "),
    (with_study("sead = 1"), 2, "did you mean seed?"),
    (f'[scenario]\nprest = "coaching"\n{SHORT}', 2,
     "scenario.prest: no such key; allowed is from | set"),
    ('[design]\nknd = "grid"\n', 2, "design.knd: no such key; allowed is kind | "),
    ('[design]\nkind = "grid"\n[design.factor]\n', 3, "design.factor: no such key"),
    ('[design]\nkind = "latin_hypercube"\npoint = 3\n', 3, "design.point: no such key"),
    (f'[design]\nkind = "grid"\npoints = 3\n{ENDS}', 3,
     "design.points: a grid has no such key; allowed is kind | factors"),
    (f"[study.precision]\nmeasure = \"revenue\"\nhalfwidth = 1\n{SHORT}", 3, "study.precision.halfwidth: no such key"),
    # tables
    (f"study = 3\n{SHORT}", 1, "study = 3: a table is needed, such as [study]"),
    (f"scenario = 'coaching'\n{SHORT}", 1, "scenario = 'coaching': a table is needed"),
    ("design = 3\n", 1, "design = 3: a table is needed"),
    (f"[[study]]\nseed = 1\n{SHORT}", None, "study = [{'seed': 1}]: a table is needed"),
    (f"[scenario]\nset = 3\n{SHORT}", 2, "set = 3: a table is needed, such as [scenario.set]"),
    ("[study]\nseed = 1\n", None, "design: missing; a study needs a [design]"),
    ("", None, "design: missing"),
    ('[design]\n', 1,
     "design: kind is missing; allowed is grid | latin_hypercube | sobol | morris | factorial | table"),
    ('[design]\nkind = "grid"\n', None, "factors: none given; a design varies at least one"),
    ('[design]\nkind = "grid"\n[design.factors]\n', None, "factors: none given"),
    ('[design]\nkind = "grid"\nfactors = 3\n', 3, "factors = 3: a table of factors"),
    # the study
    (with_study("seed = -1"), 2, "seed = -1: allowed is a whole number from 0 to 9223372036854775807"),
    (with_study("seed = 9223372036854775808"), 2, "seed = 9223372036854775808: allowed is a whole number"),
    (with_study("seed = 1.0"), 2, "seed = 1.0: allowed is a whole number"),
    (with_study("replications = 0"), 2, "replications = 0: allowed is a whole number from 1 to"),
    (with_study("replications = true"), 2, "replications = True: allowed is a whole number"),
    (with_study("question = 3"), 2, "question = 3: a text is needed"),
    (with_study("name = []"), 2, "name = []: a text is needed"),
    (with_study('measures = ["revenu"]'), 2, "measures = 'revenu': no such measure; did you mean revenue?"),
    (with_study('measures = [["revenue"]]'), 2, "measures = ['revenue']: no such measure"),
    (with_study("measures = 3"), 2, "measures = 3: a name or a list of names is needed"),
    (with_study("measures = []"), 2, "measures: none named; leave the line out for all of them"),
    (with_study('measures = ["revenue", "revenue"]'), 2, "measures has 'revenue' twice"),
    (with_study('effect_sizes = "evidense"'), 2,
     "effect_sizes = 'evidense': allowed is evidence | practitioner; did you mean"),
    (with_study('effect_sizes = ["evidence", 3]'), 2, "effect_sizes = 3: allowed is evidence | practitioner"),
    (with_study('effect_sizes = ["evidence", "evidence"]'), 2, "effect_sizes has 'evidence' twice"),
    (with_study("effect_sizes = []"), 2, "effect_sizes: none named; allowed is evidence | practitioner"),
    (with_study('baseline = "yes"'), 2, "baseline = 'yes': allowed is true | false"),
    (with_study("trace_hashes = 1"), 2, "trace_hashes = 1: allowed is true | false"),
    (with_study('engine = "simpi"'), 2, "engine = 'simpi': allowed is simpy | compiled; did you mean simpy?"),
    (with_study('engine = ["simpy"]'), 2, "engine = ['simpy']: allowed is simpy | compiled"),
    # precision
    (with_study('replications = 9\n[study.precision]\nmeasure = "revenue"\nhalf_width = 1'), 2,
     "replications and precision: allowed is one of the two"),
    (with_study("precision = 0.1"), 2, "precision = 0.1: a table is needed, such as [study.precision]"),
    (with_study("[study.precision]\nhalf_width = 1"), 2, "study.precision: measure is missing"),
    (with_study('[study.precision]\nmeasure = "revenue"'), 2, "study.precision: half_width is missing"),
    (with_study('[study.precision]\nmeasure = "revenu"\nhalf_width = 1'), 3,
     "measure = 'revenu': no such measure; did"),
    (with_study('[study.precision]\nmeasure = "revenue"\nhalf_width = 0'), 4,
     "half_width = 0: allowed is a number above 0"),
    (with_study('[study.precision]\nmeasure = "revenue"\nhalf_width = nan'), 4, "half_width = nan: allowed"),
    (with_precision('relative = "a"'), 5, "relative = 'a': allowed"),
    (with_precision('against = "x"'), 5, "against = 'x': allowed is"),
    (with_precision('against = "baseline"'), None,
     'precision.against = "baseline": the study has none; write baseline = true'),
    (with_precision('minimum = 1'), 5, "minimum = 1: allowed is a whole number"),
    (with_precision('maximum = 9'), 5, "minimum (50) or more"),
    (with_precision('confidence = 1.0'), 5, "confidence = 1.0: allowed"),
    (with_study('measures = ["market_share"]\n[study.precision]\nmeasure = "revenue"\nhalf_width = 1'), None,
     "precision.measure = 'revenue': not among the study's measures"),
    # the scenario
    (f'[scenario]\nfrom = "coachin"\n{SHORT}', 2, "from = 'coachin': no such file or preset; presets are"),
    (f"[scenario]\nfrom = 3\n{SHORT}", 2, "from = 3: allowed is a scenario file or status_quo"),
    (f'[scenario.set]\n"market.rivls" = 3\n{SHORT}', 2, "market.rivls: no such parameter; did you mean market.rivals?"),
    (f'[scenario.set]\n"policy.heroics" = 9\n{SHORT}', 2, "policy.heroics = 9: allowed is 0 to 4"),
    (f"[scenario.set]\npolicy.heroics = 1\n{SHORT}", None,
     "policy: no such parameter; write dotted paths of [scenario.set]"),
    (f'[scenario.set]\n"policy.coaching_share" = 0.5\n{SHORT}', None,
     "policy.coaching_share: a factor of the design, and set in [scenario.set] too"),
    (f'[scenario.set]\n"policy.own_selling_share" = 0.9\n{SHORT}', None, "the base scenario: policy.coaching_share + "),
    # the design
    ('[design]\nkind = "gird"\n', 2, "kind = 'gird': allowed is grid | latin_hypercube"),
    ('[design]\nkind = "yaml"\n', 2, "kind = 'yaml': allowed is grid"),
    ("[design]\nkind = [1]\n", 2, "kind = [1]: allowed is grid"),
    ('[design]\nkind = "grid"\n[design.factors]\n"policy.coachng_share" = { low = 0, high = 1, levels = 2 }\n', 4,
     "policy.coachng_share: no such parameter; did you mean policy.coaching_share?"),
    ('[design]\nkind = "grid"\n[design.factors]\ncoaching_share = { low = 0, high = 1, levels = 2 }\n', 4,
     "coaching_share: no such parameter; did you mean policy.coaching_share?"),
    ('[design]\nkind = "grid"\n[design.factors]\npolicy.coaching_share = { low = 0, high = 1, levels = 2 }\n', None,
     "policy: no such parameter; write dotted paths of [design.factors] in quotes"),
    (with_factor("{ low = 0.0, high = 1.5, levels = 3 }"), 4, "policy.coaching_share: high = 1.5: allowed is 0 to 1"),
    (with_factor("{ low = 0.5, high = 0.1, levels = 3 }"), 4, "low = 0.5 is not below high = 0.1"),
    (with_factor("{ low = 0.0, high = 0.7, levels = 1 }"), 4, "levels = 1: allowed is a whole number from 2 to 1000"),
    (with_factor("{ low = 0.0, high = 0.7, levels = 1000000 }"), 4,
     "levels = 1000000: allowed is a whole number from 2 to 1000"),
    (with_factor("{ low = 0.0, high = 0.7, level = 3 }"), 4, "level is not a factor's; allowed is low | high | levels"),
    (with_factor("{ low = 0.0, high = 0.7 }"), 4, "levels is missing; a grid needs levels or values"),
    (with_factor("{ values = [] }"), 4, "values has 0: allowed is 2 to 1000"),
    (with_factor("{ values = [0.1, 2.0] }"), 4, "policy.coaching_share = 2.0: allowed is 0 to 1"),
    (with_factor("0.5"), 4, "policy.coaching_share: 0.5 is no factor"),
    (f'[design]\nkind = "latin_hypercube"\n{ENDS}', 1, "design: points is missing; a latin_hypercube needs it"),
    (f'[design]\nkind = "latin_hypercube"\npoints = 0\n{ENDS}', 3,
     "points = 0: allowed is a whole number from 1 to 1000000"),
    (f'[design]\nkind = "latin_hypercube"\npoints = 1000000000\n{ENDS}', 3,
     "points = 1000000000: allowed is a whole number"),
    (f'[design]\nkind = "sobol"\npoints = 100\n{ENDS}', 3,
     "points = 100: allowed is a power of two, such as 64 or 128"),
    (f'[design]\nkind = "sobol"\npoints = 8\nsecond_order = "no"\n{ENDS}', 4, "second_order = 'no': allowed is true"),
    (f'[design]\nkind = "morris"\ntrajectories = 9\nlevels = 3\n{ENDS}', 4, "levels = 3: allowed is an even number"),
    ('[design]\nkind = "grid"\n[design.factors]\n'
     + "".join(f'"policy.{name}" = {{ low = 0.0, high = 1.0, levels = 1000 }}\n'
               for name in ("coaching_share", "role_clarity", "accountability")),
     1, "design: 1000000000 points; allowed is at most 1000000"),
    (with_factor("{ values = [0.5, 0.9] }"), None,
     "design, row 1 (the first is 0): policy.coaching_share + policy.own_selling_share = 1.05: planned shares"),
    # a table
    ('[design]\nkind = "table"\n', 1, 'design: file is missing; a table needs file = "NAME.csv"'),
    ('[design]\nkind = "table"\nfile = 3\n', 1, "design: file is missing"),
    ('[design]\nkind = "table"\nfile = "none.csv"\n', None, "none.csv: no such file"),
    ('[design]\nkind = "table"\nfile = "a\\u0000b"\n', None, "no such file"),
    ('[design]\nkind = "table"\nfile = "."\n', None, "a folder, not a table"),
    ('[design]\nkind = "table"\nfile = "study.toml"\n', None, "study.toml, line 1: [design]: no such parameter"),
    ('[design]\nkind = "table"\nfile = "none.csv"\ncolumns = "a"\n', 4, "columns = 'a': a list of dotted paths"),
    ('[design]\nkind = "table"\nfile = "none.csv"\npoints = 3\n', 4,
     "design.points: a table has no such key; allowed is"),
    (f'[design]\nkind = "table"\nfile = "none.csv"\n{ENDS}', 4, "design.factors: a table has no such key"),
])
def test_what_a_file_may_not_say(written, content, line, words):
    message = refusal(load_study, written(content))
    assert words in message, message
    assert ("study.toml: " if line is None else f"study.toml, line {line}: ") in message, message
    assert len(message) < 600


@pytest.mark.parametrize(("content", "columns", "words"), [
    ("policy.coaching_share\n0.5\n", "", None),
    ("policy.coaching_share\n0.5\n", f'columns = ["{SHARE}", "{CLARITY}"]', "line 1: no column policy.role_clarity"),
    ("policy.coachng_share\n0.5\n", "", "line 1: policy.coachng_share: no such parameter; did you mean"),
    ("policy.coaching_share\n=1+1\n", "", "line 2: policy.coaching_share = '=1+1': formula-like"),
    ("policy.coaching_share\n0.5\n0.9\n", "", "row 1 (the first is 0): policy.coaching_share + policy.own_selling_sh"),
    ("organisation.teams\n3\n", "", "organisation.teams: a factor of the design, and set in [scenario.set] too"),
])
def test_what_a_table_beside_the_file_may_not_hold(written, content, columns, words):
    written(content, "points.csv")
    file = written(
        f'[scenario.set]\n"organisation.teams" = 2\n[design]\nkind = "table"\nfile = "points.csv"\n{columns}\n')
    if words is None:
        assert len(load_study(file).design_table()) == 1
    else:
        message = refusal(load_study, file)
        assert words in message and "study.toml" in message
        assert ("points.csv, line " in message) is words.startswith("line")


class Dropper:
    """A pickle that would leave a file behind when it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_is_not_loaded(written, tmp_path, protocol):
    message = refusal(load_study, written(pickle.dumps(Dropper(tmp_path / "dropped"), protocol), "study.pkl"))
    assert "study.pkl: not " in message
    assert not (tmp_path / "dropped").exists()


def test_yaml_is_not_loaded(written, tmp_path):
    bad = f"!!python/object/apply:pathlib.Path.touch\n- !!python/object/apply:pathlib.Path [{tmp_path / 'dropped'}]\n"
    assert "study.yaml: not TOML: line 1: " in refusal(load_study, written(bad, "study.yaml"))
    assert "not TOML: line 1: " in refusal(load_study, written("design:\n  kind: grid\n"))
    assert not (tmp_path / "dropped").exists()


def test_what_is_no_study_file(written, tmp_path):
    assert "a folder, not a study file" in refusal(load_study, tmp_path)
    assert refusal(load_study, tmp_path / "none.toml").endswith("none.toml: no such file")
    assert "too large for a study file" in refusal(load_study, written("#" * 1_000_001))
    assert "not UTF-8 at byte " in refusal(load_study, written('[study]\nquestion = "é"\n'.encode("latin-1")))
    assert "not a study: nested too deeply" in refusal(load_study, written("a = " + "[" * 100_000))


def test_a_study_without_salib_says_what_to_install(written, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "SALib.sample.sobol", None)
    file = written(f'[design]\nkind = "sobol"\npoints = 8\n{ENDS}')
    assert 'pip install "simlead[study]"' in refusal(load_study, file)


@pytest.mark.parametrize(("fields", "words"), [
    ({"design": "grid"}, "design = 'grid': a DesignSpec is needed"),
    ({"precision": {"measure": "revenue"}}, "precision = {'measure': 'revenue'}: a Precision is needed"),
    ({"overrides": [1]}, "overrides = [1]: a table by dotted path is needed"),
])
def test_what_a_study_made_in_python_may_not_be(fields, words):
    assert words in refusal(Study, **{"design": GRID, **fields})


TOML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["grid", "sobol", "table", "revenue", SHARE, "study.toml", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(max_size=4) | st.sampled_from([SHARE, "low", "high", "levels", "values", "kind", "measure"]),
        inner, max_size=3),
    max_leaves=6)

WHOLE = {
    "study": {"question": "?", "seed": 1, "effect_sizes": ["evidence"], "measures": ["revenue"], "baseline": True,
              "precision": {"measure": "revenue", "half_width": 1.0}},
    "scenario": {"from": "coaching", "set": {"market.rivals": 3}},
    "design": {"kind": "grid", "factors": {SHARE: {"low": 0.0, "high": 0.5, "levels": 2}, CLARITY: {"values": [0, 1]}}},
}


def places(content: dict, at: tuple = ()) -> list[tuple]:
    return [(*at, key) for key in content] + [
        place for key, inner in content.items() if isinstance(inner, dict) for place in places(inner, (*at, key))]


def replaced(content: dict, place: tuple, value: object) -> dict:
    first, *rest = place
    return {**content, first: replaced(content[first], tuple(rest), value) if rest else value}


def test_the_whole_content_is_a_study():
    assert study_of(WHOLE).base() == preset("coaching").change({"market.rivals": 3})
    assert isinstance(study_of(WHOLE).base(), Scenario)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(places(WHOLE)), TOML_VALUES)
def test_whatever_stands_in_one_place_makes_a_study_or_one_line(place, value):
    try:
        assert isinstance(study_of(replaced(WHOLE, place, value)), Study)
    except ParameterError as refused:
        assert len(str(refused).splitlines()) == 1


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=60), st.text(alphabet="[]={}.\"'\n #studydesignkind01", max_size=60)))
def test_any_file_is_refused_in_one_line_unless_it_is_a_study(written, content):
    refusal(load_study, written(content))
