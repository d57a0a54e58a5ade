"""`simlead workshop` at the command line: what it refuses, and how it ends."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from simlead.cli import main
from simlead.cli.failures import Refusal
from simlead.cli.workshop import room_firm
from simlead.show.workshop.addresses import free_port, in_use, is_local, names_of


@pytest.fixture
def taken():
    """A port that somebody listens at."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


def refused(capsys, *arguments):
    """The one line with which a request was refused."""
    assert main(["workshop", "--no-browser", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1
    return printed.err


def test_a_port_in_use_suggests_another(capsys, taken):
    line = refused(capsys, "--port", str(taken))
    assert f"--port {taken} is in use at 127.0.0.1" in line
    suggested = int(line.rstrip().rpartition("--port ")[2])
    assert suggested > taken and not in_use("127.0.0.1", suggested)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(capsys, port):
    assert "--port" in refused(capsys, "--port", port)


def test_another_machines_address_is_refused(capsys):
    assert "allowed is an address of this machine" in refused(capsys, "--address", "192.0.2.7")


def test_an_unknown_language_is_refused_with_those_there_are(capsys):
    line = refused(capsys, "--language", "farsi")
    assert "en (English)" in line and "fa" in line


def test_a_missing_extra_says_what_to_install(capsys, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "tornado" else found(name, *rest))
    assert 'pip install "simlead[workshop]"' in refused(capsys)


@pytest.mark.parametrize("content", ["", "{}", json.dumps({"kind": "simlead workshop", "version": 1})])
def test_a_file_that_is_no_session_is_refused(capsys, tmp_path, content):
    path = tmp_path / "room.json"
    path.write_text(content)
    assert "room.json" in refused(capsys, "--session", str(path))


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs /dev/zero and pipes with names")
def test_a_device_and_a_pipe_are_no_session_and_are_not_read(capsys, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path / "pipe"):
        assert "not a regular file" in refused(capsys, "--session", str(path))


def test_a_firm_whose_horizon_holds_no_year_is_refused_with_what_is_allowed():
    with pytest.raises(Refusal, match=r"calendar\.horizon_weeks = 26: .*; allowed there is 52 or more"):
        room_firm("status_quo", None, ["calendar.horizon_weeks=26"])
    assert room_firm("status_quo", None, ["calendar.horizon_weeks=52"]) is not None


@pytest.mark.parametrize("address", ["", " "])
def test_an_empty_address_is_refused(capsys, address):
    assert "allowed is an address of this machine" in refused(capsys, "--address", address)


def test_a_session_that_is_not_there_is_refused(capsys, tmp_path):
    assert "nowhere.zip" in refused(capsys, "--session", str(tmp_path / "nowhere.zip"))


def test_a_free_port_is_found_beyond_those_in_use(taken):
    assert in_use("127.0.0.1", taken)
    assert free_port("127.0.0.1", taken) > taken


def test_it_is_bound_to_this_machine_unless_told_otherwise():
    assert is_local("127.0.0.1") and is_local("localhost") and is_local("::1")
    assert not is_local("0.0.0.0") and not is_local("192.168.1.5")
    assert set(names_of("127.0.0.1")) == {"127.0.0.1", "localhost", "[::1]"}
    assert "0.0.0.0" not in names_of("0.0.0.0") and "localhost" in names_of("0.0.0.0")


def start(*arguments):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return port, subprocess.Popen(
        [sys.executable, "-m", "simlead.cli", "workshop", "--port", str(port), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_without_display())


def _without_display():
    return {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_quietly_when_it_is_told(number, status):
    port, process = start()
    try:
        assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        assert process.stdout.readline().startswith("The session is kept in ")
        assert in_use("127.0.0.1", port)
        process.send_signal(number)
        out, printed = process.communicate(timeout=120)
    finally:
        process.kill()
    assert (process.returncode, out) == (status, "")
    assert "Traceback" not in printed and not in_use("127.0.0.1", port)
    assert f"open http://127.0.0.1:{port}/" in printed  # there is no browser here


def opened(monkeypatch, capsys, *arguments):
    """What the command says once the server is there, and what the server is asked for."""
    asked = {}

    def serve(workshop, **given):
        asked.update(given, workshop=workshop)
        given["started"]()
        return signal.SIGINT

    monkeypatch.setattr("simlead.show.workshop.server.serve", serve)
    monkeypatch.setattr("simlead.study.engines.warm_up_compiler", lambda _: None)
    assert main(["workshop", "--no-browser", *arguments]) == 130
    return capsys.readouterr().out.splitlines(), asked


def test_by_default_this_machine_alone_reaches_it_and_says_where_it_is_kept(monkeypatch, capsys, tmp_path):
    printed, asked = opened(monkeypatch, capsys, "--keep", str(tmp_path / "room.sqlite"))
    assert asked["address"] == "127.0.0.1" and asked["workshop"].room.door is None
    assert printed == ["The workshop is open at http://127.0.0.1:5006/ (Ctrl-C ends it).",
                      f"The session is kept in {tmp_path / 'room.sqlite'}."]


@pytest.mark.parametrize("arguments", [["--room"], ["--address", "0.0.0.0"]])
def test_a_room_for_the_network_has_a_code_for_tables_and_a_secret_for_the_facilitator(
        monkeypatch, capsys, tmp_path, arguments):
    printed, asked = opened(monkeypatch, capsys, *arguments, "--keep", str(tmp_path / "room.sqlite"))
    door = asked["workshop"].room.door
    assert asked["address"] == "0.0.0.0"
    assert f"http://127.0.0.1:5006/r/{door.code}/lead/?key={door.secret} for the facilitator alone" in printed[0]
    assert printed[1] == f"Tables join at http://{asked['join_host']}/r/{door.code}/" and door.secret not in printed[1]
    again, other = opened(monkeypatch, capsys, "--room", "--keep", str(tmp_path / "room.sqlite"))
    assert other["workshop"].room.door == door  # the links still hold after a restart
    assert again[:2] == printed[:2]


def test_a_room_may_be_tried_on_this_machine_alone(monkeypatch, capsys, tmp_path):
    place = str(tmp_path / "room.sqlite")
    printed, asked = opened(monkeypatch, capsys, "--room", "--address", "127.0.0.1", "--keep", place)
    assert asked["address"] == "127.0.0.1" and printed[1].startswith("Tables join at http://127.0.0.1:5006/r/")


def test_the_terminal_lists_the_addresses_that_the_code_does_not_have(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("simlead.show.workshop.addresses.addresses_of", lambda _: ["192.168.1.7", "10.42.0.1"])
    monkeypatch.setattr("simlead.cli.workshop._need_libraries", lambda: None)
    printed, asked = opened(monkeypatch, capsys, "--room", "--keep", str(tmp_path / "room.sqlite"))
    path = asked["workshop"].room.door.path
    assert asked["join_host"] == "192.168.1.7:5006" and printed[1].endswith(f" http://192.168.1.7:5006{path}")
    assert printed[2].endswith(f" http://10.42.0.1:5006{path}") and printed[3].startswith("The session is kept in ")


def test_a_language_that_is_asked_for_comes_before_the_one_that_is_kept(monkeypatch, capsys, tmp_path):
    spoken = []
    for arguments in ([], ["--language", "fa"], [], ["--language", "en"], []):
        _, asked = opened(monkeypatch, capsys, *arguments, "--keep", str(tmp_path / "room.sqlite"))
        spoken.append(asked["workshop"].room.session.language)
    assert spoken == ["en", "fa", "fa", "en", "en"]


def test_the_rooms_of_two_firms_are_kept_apart(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    opened(monkeypatch, capsys)
    opened(monkeypatch, capsys, "leadership")
    assert len(list((tmp_path / "simlead").glob("session*.sqlite"))) == 2


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + bytes(84)])
def test_a_file_that_keeps_no_room_is_refused_and_left_as_it_is(capsys, tmp_path, content):
    path = tmp_path / "room.sqlite"
    path.write_bytes(content)
    line = refused(capsys, "--keep", str(path))
    assert "room.sqlite" in line and "name another one with --keep" in line and path.read_bytes() == content
