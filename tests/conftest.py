"""What all tests share: engines that are compiled before the first test looks at a clock or at stderr."""

from __future__ import annotations

import os

# Two test processes share the cores: threads of linear algebra would only wait for one another. Before numpy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402

from simlead.study.engines import ENGINES, warm_up_compiler  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def compiled_engines():
    for name in ENGINES:
        warm_up_compiler(name)


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory):
    """A workshop that a test opens is kept in no folder of the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
