"""Faults planted into the rules one by one, each of which `test_rules.py` must see.

A fault turns a sign, a product, a comparison or a limit round, drops a branch, or moves a constant.
"""

import ast
import copy
import functools
import inspect
import sys
from importlib import import_module
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import test_rules

MODULES = ("buyers", "coaching", "managers", "people", "reps")

OTHER = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
         ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq}

NO_FAULTS = {
    "on_grid": ["4503599627370496.0 * grain: turned", "4503599627370496.0: moved"],  # so long is on any grid
    "logistic": ["700.0: moved"] * 3,  # exp(-700) is as good as 0 beside 1
    "last_gate": ["1.0 - p_rivals: turned", "1.0: moved"],  # of the case without others, in which p_rivals is 0
    "fit_z": ["1e-15: moved"],
    "sessions_within": ["1e-09: moved"],
    "sittings": ["1e-09: moved"],
    "quit_probability": ["50.0: moved"],  # a limit against overflow
    "vacancy_share": ["if tenure_months == math.inf: dropped"],  # a share of infinity is 0 without it
}
"""Changes that change no answer."""


def plain(function):
    return getattr(function, "py_func", function)


def faults_of(function):
    """(what was done, the function's tree with that done), one fault at a time."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    tree.decorator_list = []
    for place, node in enumerate(ast.walk(tree)):
        for what, change in changes_of(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[place])
            yield what, changed


def changes_of(node):
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OTHER:
        yield f"{ast.unparse(node)}: turned", lambda it: setattr(it, "op", OTHER[type(it.op)]())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield f"{ast.unparse(node)}: turned", lambda it: setattr(it, "ops", [OTHER[type(it.ops[0])]()])
    if isinstance(node, ast.If):
        yield f"if {ast.unparse(node.test)}: dropped", lambda it: setattr(it, "test", ast.Constant(False))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield f"{ast.unparse(node)}: sign dropped", lambda it: setattr(it, "op", ast.UAdd())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        yield f"{ast.unparse(node)}: turned", lambda it: setattr(
            it.func, "id", {"min": "max", "max": "min"}[it.func.id])
    if isinstance(node, ast.Constant) and type(node.value) is float and node.value != 0.0:
        yield f"{node.value}: moved", lambda it: setattr(it, "value", it.value * 1.05)


def seen(rule, tree):
    """Whether a test of the rules fails with this tree in the rule's place.

    The rule's own function is never touched: a compiler that is called meanwhile would save the fault in its cache.
    """
    sound = plain(rule)
    space = dict(sound.__globals__)
    exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), "fault", "exec"), space)  # our own source
    tests = calls(rule)
    rule.py_func = space[sound.__name__]
    try:
        return any(fails(test, values) for test, values in tests)
    finally:
        rule.py_func = sound


def fails(test, values):
    try:
        test(*values)
    except Exception:
        return True
    return False


@functools.cache
def calls(rule):
    """The calls of the tests that speak of this rule; the others would pass."""
    return list(calls_of(plain(rule)))


@functools.cache
def source(test):
    return inspect.getsource(test)


def calls_of(rule):
    for name, test in vars(test_rules).items():
        if not name.startswith("test_") or name == "test_every_rule_is_here":
            continue
        rows = next((mark.args[1] for mark in getattr(test, "pytestmark", [])), None)
        text = source(test)
        for row in [()] if rows is None else rows:
            values = row if isinstance(row, tuple) else (row,)
            about = [plain(value) for value in values if callable(value)]
            mine = any(value is rule or rule.__name__ in names_in(value) for value in about)
            if mine or (not about and rule.__name__ in text):
                yield test, values


def names_in(function):
    return getattr(getattr(function, "__code__", None), "co_names", ())


def test_a_planted_fault_leaves_the_compiled_rule_sound():
    rule = import_module("simlead.model.rules.buyers").logistic
    before = plain(rule).__code__
    assert any(seen(rule, tree) for _, tree in faults_of(plain(rule)))
    assert (plain(rule).__code__, rule(1000.0)) == (before, 1.0)


def rules():
    for module in MODULES:
        home = import_module(f"simlead.model.rules.{module}")
        for name, thing in vars(home).items():
            if callable(thing) and getattr(plain(thing), "__module__", "") == home.__name__:
                yield name, thing


def unseen(rule):
    return [what for what, tree in faults_of(plain(rule)) if not seen(rule, tree)]


@pytest.mark.parametrize(("name", "function"), list(rules()))
def test_every_fault_in_a_rule_is_seen(name, function):
    assert unseen(function) == NO_FAULTS.get(name, [])
