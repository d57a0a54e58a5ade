"""From options to scenarios: presets, TOML files, belief sets and single values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from simlead.cli.failures import Refusal
from simlead.model.parameters import Parameter, nearest
from simlead.model.presets import BELIEFS, PRESETS, preset
from simlead.model.scenario import REGISTRY, Scenario

_TRUE, _FALSE = ("true", "on", "yes"), ("false", "off", "no")


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """The values of `--set PATH=VALUE` options by dotted path.

    Raises Refusal for text without `=`, an unknown path, a word where a number is needed
    and a path that is set twice. The model itself checks the ranges.

    >>> assignments(["policy.coaching_share=0.5", "policy.manager_training=on"])
    {'policy.coaching_share': 0.5, 'policy.manager_training': True}
    """
    values: dict[str, Any] = {}
    for text in texts:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not path or not value:
            raise Refusal(f"--set {text}: allowed is PATH=VALUE, such as policy.coaching_share=0.5")
        line = REGISTRY.get(path)
        if line is None:
            raise Refusal(f"--set {text}: no parameter {path}{nearest(path, REGISTRY)}")
        if path in values:
            raise Refusal(f"--set {text}: {path} is set twice")
        values[path] = _value(line, value, text)
    return values


def _value(line: Parameter, value: str, text: str) -> Any:
    if line.choices:
        return value
    if isinstance(line.default, bool):
        if value.lower() in _TRUE + _FALSE:
            return value.lower() in _TRUE
        raise Refusal(f"--set {text}: allowed is {line.allowed}")
    try:
        return int(value) if isinstance(line.default, int) else float(value)
    except ValueError:
        raise Refusal(f"--set {text}: allowed is {line.allowed} ({line.unit})") from None


def named_scenario(name: str, beliefs: str | None, values: dict[str, Any]) -> tuple[str, Scenario]:
    """A preset's or a TOML file's name and its scenario, with single values changed.

    Raises Refusal for a name that is neither; whatever the file or the values do wrong is
    refused by the model.

    >>> named_scenario("coaching", None, {})[1].policy.coaching_share
    0.5
    """
    if name in PRESETS:
        return name, preset(name, known_beliefs(beliefs)).change(values)
    path = Path(name)
    if path.suffix.lower() == ".toml" or path.is_file():
        return path.stem, from_file(path, beliefs).change(values)
    raise Refusal(f"scenario {name}: allowed is a TOML file or {' | '.join(PRESETS)}{nearest(name, PRESETS)}")


def from_file(path: Path, beliefs: str | None) -> Scenario:
    """A scenario from a TOML file, which itself says under which beliefs it stands."""
    from simlead.model.scenario_file import load_scenario

    if beliefs is not None:
        raise Refusal(f"--beliefs {beliefs} with {path}: a scenario file names its own beliefs; "
                      f'write beliefs = "{beliefs}" there')
    return load_scenario(path)


def one_scenario(
    preset_name: str | None, file: Path | None, beliefs: str | None, sets: Sequence[str]
) -> tuple[str, Scenario]:
    """The scenario that --preset or --scenario, --beliefs and --set name together."""
    if preset_name is not None and file is not None:
        raise Refusal("--preset and --scenario: allowed is one of the two")
    if file is not None:
        return file.stem, from_file(file, beliefs).change(assignments(sets))
    name = preset_name or "status_quo"
    if name not in PRESETS:
        raise Refusal(f"--preset {name}: allowed is {' | '.join(PRESETS)}{nearest(name, PRESETS)}")
    return named_scenario(name, beliefs, assignments(sets))


def several_scenarios(
    names: Iterable[str], beliefs: str | None, sets: Sequence[str]
) -> dict[str, Scenario]:
    """Scenarios by name, in the order given; --set holds in every one of them."""
    values, found = assignments(sets), dict[str, Scenario]()
    for name in names:
        short, scenario = named_scenario(name, beliefs, values)
        if short in found:
            raise Refusal(f"scenario {name}: {short} is there already; names must differ")
        found[short] = scenario
    return found


def known_beliefs(beliefs: str | None) -> str:
    """The belief set asked for, `evidence` if none was; a Refusal for any other name."""
    name = beliefs or "evidence"
    if name not in BELIEFS:
        raise Refusal(f"--beliefs {name}: allowed is {' | '.join(BELIEFS)}{nearest(name, BELIEFS)}")
    return name
