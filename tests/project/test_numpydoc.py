"""The docstrings of the public names have numpydoc's sections; numpydoc's own validator checks them."""

from __future__ import annotations

import inspect

import pytest
from pages import site_generators

import simlead
from simlead.show import charts

python = site_generators().python
validation = pytest.importorskip("numpydoc.validate")

CODES = {
    "GL03", "GL06", "GL07", "GL08", "GL09", "GL10",  # sections: known, in order, deprecation and directives well formed
    "SS01", "SS02", "SS03", "SS05",  # a summary: there is one, capital, full stop, imperative
    "PR01", "PR02", "PR03", "PR05", "PR07", "PR10",  # each parameter: named, explained, in order
    "RT01", "RT03", "YD01",  # what is returned or yielded
}
"""What is checked; the others are a matter of layout (a summary may run over two lines)."""


def checked():
    """The full name of everything whose docstring is checked: names, classes that they return, their methods, modules'
    functions."""
    public = [getattr(simlead, name) for name in simlead.__all__ if name != "__version__"]
    things = [thing for thing in public if callable(thing)]
    things += [thing for _, thing in python.returned(things)] + [getattr(charts, name) for name in charts.__all__]
    things += [thing for module in simlead._MODULES.values() for thing in python.functions(module).values()]
    names = []
    for thing in things:
        full = f"{thing.__module__}.{thing.__name__}"
        names += [full, *(f"{full}.{name}" for name in (python.methods(thing) if inspect.isclass(thing) else ()))]
    return sorted(names)


NAMES = checked()


def faults(name):
    """What numpydoc's validator finds wrong with a docstring, of the codes that count.

    A class that only functions of ours make may list its attributes instead of its parameters.
    """
    found = validation.validate(name)
    counted = CODES - {"PR01", "PR02"} if "\nAttributes\n---" in found["docstring"] else CODES
    return [f"{code}: {text}" for code, text in found["errors"] if code in counted]


@pytest.mark.parametrize("name", NAMES)
def test_a_public_docstring_is_numpydocs(name):
    assert faults(name) == []


def planted(seed, replicate):
    """Gives something back"""
    return seed + replicate


def test_a_fault_is_found():
    found = {fault[:4] for fault in faults(f"{__name__}.planted")}
    assert found == {"SS03", "SS05", "PR01", "RT01"}
