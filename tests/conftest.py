"""What all tests share: engines that are compiled before the first test looks at a clock or at stderr."""

from __future__ import annotations

import pytest

from simlead.study.engines import ENGINES, ready


@pytest.fixture(scope="session", autouse=True)
def compiled_engines():
    for name in ENGINES:
        ready(name)
