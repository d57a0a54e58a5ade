"""The luck: published vectors, laws, independence, and the same bits however it is computed."""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import pkgutil

import numpy as np
import pytest
from scipy import special, stats

import simlead.model
from simlead.model import draws

FALSE_ALARM = 1e-5  # of one check; no test makes more than ten of them, so 1e-4 a test
N = 40_000


def philox_by_the_book(counter, key):
    """Philox4x32-10 written from the paper alone: unbounded integers, one round after another."""
    x, k = list(counter), list(key)
    for number in range(10):
        if number:
            k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
        high0, low0 = divmod(0xD2511F53 * x[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x[2], 2**32)
        x = [high1 ^ x[1] ^ k[0], low1, high0 ^ x[3] ^ k[1], low0]
    return tuple(x)


# Random123's file of known answers, philox4x32 with 10 rounds: counter, key, answer.
PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text):
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "answer"), PUBLISHED)
def test_philox_gives_the_published_answers(counter, key, answer):
    for philox in (draws.philox, draws.philox.py_func):
        assert philox(*words(counter), *words(key)) == words(answer)
    assert philox_by_the_book(words(counter), words(key)) == words(answer)


def test_philox_is_the_papers_on_any_words():
    luck = np.random.default_rng(1)
    for row in luck.integers(0, 2**32, (400, 6)).tolist():
        assert draws.philox(*row) == philox_by_the_book(row[:4], row[4:])


def test_a_uniform_is_52_bits_of_the_block_that_bears_its_name():
    luck = np.random.default_rng(2)
    for seed, replicate, purpose, entity, index in zip(
            luck.integers(0, 2**63, 300).tolist(), luck.integers(0, 2**31, 300).tolist(),
            luck.integers(1, 38, 300).tolist(), luck.integers(0, 2**31, 300).tolist(),
            luck.integers(0, 2**31, 300).tolist(), strict=True):
        first, second, *_ = philox_by_the_book(
            (index, entity, purpose, replicate), (seed % 2**32, seed >> 32))
        bits = (first << 20) | (second >> 12)
        assert draws.uniform(seed, replicate, purpose, entity, index) == (2 * bits + 1) / 2.0**53


# --- laws


def sample(draw=draws.uniform, **name):
    """Draws whose names run through one coordinate, the others standing still."""
    (running,) = [key for key, value in name.items() if value is None]
    base = {"seed": 5, "replicate": 3, "purpose": draws.GATE, "entity": 7, "index": 11} | name
    order = ("seed", "replicate", "purpose", "entity", "index")
    return np.array([draw(*[number if key == running else base[key] for key in order]) for number in range(N)])


COORDINATES = ("seed", "replicate", "purpose", "entity", "index")


@pytest.mark.parametrize("running", COORDINATES)
def test_uniforms_are_uniform_along_every_coordinate(running):
    u = sample(**{running: None})
    assert u.min() > 0.0 and u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > FALSE_ALARM
    for cells in (16, 1000):
        counts = np.bincount((u * cells).astype(int), minlength=cells)
        assert stats.chisquare(counts).pvalue > FALSE_ALARM
    # The last bits as well: the 40th to the 47th of each number.
    low = (np.ldexp(u, 48).astype(np.int64)) & 255
    assert stats.chisquare(np.bincount(low, minlength=256)).pvalue > FALSE_ALARM
    # It would be noticed if they were not.
    assert stats.kstest(u ** 1.05, "uniform").pvalue < FALSE_ALARM


@pytest.mark.parametrize("running", COORDINATES)
@pytest.mark.parametrize("neighbour", COORDINATES)
def test_neighbouring_names_are_independent(running, neighbour):
    u = sample(**{running: None})
    v = u[1:] if neighbour == running else sample(**{running: None, neighbour: 4})
    u = u[:len(v)]
    assert np.any(u != v)
    for f in (lambda x: x, lambda x: (x - 0.5) ** 2, lambda x: np.floor(x * 4096) % 2):
        r = np.corrcoef(f(u), f(v))[0, 1]
        assert 2.0 * stats.norm.sf(abs(r) * math.sqrt(len(u))) > FALSE_ALARM
    squares = np.histogram2d(u, v, 16, [[0, 1], [0, 1]])[0].ravel()
    assert stats.chisquare(squares).pvalue > FALSE_ALARM
    mixed = 0.97 * v + 0.03 * u
    assert stats.chisquare(np.histogram2d(u, mixed, 16, [[0, 1], [0, 1]])[0].ravel()).pvalue < FALSE_ALARM


