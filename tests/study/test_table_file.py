"""A CSV file of points becomes a design, or one line that says what is wrong where."""

import os
import pickle

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simlead.model.parameters import ParameterError
from simlead.study.studies import table_file
from simlead.study.studies.design import Factor, latin_hypercube, table_design
from simlead.study.studies.table_file import read_table

SHARE, CLARITY, TEAMS = "policy.coaching_share", "policy.role_clarity", "organisation.teams"
REVIEW, RULE = "policy.kpi_review", "policy.promotion_rule"


@pytest.fixture
def written(tmp_path):
    """Writes a CSV file and returns its path."""

    def write(content: str | bytes):
        file = tmp_path / "points.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def refusal(file, columns=None) -> str:
    with pytest.raises(ParameterError) as caught:
        read_table(file, columns)
    message = str(caught.value)
    assert "\n" not in message and "\r" not in message
    return message


# --- what a file says


def test_each_cell_is_of_its_parameters_kind(written):
    table = read_table(written(
        f"{SHARE},{TEAMS},{REVIEW},{RULE}\n0.5,3,true,random\n1e-1, 4.0 ,FALSE,external\n-0.0,+5,1,best_coach\n"))
    assert list(table.itertuples(index=False, name=None)) == [
        (0.5, 3, True, "random"), (0.1, 4, False, "external"), (0.0, 5, True, "best_coach")]


def test_a_byte_order_mark_windows_line_ends_quotes_and_blank_lines_are_no_matter(written):
    table = read_table(written(b'\xef\xbb\xbf"policy.coaching_share",policy.kpi_review\r\n\r\n"0.5",true\r\n\r\n'))
    assert table.to_dict("records") == [{SHARE: 0.5, REVIEW: True}]


def test_what_pandas_writes_comes_back_to_the_bit(written):
    factors = {SHARE: Factor(0.0, 0.7), TEAMS: Factor(2, 9), REVIEW: Factor(values=(True, False)),
               RULE: Factor(values=("random", "external"))}
    table = latin_hypercube(factors, 50, seed=3)
    pd.testing.assert_frame_equal(table_design(written(table.to_csv(index=False))), table)


def test_a_point_may_stand_twice(written):
    assert read_table(written(f"{SHARE}\n0.5\n0.5\n"))[SHARE].tolist() == [0.5, 0.5]


def test_columns_that_must_be_there(written):
    file = written(f"{SHARE},{CLARITY}\n0.5,0.9\n")
    assert list(read_table(file, [CLARITY, SHARE])) == [SHARE, CLARITY]
    assert refusal(file, [SHARE, CLARITY, TEAMS]).endswith("points.csv, line 1: no column organisation.teams")
    assert "policy.role_clarity: a column that the study does not name" in refusal(file, [SHARE])


# --- what is wrong with a file


@pytest.mark.parametrize(("content", "line", "words"), [
    ("", None, "empty; a header of dotted paths is needed"),
    ("\n\n", None, "empty"),
    (f"{SHARE}\n", None, "no rows; at least one point is needed"),
    (f"{SHARE}\n\n\n", None, "no rows"),
    ("policy.coachng_share\n0.5\n", 1, "policy.coachng_share: no such parameter; did you mean policy.coaching_share?"),
    ("coaching_share\n0.5\n", 1, "coaching_share: no such parameter; did you mean policy.coaching_share?"),
    (f"{SHARE},\n0.5,0.5\n", 1, "a column without a name"),
    (f"{SHARE},{SHARE}\n0.5,0.5\n", 1, "policy.coaching_share: a column twice"),
    (f"{SHARE};{CLARITY}\n0.5;0.5\n", 1, "no such parameter; columns are separated by commas"),
    (f"{SHARE}\t{CLARITY}\n0.5\t0.5\n", 1, "columns are separated by commas"),
    ("0.5,0.7\n0.5,0.6\n", 1, "0.5: no such parameter"),
    (f"{SHARE},{CLARITY}\n0.5,0.5\n0.5\n", 3, "1 cells where the header names 2 columns"),
    (f"{SHARE},{CLARITY}\n0.5,0.5,0.5\n", 2, "3 cells where the header names 2 columns"),
    (f"{SHARE},{CLARITY}\n0.5,\n", 2, "policy.role_clarity is blank; allowed is 0 to 1"),
    (f"{SHARE},{CLARITY}\n0.5,0.5\n  ,0.5\n", 3, "policy.coaching_share is blank"),
    (f"{SHARE}\n0.5\n1.5\n", 3, "policy.coaching_share = 1.5: allowed is 0 to 1"),
    (f"{SHARE}\n\n0.5\n\n\nmuch\n", 6, "policy.coaching_share = 'much': a text, not a number; allowed is 0 to 1"),
    (f"{SHARE}\nnan\n", 2, "policy.coaching_share = 'nan'"),
    (f"{SHARE}\ninf\n", 2, "policy.coaching_share = 'inf'"),
    (f"{SHARE}\n1e999\n", 2, "policy.coaching_share = inf"),
    (f"{SHARE}\n1_0\n", 2, "policy.coaching_share = '1_0'"),
    (f"{SHARE}\n۰.۵\n", 2, "policy.coaching_share = '۰.۵'"),
    (f'{SHARE}\n"0,5"\n', 2, "policy.coaching_share = '0,5'"),
    (f"{SHARE}\ntrue\n", 2, "policy.coaching_share = 'true'"),
    (f"{SHARE}\n0\0.5\n", 2, r"policy.coaching_share = '0\x00.5'"),
    (f"{TEAMS}\n2.5\n", 2, "organisation.teams = 2.5: allowed is a whole number"),
    (f"{TEAMS}\n{'9' * 500}\n", 2, "organisation.teams = inf: allowed is a whole number"),
    (f"{REVIEW}\nmaybe\n", 2, "policy.kpi_review = 'maybe': allowed is true | false"),
    (f"{RULE}\nbest_coch\n", 2, "did you mean best_coach?"),
    (f'{SHARE}\n"0.5\n', 2, "not CSV"),
    (f'{SHARE}\n"0.5"5\n', 2, "not CSV"),
    (f"{SHARE}\n{'1' * 200_000}\n", 2, "not CSV: field larger than field limit"),
])
def test_what_a_file_may_not_say(written, content, line, words):
    message = refusal(written(content))
    assert words in message and len(message) < 500, message
    assert ("points.csv: " if line is None else f"points.csv, line {line}: ") in message


