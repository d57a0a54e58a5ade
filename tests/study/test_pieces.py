"""Work in pieces: each is done once, by whichever thread, and one that failed is due again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from simlead.study.pieces import Pieces


def test_threads_that_ask_at_once_do_each_piece_once():
    pieces, done = Pieces(), []

    def work():
        while (piece := pieces.next(200, done.append)) is not None:
            piece()

    with ThreadPoolExecutor(8) as pool:
        for asked in [pool.submit(work) for _ in range(8)]:
            asked.result()
    assert sorted(done) == list(range(200))


def test_a_piece_in_progress_is_not_handed_out_and_one_that_failed_is_due_again():
    pieces, done = Pieces(), []

    def fail(number):
        raise KeyboardInterrupt

    first = pieces.next(2, fail)
    second = pieces.next(2, done.append)
    assert pieces.next(2, done.append) is None and pieces.one(0, done.append) is None
    second()
    with pytest.raises(KeyboardInterrupt):
        first()
    pieces.next(2, done.append)()
    assert done == [1, 0] and pieces.next(2, done.append) is None