def test_exponentials_and_normals_have_their_laws():
    assert stats.kstest(sample(draws.exponential, index=None), "expon").pvalue > FALSE_ALARM
    assert stats.kstest(sample(draws.normal, index=None), "norm").pvalue > FALSE_ALARM
    assert stats.kstest(sample(draws.normal, index=None), "norm", args=(0.03, 1.0)).pvalue < FALSE_ALARM


def test_seed_0_is_a_seed_and_all_64_bits_of_a_seed_count():
    name = (2, draws.VALUE, 3, 4)
    seeds = [0, 1, 2**31, 2**32, 2**32 + 1, 2**40, 2**62, 2**63 - 1]
    numbers = [draws.uniform(seed, *name) for seed in seeds]
    assert len(set(numbers)) == len(seeds)
    assert numbers == [draws.uniform.py_func(seed, *name) for seed in seeds]
    same = [draws.uniform(seed, *name) == draws.uniform(seed + 2**32, *name) for seed in range(2000)]
    assert not any(same)


def test_no_two_purposes_share_a_number():
    purposes = {name: value for name, value in vars(draws).items() if name.isupper()}
    assert sorted(purposes.values()) == list(range(1, len(purposes) + 1))
    numbers = [draws.uniform(0, 0, purpose, 0, 0) for purpose in purposes.values()]
    assert len(set(numbers)) == len(numbers)


def test_the_normal_quantile_is_scipys_over_the_whole_range():
    smallest = 0.5 * 2.220446049250313e-16
    u = np.concatenate([
        np.geomspace(smallest, 0.5, 4000), 1.0 - np.geomspace(smallest, 0.5, 4000),
        np.linspace(0.07, 0.08, 500), np.linspace(1e-12, 2e-11, 500), [smallest, 1.0 - smallest]])
    ours = np.array([draws.normal_quantile(x) for x in u])
    assert np.allclose(ours, special.ndtri(u), rtol=1e-14, atol=1e-15)
    assert draws.normal_quantile(0.5) == 0.0
    assert np.all(np.diff(ours[:4000]) > 0.0)


# --- one rule, the same bits twice


def rules():
    """Every compiled function of the model, by its dotted name."""
    found = {}
    for info in pkgutil.walk_packages(simlead.model.__path__, "simlead.model."):
        module = importlib.import_module(info.name)
        for name, function in vars(module).items():
            if hasattr(function, "py_func") and function.__module__ == module.__name__:
                found[f"{module.__name__}.{name}"] = function
    return found


RULES = rules()


