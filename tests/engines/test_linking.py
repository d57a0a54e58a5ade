"""Parts have no machine code of their own, and raise what they raise all the same."""

import pytest

numba = pytest.importorskip("numba")

from simlead.engines.compiled.linking import EntryCompiler, PartCompiler  # noqa: E402

pytestmark = [
    pytest.mark.slow,  # Numba starts
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")]

AS_A_PART = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def halved(number):
    if number & 1:
        raise ValueError("not even", number)
    return number // 2


def entry_with(part):
    @numba.njit(pipeline_class=EntryCompiler)
    def quartered(number):
        return part(part(number))

    return quartered


def places_in_memory(part):
    """For each compiled version of a part, whether it can be jumped to."""
    return [made.library.codegen._engine.is_symbol_defined(made.fndesc.llvm_func_name)
            for made in part.overloads.values()]


def test_a_part_is_copied_into_its_entry_and_nowhere_else():
    part = numba.njit(pipeline_class=PartCompiler, **AS_A_PART)(halved)
    assert entry_with(part)(12) == 3
    assert places_in_memory(part) == [False]


def test_as_numba_compiles_by_itself_it_would_have_a_place_too():
    part = numba.njit(**AS_A_PART)(halved)
    assert entry_with(part)(12) == 3
    assert places_in_memory(part) == [True]


def test_what_a_part_raises_arrives_with_its_values():
    entry = entry_with(numba.njit(pipeline_class=PartCompiler, **AS_A_PART)(halved))
    with pytest.raises(ValueError, match="not even") as raised:
        entry(6)
    assert raised.value.args == ("not even", 3)
