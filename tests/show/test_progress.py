"""Progress: a rate and the time left, one line that does not grow, and silence in a script."""

import os
import pty
import re
import select
import subprocess
import sys
from types import SimpleNamespace

import pytest
from rich.progress import Progress as Counter

from simlead.show.progress import Count, progress_bar

COUNTING = """
import time
from simlead.show.progress import progress_bar
with progress_bar("runs") as progress:
    for done in range(21):
        progress(done, 20)
        time.sleep(0.02)
"""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def count_of(clock):
    return Count("runs", Counter(disable=True, get_time=clock, speed_estimate_period=60.0))


def test_the_rate_is_that_of_the_last_minute():
    clock = Clock()
    count = count_of(clock)
    count.text(0, 10_000)
    clock.now += 600.0  # ten slow minutes
    assert count.text(60, 10_000) == "60 of 10,000 runs, 6 a minute, 27 h 37 min left"
    for step in range(90):  # then ten runs a second
        clock.now += 1.0
        text = count.text(60 + 10 * (step + 1), 10_000)
    assert text == "960 of 10,000 runs, 10 a second, 15 min left"


def test_what_an_earlier_session_made_is_not_counted_in_the_rate():
    clock = Clock()
    count = count_of(clock)
    count.text(9_000, 10_000)
    clock.now += 10.0
    assert count.text(9_010, 10_000) == "9,010 of 10,000 runs, 1.0 a second, 16 min left"
    clock.now += 990.0
    assert "left" not in count.text(10_000, 10_000)
    assert count.summary() == "1,000 runs in 17 min"


def test_another_total_is_another_stage_with_a_rate_of_its_own():
    clock = Clock()
    count = count_of(clock)
    count.text(0, 100)
    for done in range(10, 110, 10):
        clock.now += 1.0
        count.text(done, 100)
    for done in range(101, 111):
        clock.now += 10.0
        text = count.text(done, 200)
    assert text == "110 of 200 runs, 6 a minute, 15 min left"


def test_nothing_done_has_no_rate():
    count = count_of(Clock())
    assert count.text(5, 5) == "5 of 5 runs"
    assert count.summary() == ""


def test_a_script_and_a_pipe_get_nothing(capsys):
    with progress_bar("runs") as progress:
        progress(1, 2)
    assert capsys.readouterr() == ("", "")
    done = subprocess.run([sys.executable, "-c", COUNTING], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal_gets_a_bar_that_is_gone_afterwards():
    master, slave = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", COUNTING], stdin=slave, stdout=slave, stderr=slave,
                          env={**os.environ, "TERM": "xterm", "COLUMNS": "80"}) as process:
        os.close(slave)
        shown = b""
        while select.select([master], [], [], 30)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                break
    os.close(master)
    assert process.returncode == 0
    text = shown.decode()
    assert re.search(r"━.* \d+ of 20 runs, \d+ a second, under 1 s left", text)
    assert text.endswith(("\x1b[2K", "\x1b[?25h", "\r"))  # wiped, and the cursor is back
    assert "\x1b[?25h" in text
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n").splitlines()
    assert max(map(len, lines)) < 80


def test_a_kernel_gets_one_line_that_is_kept_up_to_date(monkeypatch):
    shown = []

    def display(content, **options):
        shown.append(content["text/plain"])
        return SimpleNamespace(update=lambda content, raw: shown.append(content["text/plain"]))

    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object())))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    with progress_bar("runs") as progress:
        progress(0, 2)
        progress(2, 2)
    assert shown[0] == "0 of 2 runs" and re.fullmatch(r"2 runs in (under 1|\d+) s", shown[-1])


NOTEBOOK = [
    """
import pandas
from simlead import Scenario
from simlead.study.sweeps.sweep import sweep
from simlead.show.progress import progress_bar
firm = Scenario().change({"organisation.teams": 1, "organisation.seats_per_team": 2,
                          "calendar.warmup_weeks": 52, "calendar.horizon_weeks": 1})
table = pandas.DataFrame({"market.rivals": [1, 5]})
def halved(run):
    return run.measures()["market_share_base"] / 2
options = {"scenario": firm, "workers": 2, "measures": ["market_share_base"], "own_measures": {"halved": halved}}
""",
    """
with progress_bar("runs") as progress:
    shown = sweep(table, out="shown", replications=40, progress=progress, **options)
""",
    """
silent = sweep(table, out="silent", replications=40, **options)
""",
    """
assert silent.runs().equals(shown.runs())
assert (silent.runs()["halved"] == silent.runs()["market_share_base"] / 2).all()
""",
]


@pytest.mark.slow
def test_a_notebook_gets_one_line_and_nothing_unless_it_is_asked_for(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in NOTEBOOK])
    NotebookClient(notebook, timeout=120, kernel_name="python3",
                   resources={"metadata": {"path": str(tmp_path)}}).execute()
    _, asked_for, silent, _ = (cell.outputs for cell in notebook.cells)
    (line,) = asked_for
    assert line.output_type == "display_data"
    assert re.fullmatch(r"80 runs in \d+ s|80 runs in under 1 s", line.data["text/plain"])
    assert silent == []
