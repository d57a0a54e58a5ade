"""The folder of what can be made again: kept once, never believed when damaged."""

import pytest

from simlead.model import cache
from simlead.model.meaning import hash_of_meaning, source_hash


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache of its own, also for the memory of this process."""
    monkeypatch.setenv("SIMLEAD_CACHE_DIR", str(tmp_path))
    cache.cache_folder.cache_clear()
    yield tmp_path / cache.bytes_hash()
    cache.cache_folder.cache_clear()


def test_a_text_is_made_once_and_found_again(folder):
    made = iter(["first", "second"])
    assert cache.kept("text", lambda: next(made)) == cache.kept("text", lambda: next(made)) == "first"
    assert cache.kept("other", lambda: next(made)) == "second"


@pytest.mark.parametrize("damage", [lambda file: b"", lambda file: file[:-1], lambda file: file[:70] + b"x" + file[71:],
                                    lambda file: b"\xff" * 80, lambda file: file + b"\n"])
def test_a_damaged_text_is_made_again(folder, damage):
    cache.kept("text", lambda: "the right one")
    file = folder / "text"
    file.write_bytes(damage(file.read_bytes()))
    assert cache.kept("text", lambda: "made again") == "made again"
    assert cache.kept("text", lambda: "not asked for") == "made again"


def test_a_folder_in_its_place_costs_time_only(folder):
    folder.mkdir(parents=True)
    (folder / "text").mkdir()
    assert cache.kept("text", lambda: "made") == "made"


def test_the_kept_hash_of_the_sources_is_the_one_they_have(folder):
    source_hash.cache_clear()
    first = source_hash()
    source_hash.cache_clear()
    package = cache.Path(str(cache.resources.files("simlead")))
    assert source_hash() == first == hash_of_meaning(package)
    assert (folder / "hash of the meaning").exists()
