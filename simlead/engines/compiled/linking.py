"""How parts of the compiled engine are compiled: for those that call them, without machine code of their own.

Numba makes machine code of every function as soon as it is compiled, and each of them holds a copy of all that it
calls. A part is called by compiled code only, so its code is needed in the module of the entry that it ends in, and
nowhere else: machine code is made of entries alone. Numba prunes reference counts between two rounds of passes; a
part has none, so one round is enough.

This uses what Numba offers for compilers of one's own (`pipeline_class`), and of its library of code two methods
that it keeps to itself; the lowest and the newest supported version are both tried in the project's checks.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.environment import lookup_environment
from numba.core.typed_passes import NativeLowering

_pass: Any = register_pass


class PartLibrary(JITCodeLibrary):
    """The code of one part: optimised, ready to be copied into what calls it, and never placed in memory."""

    def _optimize_final_module(self) -> None:
        made = self._codegen._module_pass_manager()
        if not isinstance(made, tuple):  # before Numba 0.62
            super()._optimize_final_module()
            return
        passes, builder = made
        with self._recorded_timings.record("Module passes", builder):
            passes.run(self._final_module, builder)

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


@_pass(mutates_CFG=True, analysis_only=False)
class PartLowering(NativeLowering):
    """From Numba's own code to that of LLVM, in a library for parts."""

    _name = "lowering_of_a_part"

    def run_pass(self, state: Any) -> bool:
        """Make the code known to callers; from Python it cannot be called."""
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        made, about = state["cr"], state["cr"].fndesc
        uncallable = _dynfunc.make_function(
            about.lookup_module(), about.qualname, "", 0, made.env, (state.library,))
        state["cr"] = made._replace(cfunc=uncallable)
        state.targetctx.insert_user_function(uncallable, about, [state.library])
        return True


@_pass(mutates_CFG=True, analysis_only=False)
class EntryLowering(NativeLowering):
    """As Numba lowers, and give the parts within an entry what they raise exceptions from."""

    _name = "lowering_of_an_entry"

    def run_pass(self, state: Any) -> bool:
        """Set the environment of every part, as Numba does for each function that has machine code."""
        super().run_pass(state)
        for variable in state.library._final_module.global_variables:
            environment = lookup_environment(variable.name)
            if environment is not None:
                state.library.codegen.set_env(variable.name, environment)
        return True


def _lowered_by(lowering: Any, state: Any) -> list[Any]:
    """Numba's pipeline with another lowering."""
    usual = DefaultPassBuilder.define_nopython_pipeline(state)
    usual.add_pass_after(lowering, NativeLowering)
    usual.passes = [line for line in usual.passes if line[0] is not NativeLowering]
    usual.finalize()
    return [usual]


class PartCompiler(CompilerBase):
    """Compiles a function that only compiled code calls."""

    def define_pipelines(self) -> list[Any]:
        """The passes in their order."""
        return _lowered_by(PartLowering, self.state)


class EntryCompiler(CompilerBase):
    """Compiles a function that calls parts."""

    def define_pipelines(self) -> list[Any]:
        """The passes in their order."""
        return _lowered_by(EntryLowering, self.state)