FORMULAS = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "=HYPERLINK(\"http://x\")", "=cmd|'/C calc'!A1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_like_cell_is_called_what_it_is(written, formula):
    quoted = '"' + formula.replace('"', '""') + '"'
    assert "formula-like, not a value; allowed is 0 to 1" in refusal(written(f"{SHARE}\n0.5\n{quoted}\n"))
    assert "line 2: policy.promotion_rule = " in refusal(written(f"{RULE}\n{quoted}\n"))
    assert "formula-like, not a parameter's name" in refusal(written(f"{SHARE},{quoted}\n0.5,0.5\n"))


@pytest.mark.parametrize("number", ["-2", "+2.5", "-1e9"])
def test_a_number_with_a_sign_is_no_formula(written, number):
    message = refusal(written(f"{SHARE}\n{number}\n"))
    assert "allowed is 0 to 1" in message and "formula" not in message


@pytest.mark.parametrize("content", [
    f"{SHARE}\n0.5\xa0\n".encode("latin-1"), pickle.dumps({"a": 1}),
], ids=["latin-1", "pickle"])
def test_what_is_not_utf8(written, content):
    assert refusal(written(content)).endswith("points.csv: not UTF-8; save it as 'CSV UTF-8'")


def test_a_missing_file_and_a_folder(tmp_path):
    assert refusal(tmp_path / "none.csv").endswith("none.csv: no such file")
    assert refusal(tmp_path).endswith(": a folder, not a table")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in refusal(tmp_path / "pipe.csv")


def test_a_file_too_large_is_not_read(tmp_path):
    file = tmp_path / "huge.csv"
    with file.open("wb") as handle:
        handle.truncate(10**12)  # a terabyte of nothing, which takes no room on the disk
    assert refusal(file).endswith("huge.csv: too large for a table")


def test_too_many_points_are_not_read_to_the_end(written, monkeypatch):
    monkeypatch.setattr(table_file, "LARGEST_DESIGN", 3)
    assert "line 5: more than 3 points" in refusal(written(f"{SHARE}\n" + "0.5\n" * 4 + "rubbish\n"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(
    st.binary(max_size=60), st.text(alphabet="policy.heroics,\"'\n\r;=+-@0123e \x00", max_size=60),
    st.text(alphabet="0123456789.,\"\n\re-= ", max_size=40).map(lambda text: f"policy.heroics,{TEAMS}\n{text}")))
def test_any_file_is_a_table_or_refused_in_one_line(written, content):
    file = written(content)
    try:
        table = read_table(file)
    except ParameterError as refused:
        assert len(str(refused).splitlines()) == 1
    else:
        pd.testing.assert_frame_equal(table_design(table), table)


# --- what Excel writes (C14)


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04rest of a workbook", "an Excel workbook (.xlsx), not a CSV file; save it as 'CSV UTF-8'"),
    (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook (.xls), not a CSV file; save it as 'CSV UTF-8'"),
    (b"PAR1", "a Parquet file, not a CSV file"),
    (f"{SHARE}\n0.5\n".encode("utf-16-le"), "UTF-16 without a byte-order mark, or no text at all; save it as"),
    (f"{SHARE}\n\xe9\n".encode("cp1252"), "not UTF-8; save it as 'CSV UTF-8'"),
])
def test_what_is_no_csv_is_named_with_a_way_out(tmp_path, content, words):
    file = tmp_path / "points.csv"
    file.write_bytes(content)
    with pytest.raises(ParameterError) as refused:
        read_table(file)
    assert words in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [
    f"{SHARE},{CLARITY}\n0.5,0.7\n".encode("utf-16"), f"sep=;\r\n{SHARE};{CLARITY}\r\n0.5;0.7\r\n".encode(),
    f"sep=\t\n{SHARE}\t{CLARITY}\n0.5\t0.7\n".encode("utf-16"), f"SEP=,\n{SHARE},{CLARITY}\n0.5,0.7\n".encode(),
])
def test_variants_that_say_what_they_are_are_read(tmp_path, content):
    file = tmp_path / "points.csv"
    file.write_bytes(content)
    assert read_table(file).values.tolist() == [[0.5, 0.7]]


def test_a_line_is_counted_as_an_editor_counts_it(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"sep=;\n{SHARE}\n0,5\n")
    with pytest.raises(ParameterError, match=r"line 3: policy.coaching_share = '0,5': a text, not a number; "
                                             r"allowed is 0 to 1; did you mean 0\.5\?"):
        read_table(file)
