"""The file that keeps a room: what it holds after a restart, and every file that it refuses."""

from __future__ import annotations

import os
import sqlite3

import pytest

from simlead.results.files import FileFormatError
from simlead.show.workshop.kept import MOST_STEPS, Kept, default_place


def filled(path, steps=3):
    kept = Kept(path)
    for number in range(steps):
        kept.push({"number": number, "name": "میز"})
    kept.keep_fact("door", {"code": "KXQWMT"})
    return kept


def test_steps_and_facts_are_there_after_a_restart(tmp_path):
    kept = filled(tmp_path / "room.sqlite")
    kept.replace({"number": 7})
    kept.close()
    again = Kept(tmp_path / "room.sqlite")
    assert [step["number"] for step in again.steps] == [0, 1, 7] and again.facts == {"door": {"code": "KXQWMT"}}
    again.undo()
    again.close()
    assert Kept(tmp_path / "room.sqlite").latest == {"number": 1, "name": "میز"}


def test_what_a_killed_server_wrote_is_there(tmp_path):
    path, copy = tmp_path / "room.sqlite", tmp_path / "copy.sqlite"
    kept = filled(path)
    copy.write_bytes(path.read_bytes())  # as it lies on the disk, without being closed
    kept.close()
    assert [step["number"] for step in Kept(copy).steps] == [0, 1, 2]


def test_a_message_that_was_being_written_is_lost_alone(tmp_path):
    path = tmp_path / "room.sqlite"
    kept = filled(path)
    kept._file.execute("begin immediate")
    kept._file.execute("insert into steps (content, hash) values ('{', 'x')")
    kept._file.execute("pragma cache_spill = off")
    halves = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    kept._file.execute("rollback")
    kept.close()
    for name, content in halves.items():
        (tmp_path / f"killed-{name}").write_bytes(content)
    assert [step["number"] for step in Kept(tmp_path / "killed-room.sqlite").steps] == [0, 1, 2]


def test_old_steps_make_room_for_new_ones(tmp_path):
    kept = filled(tmp_path / "room.sqlite", MOST_STEPS + 5)
    assert len(kept.steps) == MOST_STEPS
    kept.close()
    assert [step["number"] for step in Kept(tmp_path / "room.sqlite").steps] == list(range(5, MOST_STEPS + 5))


def fill_the_disk(kept, full=True):
    """Let the file grow no further, or grow again."""
    (pages,) = kept._file.execute("pragma page_count").fetchone()
    kept._file.execute(f"pragma max_page_count = {pages if full else 100_000}")


@pytest.mark.parametrize("further", [
    lambda kept: kept.replace({"number": 8}), lambda kept: kept.undo(), lambda kept: kept.push({"number": 9}),
    lambda kept: kept.keep_fact("language", "fa")], ids=["replace", "undo", "push", "fact"])
def test_after_a_write_that_failed_the_next_keeps_all_that_is_in_memory(tmp_path, further):
    kept = filled(tmp_path / "room.sqlite")
    fill_the_disk(kept)
    with pytest.raises(FileFormatError, match="full"):
        kept.push({"number": 3, "text": "x" * 50_000})
    with pytest.raises(FileFormatError, match="full"):
        kept.keep_fact("tables", "x" * 50_000)
    fill_the_disk(kept, full=False)
    further(kept)
    steps, facts = list(kept.steps), dict(kept.facts)
    kept.close()
    again = Kept(tmp_path / "room.sqlite")
    assert again.steps == steps and again.facts == facts


def test_a_small_write_that_fits_does_not_pass_for_all_that_is_missing(tmp_path):
    kept = filled(tmp_path / "room.sqlite")
    fill_the_disk(kept)
    kept_before = list(kept.steps)
    with pytest.raises(FileFormatError):
        kept.push({"number": 3, "text": "x" * 50_000})
    with pytest.raises(FileFormatError):
        kept.keep_fact("language", "fa")
    kept.close()
    assert Kept(tmp_path / "room.sqlite").steps == kept_before


def test_two_workshops_do_not_share_a_file(tmp_path):
    kept = filled(tmp_path / "room.sqlite")
    with pytest.raises(FileFormatError, match="in use by another workshop; name another one with --keep"):
        Kept(tmp_path / "room.sqlite")
    kept.close()
    assert Kept(tmp_path / "room.sqlite").latest


@pytest.mark.skipif(os.name != "posix", reason="needs permissions of POSIX")
def test_no_other_user_reads_the_links_of_a_room(tmp_path):
    filled(tmp_path / "room.sqlite").close()
    assert (tmp_path / "room.sqlite").stat().st_mode & 0o077 == 0


def foreign(path):
    """A sound database of another program."""
    with sqlite3.connect(path) as file:
        file.execute("create table steps (number, content, hash)")
    file.close()


def other_version(path):
    filled(path).close()
    with sqlite3.connect(path) as file:
        file.execute("pragma user_version = 9")
    file.close()


def other_content(path):
    filled(path).close()
    with sqlite3.connect(path) as file:
        file.execute("update steps set content = replace(content, '1', '2')")
    file.close()


def no_tables(path):
    filled(path).close()
    with sqlite3.connect(path) as file:
        file.execute("drop table facts")
    file.close()


SPOILED = {
    "text": lambda path: path.write_text("no database"), "foreign": foreign, "version": other_version,
    "content": other_content, "tables": no_tables, "folder": lambda path: path.mkdir(),
    "half": lambda path: (filled(path).close(), path.write_bytes(path.read_bytes()[:5000])),
    "head": lambda path: (filled(path).close(), path.write_bytes(path.read_bytes()[:100])),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_file_that_is_no_room_is_refused_in_one_line_and_left(tmp_path, spoil):
    path = tmp_path / "room.sqlite"
    spoil(path)
    before = None if path.is_dir() else path.read_bytes()
    with pytest.raises(FileFormatError) as refused:
        Kept(path)
    assert "room.sqlite" in str(refused.value) and "\n" not in str(refused.value)
    assert before is None or path.read_bytes() == before


def test_every_damaged_byte_is_refused_or_changes_nothing(tmp_path):
    path = tmp_path / "room.sqlite"
    filled(path).close()
    whole, wrong = path.read_bytes(), []
    for place in range(0, len(whole), max(1, len(whole) // 250)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1:])
        try:
            kept = Kept(path)
        except FileFormatError as refusal:
            assert "\n" not in str(refusal)
            continue
        if [step["number"] for step in kept.steps] != [0, 1, 2] or kept.facts != {"door": {"code": "KXQWMT"}}:
            wrong.append(place)
        kept.close()
    assert wrong == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileFormatError, match="cannot be used"):
        Kept(tmp_path / "file" / "room.sqlite")


def test_a_folder_and_a_missing_folder_are_refused_with_advice(tmp_path):
    with pytest.raises(FileFormatError, match="not a regular file; name a file with --keep"):
        Kept(tmp_path)
    with pytest.raises(FileFormatError, match="there is no folder"):
        Kept(tmp_path / "nowhere" / "room.sqlite")
    assert not (tmp_path / "nowhere").exists()


def test_the_default_place_makes_its_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    Kept(default_place()).close()
    assert default_place().is_file()


def test_each_firm_has_a_place_of_its_own_in_the_users_state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_place() == tmp_path / "simlead" / "session.sqlite"
    assert default_place("ab12").name == "session-ab12.sqlite"
