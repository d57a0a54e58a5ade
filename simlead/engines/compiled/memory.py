"""Records by address: access to pools of records without arrays as arguments.

A numpy array costs seven machine words in a call and is counted by reference; a record is
one pointer. So the firm is a record that knows where its pools begin, and a pool's slot
becomes a record by adding up an address. Without compilation (NUMBA_DISABLE_JIT=1) the
same memory is seen through ctypes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from simlead.engines.compiled.linking import EntryCompiler, PartCompiler
from simlead.model.rulebook import compiled

Function = TypeVar("Function", bound=Callable[..., Any])
_settings: Any = numba.config

CACHE_LINE_BYTES = 64


def entry(function: Function) -> Function:
    """Compile as `rule` does, for calls from Python; other threads may run meanwhile."""
    return compiled(function, cache=True, nogil=True, no_cfunc_wrapper=True, pipeline_class=EntryCompiler)


def part(function: Function) -> Function:
    """Compile for calls from compiled code only: nothing to be called or cached by itself."""
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=PartCompiler)


def inlined(function: Function) -> Function:
    """As `part`, and copy the code to where it is called."""
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True,
                    pipeline_class=PartCompiler)


def pool(name: str, dtype: Any) -> Any:
    """(owner, slot) -> the record in that slot of the pool that begins at `owner.name`; no copy.

    Not a compiled function, since those return records as copies.
    """
    if _settings.DISABLE_JIT:
        return lambda owner, slot: _interpreted(int(owner[name]) + int(slot) * dtype.itemsize, dtype)
    record = numba.from_dtype(dtype)

    @intrinsic
    def at(_: Any, owner: Any, slot: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            begin = _field(context, builder, owner, arguments[0], name)
            size = context.get_constant(types.int64, record.size)
            there = builder.add(begin, builder.mul(arguments[1], size))
            return builder.inttoptr(there, context.get_value_type(record))

        return record(owner, types.int64), generate

    return at


def early(name: str, dtype: Any, used_bytes: int | None = None) -> Any:
    """(owner, slot) -> nothing: ask for the record to be brought near; reading it soon will not wait.

    `used_bytes` is the part of the record that is used most and stands first; all if None.
    A record that is not in the processor's own cache takes as long as a whole event to
    arrive. Several on their way at once take no longer than one.
    """
    if _settings.DISABLE_JIT:
        return lambda owner, slot: None
    lines = -(-(used_bytes or dtype.itemsize) // CACHE_LINE_BYTES)

    @intrinsic
    def fetch(_: Any, owner: Any, slot: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            begin = _field(context, builder, owner, arguments[0], name)
            size = context.get_constant(types.int64, dtype.itemsize)
            there = builder.add(begin, builder.mul(arguments[1], size))
            byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
            declared: Any = cgutils.get_or_insert_function
            prefetch = declared(
                builder.module, ir.FunctionType(ir.VoidType(), [byte, word, word, word]), "llvm.prefetch.p0")
            for line in range(lines):
                at = builder.add(there, context.get_constant(types.int64, line * CACHE_LINE_BYTES))
                # to be read, kept in every cache, data
                builder.call(prefetch, [builder.inttoptr(at, byte), word(0), word(3), word(1)])
            return context.get_dummy_value()

        return types.none(owner, types.int64), generate

    return fetch


@intrinsic
def _trailing_zeros(_: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), generate


def _trailing_zeros_interpreted(word: int) -> int:
    return (int(word) & -int(word)).bit_length() - 1


lowest_bit: Any = _trailing_zeros_interpreted if _settings.DISABLE_JIT else _trailing_zeros
"""(word) -> the place of the lowest bit that is set in a word that is not 0."""


def only(name: str, dtype: Any) -> Any:
    """(owner) -> the one record at `owner.name`; no copy."""
    if _settings.DISABLE_JIT:
        return lambda owner: _interpreted(int(owner[name]), dtype)
    record = numba.from_dtype(dtype)

    @intrinsic
    def of(_: Any, owner: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            there = _field(context, builder, owner, arguments[0], name)
            return builder.inttoptr(there, context.get_value_type(record))

        return record(owner), generate

    return of


def _field(context: Any, builder: Any, owner: Any, pointer: Any, name: str) -> Any:
    member: Any = cgutils.get_record_member
    return builder.load(member(builder, pointer, owner.offset(name), context.get_data_type(types.int64)))


def _interpreted(address: int, dtype: Any) -> Any:
    memory = (ctypes.c_byte * dtype.itemsize).from_address(address)
    return np.frombuffer(memory, dtype)[0]
