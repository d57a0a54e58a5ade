"""A Dask cluster makes the rows that this machine makes, whoever dies meanwhile; others are refused in a line."""

import contextlib
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import simlead
from simlead.cli import main
from simlead.engines.contract import SimulationError
from simlead.model.parameters import ParameterError
from simlead.model.scenario import Scenario
from simlead.study.sweeps import cluster
from simlead.study.sweeps.cluster import cluster_executor, identity, refuse_other
from simlead.study.sweeps.sweep import SweepWarning, open_sweep, sweep

FIRM = Scenario().change({
    "organisation.teams": 1, "organisation.seats_per_team": 2,
    "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 52})
TABLE = pd.DataFrame({"policy.coaching_share": [0.0, 0.2, 0.4], "policy.role_clarity": [0.3, 0.6, 0.9]})
PACKAGE = Path(simlead.__file__).parent


def swept(out, replications=30, **options):
    return sweep(TABLE, out=out, scenario=FIRM, replications=replications, seed=4, **options)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The runs as this process makes them."""
    return swept(tmp_path_factory.mktemp("here") / "sweep", workers=1).runs()


def local_cluster(workers):
    """A real cluster on loopback, of so many worker processes."""
    from distributed import LocalCluster

    return LocalCluster(host="127.0.0.1", processes=True, n_workers=workers, threads_per_worker=1,
                        dashboard_address="127.0.0.1:0", silence_logs="CRITICAL")


@pytest.fixture(scope="module")
def dask():
    with local_cluster(2) as local:
        yield local


def processes_of(local):
    return [nanny.process.pid for nanny in local.workers.values()]


# The same rows.


@pytest.mark.slow
def test_a_cluster_makes_the_rows_of_this_machine_and_is_let_go(dask, here, tmp_path):
    executor = cluster_executor(dask.scheduler_address)
    assert executor.workers == 2
    threads = set(threading.enumerate())
    swept(tmp_path / "there", replications=7, workers=1)  # begun here, it goes on there
    pd.testing.assert_frame_equal(swept(tmp_path / "there", cluster=executor).runs(), here)
    assert not [thread for thread in set(threading.enumerate()) - threads if "IO loop" in thread.name]
    assert [client for client in dask.scheduler.clients if client.startswith("Client")] == []


@pytest.mark.slow
def test_a_worker_killed_mid_sweep_costs_nothing_but_time(dask, here, tmp_path):
    victims = []

    def kill_one(done, total):
        if done >= 20 and not victims:
            victims.append(processes_of(dask)[0])
            os.kill(victims[0], signal.SIGKILL)

    there = swept(tmp_path / "there", cluster=dask.scheduler_address, progress=kill_one)
    assert victims
    pd.testing.assert_frame_equal(there.runs(), here)
    assert there.status().complete and there.failures().empty


@pytest.mark.slow
def test_functions_defined_here_work_and_fail_there_as_they_do_here(dask, tmp_path):
    factor = 2.0

    def twice(run):
        if run.replicate == 1:
            raise RuntimeError("no such thing")
        return factor * float(run.weeks()["revenue"].sum())

    with pytest.warns(SweepWarning, match="3 runs failed: 3 of RuntimeError"):
        there, here = (swept(tmp_path / name, replications=3, own_measures={"twice": twice}, **where)
                       for name, where in (("there", {"cluster": dask.scheduler_address}), ("here", {"workers": 1})))
    failures = there.failures()
    assert list(failures["replicate"]) == [1, 1, 1]
    assert set(failures["message"]) == {"no such thing"}
    assert len(there.runs()) == 6
    pd.testing.assert_frame_equal(there.runs(), here.runs())


@pytest.mark.slow
def test_the_command_runs_on_it(dask, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.toml").write_text("""
[study]
replications = 3
[scenario.set]
"organisation.teams" = 1
"organisation.seats_per_team" = 2
"calendar.warmup_weeks" = 52
"calendar.horizon_weeks" = 52
[design]
kind = "grid"
[design.factors]
"policy.coaching_share" = { values = [0.0, 0.4] }
""")
    address = dask.scheduler_address
    assert main(["sweep", "study.toml", "--check", "--cluster", address]) == 0
    assert "with 2 workers" in capsys.readouterr().out
    assert main(["sweep", "study.toml", "--out", "there", "--cluster", address]) == 0
    assert "6 runs made; 6 runs at 2 points are in there." in capsys.readouterr().out
    assert main(["sweep", "study.toml", "--out", "here", "--workers", "1"]) == 0
    pd.testing.assert_frame_equal(open_sweep("there").runs(), open_sweep("here").runs())


# Refusals, before anything is run.


@pytest.mark.parametrize("address", [
    "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536",
    "http://127.0.0.1:8787", "tcp://127.0.0.1:8786/status", "tcp://a b:1", "tcp://127.0.0.1:８７８６", "", 8786, None])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ParameterError, match=r"^cluster .*: allowed is tcp://HOST:PORT$"):
        cluster_executor(address)


@contextlib.contextmanager
def nobody():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


@contextlib.contextmanager
def silence():
    with nobody() as port, socket.socket() as listener:
        listener.bind(("127.0.0.1", port + 1 if port < 65535 else port - 1))
        listener.listen()
        yield listener.getsockname()[1]


@contextlib.contextmanager
def web_server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        server.RequestHandlerClass.log_message = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("stranger", [nobody, silence, web_server])
def test_where_no_scheduler_answers_is_told_soon(stranger, monkeypatch, capfd):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with stranger() as port:
        began = time.monotonic()
        with pytest.raises(ParameterError) as refusal:
            cluster_executor(f"tcp://127.0.0.1:{port}")
        assert time.monotonic() - began < 5.0
    assert str(refusal.value) == (
        f"cluster tcp://127.0.0.1:{port}: no Dask scheduler answers there; start one with `dask scheduler`")
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_workers_address_is_not_the_schedulers(dask):
    with pytest.raises(ParameterError, match="a Dask worker answers there; the scheduler's address is needed"):
        cluster_executor(dask.workers[0].worker_address)


def test_a_cluster_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.5)
    with local_cluster(0) as empty, pytest.raises(ParameterError, match="no worker is connected to it; start some"):
        cluster_executor(empty.scheduler_address)


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r'^cluster: needs Dask; pip install "simlead\[dask\]"$'):
        cluster_executor("tcp://127.0.0.1:8786")


@pytest.mark.parametrize(("there", "said"), [
    ({}, "no simlead there, or an older one"),
    ({**identity(), "numpy": "1.0"}, "(numpy 1.0 there, "),
    ({**identity(), "code of model and engines": "0123456789abcdef"}, "(code of model and engines 0123456789abcdef "),
])
def test_another_worker_is_refused_by_what_is_other(there, said):
    with pytest.raises(ParameterError) as refusal:
        refuse_other(identity(), there, "tcp://a:1", "tcp://b:2")
    assert str(refusal.value).startswith("cluster tcp://a:1: worker tcp://b:2 would not make the same results")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_a_worker_that_joined_later_is_compared_too(dask, tmp_path, monkeypatch):
    # Nobody is compared at the start, as if the worker had not been there yet.
    monkeypatch.setattr(cluster.Cluster, "_compare_workers", lambda self: None)
    executor = cluster_executor(dask.scheduler_address)
    monkeypatch.setattr(cluster, "identity", lambda: {"numpy": "1.0"})
    with pytest.raises(ParameterError, match="would not make the same results"):
        swept(tmp_path / "there", cluster=executor)
    assert open_sweep(tmp_path / "there").runs().empty


# Whole processes: other code, and a scheduler that ends.


@contextlib.contextmanager
def process(*command, **variables):
    started = subprocess.Popen(
        [sys.executable, "-P", "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **variables})
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@contextlib.contextmanager
def worker(address, **variables):
    """A worker process without a nanny that has joined the scheduler."""
    with process("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                 **variables) as started:
        for line in started.stderr:
            if "Registered to" in line:
                break
        yield started


def without_simlead(folder):
    (folder / "simlead").mkdir()
    (folder / "simlead" / "__init__.py").write_text("raise ImportError('not here')")


def with_other_rules(folder):
    shutil.copytree(PACKAGE, folder / "simlead", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "simlead" / "model" / "draws.py").open("a") as file:
        file.write("\nEDITED = True\n")


@pytest.mark.slow
@pytest.mark.parametrize(("prepare", "said"), [
    (without_simlead, "(no simlead there, or an older one)"),
    (with_other_rules, "(code of model and engines "),
])
def test_a_worker_with_other_code_is_refused(tmp_path, prepare, said):
    prepare(tmp_path)
    with local_cluster(0) as empty, worker(empty.scheduler_address, PYTHONPATH=str(tmp_path)):
        with pytest.raises(ParameterError) as refusal:
            swept(tmp_path / "there", cluster=empty.scheduler_address)
        assert said in str(refusal.value)
        assert "\n" not in str(refusal.value)


@pytest.mark.slow
def test_a_scheduler_that_ends_is_told_and_what_is_done_is_kept(here, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2.0)
    with process("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard") as scheduler:
        address = next(line for line in scheduler.stderr if "Scheduler at:" in line).split()[-1]
        with worker(address):
            def end_it(done, total):
                if done >= 10:
                    scheduler.kill()

            with pytest.raises(SimulationError, match="the scheduler went away; finished runs are stored"):
                swept(tmp_path / "there", cluster=address, progress=end_it)
    done = open_sweep(tmp_path / "there").status().runs_done
    assert 10 <= done < len(here)
    pd.testing.assert_frame_equal(swept(tmp_path / "there", workers=2).runs(), here)


@pytest.mark.slow
def test_nobody_left_to_work_is_told_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "LOST_SECONDS", 2.0)
    with local_cluster(0) as empty, worker(empty.scheduler_address) as only_one, \
            pytest.raises(SimulationError, match="no worker is left; finished runs are stored"):
        swept(tmp_path / "there", cluster=empty.scheduler_address,
              progress=lambda done, total: done and only_one.kill())
