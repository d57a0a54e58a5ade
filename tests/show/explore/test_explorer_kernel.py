"""The explorer in a real kernel: a slider that a page moves, a result that grows, and a kernel that stays free."""

from __future__ import annotations

import queue
import re
import time

import pytest

pytestmark = pytest.mark.slow

jupyter_client = pytest.importorskip("jupyter_client")
pytest.importorskip("ipykernel")
pytest.importorskip("ipywidgets")

PATIENCE = 120.0
"""Seconds for the engine, which a cold machine compiles; nothing is asserted on time."""

OPEN = """
import simlead
firm = simlead.Scenario().change({"organisation.teams": 2, "organisation.seats_per_team": 3,
                                  "calendar.warmup_weeks": 60, "calendar.horizon_weeks": 52})
exploring = simlead.explore(firm, pairs=40)
exploring
"""
SLIDER = "exploring.controls.levers['policy.coaching_share']"


class Kernel:
    """A kernel, and what it has sent."""

    def __init__(self, client):
        self.client, self.sent, self.read = client, [], 0

    def receive(self, seconds=0.2):
        try:
            self.sent.append(self.client.get_iopub_msg(timeout=seconds))
            return self.sent[-1]
        except queue.Empty:
            return None

    def ran(self, code):
        """Run a cell to its end; returns its outputs."""
        asked, until, outputs = self.client.execute(code), time.monotonic() + PATIENCE, []
        while time.monotonic() < until:
            message = self.receive()
            if message is None or message["parent_header"].get("msg_id") != asked:
                continue
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] in ("execute_result", "display_data"):
                outputs.append(message["content"]["data"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return outputs
        raise AssertionError(f"not at an end: {code}")

    def until(self, words):
        """Receive until a widget's text has these words; returns all texts on the way that were not read before."""
        texts, until = [], time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.read == len(self.sent):
                self.receive()
                continue
            message, self.read = self.sent[self.read], self.read + 1
            if message["msg_type"] != "comm_msg":
                continue
            value = message["content"]["data"].get("state", {}).get("value")
            if isinstance(value, str):
                texts.append(re.sub("<[^>]*>", " ", value))
                if words in texts[-1]:
                    return texts
        raise AssertionError(f"{words!r} was not shown; last: {texts[-3:]}")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path_factory.mktemp("kernel")))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_page_moves_a_slider_and_the_result_grows_while_the_kernel_stays_free(kernel):
    (shown,) = kernel.ran(OPEN)
    assert "application/vnd.jupyter.widget-view+json" in shown
    kernel.until("Move a lever")
    (model,) = kernel.ran(f"{SLIDER}.model_id")
    comm = model["text/plain"].strip("'")

    move = kernel.client.session.msg("comm_msg", {
        "comm_id": comm, "data": {"method": "update", "state": {"value": 0.5}, "buffer_paths": []}})
    kernel.client.shell_channel.send(move)  # what JupyterLab sends when a hand has moved it
    first = kernel.until("matched pairs so far")
    assert any("0.5 (was 0.2)" in text for text in first)

    assert kernel.ran("6 * 7") == [{"text/plain": "42"}]
    texts = first + kernel.until("40 matched pairs: random numbers only, in one world")
    counts = [int(n) for text in texts for n in re.findall(r"in (\d+) matched pairs", text)]
    assert counts == sorted(counts) and len(set(counts)) >= 2
    (answered,) = kernel.ran("exploring.comparison.replications, exploring.scenario.policy.coaching_share")
    assert answered["text/plain"] == "(40, 0.5)"


def test_a_value_set_in_a_cell_moves_the_slider_of_the_page_too(kernel):
    kernel.ran(OPEN)
    before = len(kernel.sent)
    kernel.ran(f"{SLIDER}.value = 0.35")
    kernel.until("0.35 (was 0.2)")
    states = [message["content"]["data"].get("state", {}) for message in kernel.sent[before:]
              if message["msg_type"] == "comm_msg"]
    assert any(state.get("value") == 0.35 for state in states)
