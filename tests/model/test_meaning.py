"""The hash of meaning: words, formatting and moves leave it as it is, code and numbers change it."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

import simlead
from simlead.model.meaning import hash_of_meaning, source_hash
from simlead.results.provenance import EARLIER_REGISTRIES, EARLIER_SOURCES, registry_hash, same_answers

PACKAGE = Path(simlead.__file__).parent
GOLDEN = Path(__file__).parents[1] / "engines/golden.json"


@pytest.fixture
def package(tmp_path):
    """A copy of the parts that count."""
    for part in ("model", "engines", "data"):
        shutil.copytree(PACKAGE / part, tmp_path / "simlead" / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "simlead"


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def reword(package):
    edit(package / "model/rules/buyers.py", "Value of a deal in dollars of the switch", "What a deal is worth")
    edit(package / "model/draws.py", "# Purposes. ", "# What draws are for. ")
    edit(package / "model/market.py", "median value of a deal in the year of the switch", "a typical deal")
    edit(package / "model/rules/people.py", "area = u * total", "area = (u\n            * total)")


def hint(package):
    edit(package / "model/rules/people.py", "from __future__", "from typing import Any\nfrom __future__")
    edit(package / "model/rules/people.py", "(u: float, hazard_per_month: float", "(u: Any, hazard_per_month: float")


def move(package):
    (package / "model/chance").mkdir()
    (package / "model/chance/__init__.py").write_text('"""All that is random."""\n')
    (package / "model/draws.py").rename(package / "model/chance/draws.py")
    for file in package.rglob("*.py"):
        text = file.read_text(encoding="utf-8").replace("simlead.model.draws", "simlead.model.chance.draws")
        text = text.replace(
            "from simlead.model import draws, ", "from simlead.model.chance import draws\nfrom simlead.model import ")
        file.write_text(text.replace("from simlead.model import draws\n", "from simlead.model.chance import draws\n"))


def repeat_the_calibration(package):
    edit(package / "data/calibration.json", '"replications": 200', '"replications": 400')


@pytest.mark.parametrize("change", [reword, hint, move, repeat_the_calibration])
def test_what_means_the_same_has_the_same_hash(change, package):
    change(package)
    assert hash_of_meaning(package) == source_hash()


@pytest.mark.parametrize(("file", "old", "new"), [
    ("model/rules/buyers.py", "median * math.exp(sigma * value_z)", "median * math.exp(sigma + value_z)"),
    ("model/draws.py", "2.220446049250313e-16", "2.220446049250314e-16"),
    ("model/draws.py", "PROMOTION: Final = 33", "PROMOTION: Final = 34"),
    ("model/market.py", "(250.0, 450.0)", "(250.0, 451.0)"),
    ("model/policy.py", '"best_seller", "best_coach"', '"best_sellers", "best_coach"'),
    ("engines/plan.py", "rules import buyers, managers", "rules import managers as buyers, buyers as managers"),
    ("engines/plan.py", "import math\n", "import cmath as math\n"),
    ("engines/weeks.py", "@rule\n", ""),
])
def test_what_means_something_else_has_another(file, old, new, package):
    edit(package / file, old, new)
    assert hash_of_meaning(package) != source_hash()


def test_another_calibrated_number_is_another_model(package):
    before = hash_of_meaning(package)
    content = json.loads((package / "data/calibration.json").read_text(encoding="utf-8"))
    content["sets"]["default.evidence"]["values"]["world.our_utility"] += 1e-9
    (package / "data/calibration.json").write_text(json.dumps(content), encoding="utf-8")
    assert hash_of_meaning(package) != before


def test_earlier_versions_give_the_same_answers_as_long_as_the_golden_runs_are_theirs():
    """Whoever makes new golden runs has to empty the lists of earlier hashes, then write the new hash here."""
    assert hashlib.sha256(GOLDEN.read_bytes()).hexdigest()[:16] == "b1c162716e42a3db"
    assert all(same_answers(there) for there in (*EARLIER_SOURCES, source_hash()))
    assert all(same_answers(there, registry_hash()) for there in (*EARLIER_REGISTRIES, registry_hash()))
    assert not same_answers(EARLIER_REGISTRIES[0]) and not same_answers("0123456789abcdef")
    assert not same_answers(EARLIER_SOURCES[0], "0123456789abcdef")