def test_all_rules_are_found():
    decorated = 0
    for info in pkgutil.walk_packages(simlead.model.__path__, "simlead.model."):
        tree = ast.parse(inspect.getsource(importlib.import_module(info.name)))
        decorated += sum(
            any(isinstance(d, ast.Name) and d.id == "rule" for d in node.decorator_list)
            for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    assert len(RULES) == decorated > 30


# What the names of arguments mean, where any real number will not do: (low, high).
RANGES = {
    "seed": (0, 2**63 - 1), "replicate": (0, 2**31 - 1), "purpose": (1, 37), "entity": (0, 2**31 - 1),
    "c0": (0, 2**32 - 1), "c1": (0, 2**32 - 1), "c2": (0, 2**32 - 1), "c3": (0, 2**32 - 1),
    "k0": (0, 2**32 - 1), "k1": (0, 2**32 - 1),
    "u": (1e-9, 1.0 - 1e-9), "unit_gap": (1e-9, 40.0), "rate_per_hour": (0.0, 3.0),
    "log_growth_per_hour": (-2e-4, 2e-4), "now": (-4000.0, 8000.0), "grain": (0.0, 2.0),
    "duration": (0.0, 60.0), "step_hours": (0.0, 400.0), "meetings": (1, 12), "rivals": (1, 10),
    "median": (0.1, 1e6), "median_hours": (0.1, 6000.0), "mean": (0.05, 20.0), "sigma": (0.0, 2.0),
    "sd": (0.0, 3.0), "correlation": (-1.0, 1.0), "norm_hours": (0.1, 60.0),
    "low": (0.01, 1.0), "slope": (0.0, 1.0), "high": (1.0, 3.0), "weeks": (1.0, 60.0),
    "adoption_weeks": (0, 60), "weeks_since_switch": (-5, 80), "stages": (1, 4), "index": (0, 2**31 - 1),
    "order": (0, 39), "week": (0, 500), "paid": (0, 40), "filled": (1, 40), "months": (0.1, 12.0),
    "start": (0.01, 1.0), "people_skill_factor": (0.1, 1.5), "session_hours": (0.05, 2.0),
    "quota_per_year": (1.0, 1e6), "growth_index": (0.5, 2.0), "step": (0.1, 10.0), "half_dose": (0.05, 20.0),
    "reference_dose": (0.0, 30.0), "spread": (0.05, 2.0), "sales_ratio": (0.0, 20.0),
    "hazard_per_month": (0.0, 1.0), "first_year_factor": (0.0, 10.0), "mean_tenure": (1.0, 100.0),
    "clarity": (0.0, 1.0), "share": (0.0, 0.9), "kept": (0.0, 1.0), "won_by_all": (0.0, 1e6),
    "base_won_by_all": (1.0, 1e6), "vacant": (0, 40), "coached": (1, 40),
}


def argument(rule, parameter, luck):
    """A random argument by the parameter's name, annotation and, for hours and the like, habit."""
    name, kind = parameter.name, parameter.annotation
    low, high = RANGES.get(name, (None, None))
    if name == "index" and kind == "float":
        low, high = 0.5, 2.0
    if rule == "months_since_switch":
        return float(luck.uniform(-9000.0, 9000.0))
    if name == "low" and rule == "heroic_hours":
        return int(luck.integers(1, 20))
    if name == "high" and rule == "heroic_hours":
        return int(luck.integers(20, 40))
    if name == "low" and rule == "quality_of":
        return -float(luck.uniform(0, 3))
    if kind == "bool":
        return bool(luck.integers(0, 2))
    if kind == "int":
        low, high = (0, 60) if low is None else (int(low), int(high))
        return int(luck.integers(low, high, endpoint=True))
    assert kind == "float", (rule, name, kind)
    if low is None:
        positive = any(word in name for word in ("hours", "months", "share", "probability", "exponent"))
        low, high = (0.01, 40.0) if positive else (-3.0, 3.0)
    edge = luck.integers(0, 12)
    return float(low) if edge == 0 else float(high) if edge == 1 else float(luck.uniform(low, high))


def bits(value):
    """A value's exact bits, so that -0.0 is not 0.0 and nan is nan."""
    if isinstance(value, tuple):
        return tuple(bits(part) for part in value)
    return np.float64(value).tobytes() if isinstance(value, float) else value


def outcome_of(function, arguments):
    try:
        return bits(function(*arguments))
    except (ValueError, ZeroDivisionError, OverflowError) as refusal:
        return type(refusal)


@pytest.mark.parametrize("name", sorted(RULES))
def test_compiled_and_interpreted_give_the_same_bits(name):
    rule = RULES[name]
    luck = np.random.default_rng(sum(name.encode()))
    parameters = list(inspect.signature(rule.py_func).parameters.values())
    short, answers = name.rpartition(".")[2], set()
    for _ in range(1500):
        arguments = [argument(short, parameter, luck) for parameter in parameters]
        compiled = outcome_of(rule, arguments)
        assert compiled == outcome_of(rule.py_func, arguments), arguments
        assert not isinstance(compiled, type), arguments  # in its range a rule always answers
        answers.add(compiled)
    assert len(answers) > 1
