"""Each hazard of people's exports, in a small file with one right reading."""

from __future__ import annotations

import numpy as np
import pytest
from small_exports import DYNAMICS, HUBSPOT, PIPEDRIVE_DE, PLAIN, SALESFORCE, SNAPSHOTS, ZOHO

from simlead.client.deal_list import LOST, NO_DECISION, OPEN, WON, read_deals
from simlead.client.deals import GATES, cleaned
from simlead.client.history import read_history
from simlead.client.mapping import ColumnMapping, mapping_from, mapping_toml
from simlead.client.people import read_people, reps_of
from simlead.client.quality import Quality
from simlead.client.text_values import Decimals, number_of
from simlead.model.parameters import ParameterError


def read(tmp_path, text, stated=None, encoding="utf-8", history=None):
    """The cleaned deals of a text and what was found."""
    file = tmp_path / "deals.csv"
    file.write_bytes(text.encode(encoding))
    quality, stated = Quality(), stated or ColumnMapping()
    rows = read_deals(file, stated, quality)
    past = None
    if history is not None:
        (tmp_path / "history.csv").write_text(history)
        past = read_history(tmp_path / "history.csv", stated, quality)
    deals, dropped = cleaned(rows, past, quality)
    return deals, quality, dropped


def by_id(deals, values):
    return dict(zip(deals.ids, values, strict=True))


def test_a_salesforce_report_with_every_hazard(tmp_path):
    """The small exports of the cases, each hazard counted right: a report of Salesforce."""
    deals, quality, dropped = read(tmp_path, SALESFORCE)
    assert (quality.rows, quality.deals, quality.won, quality.lost, quality.open) == (10, 9, 4, 3, 2)
    assert quality.hazards == {
        "footer_line": 1, "formula_like": 1, "exact_duplicate": 1, "no_amount": 1, "other_currency": 1, "test_deal": 1,
        "negative_duration": 1, "born_closed": 1, "owner_left": 1, "open": 2, "open_past_close_date": 1}
    assert quality.examples["open_past_close_date"] == ["006A8"]
    assert (deals.vendor, deals.mapping.dates, deals.currency) == ("salesforce", "month-first", "USD")
    assert dropped.to_numpy().tolist() == [["006A4", "test_deal"]]
    value, outcome = by_id(deals, deals.value), by_id(deals, deals.outcome)
    assert value["006A2"] == 8750.5
    assert value["006A6"] == 21000.0  # closed before it was created: its amount counts, its duration does not
    assert np.isnan(value["006A3"])  # another currency is not added up
    assert outcome["006A8"] == OPEN  # abandoned, which is not lost
    timed = by_id(deals, deals.timed)
    assert {name for name, each in timed.items() if not each} == {"006A5", "006A6"}
    assert by_id(deals, deals.owner)["006A7"] == -1
    assert dict(by_id(deals, deals.closed - deals.created))["006A1"] == 81.0


def test_a_rate_in_the_mapping_adds_up_currencies(tmp_path):
    deals, quality, _ = read(tmp_path, SALESFORCE, mapping_from({"currencies": {"USD": 1.0, "CHF": 1.1}}))
    assert by_id(deals, deals.value)["006A3"] == pytest.approx(70_400.0)
    assert "other_currency" not in quality.hazards


def test_a_german_pipedrive_export(tmp_path):
    deals, quality, _ = read(tmp_path, PIPEDRIVE_DE)
    assert (quality.won, quality.lost, quality.open) == (2, 2, 1)
    assert by_id(deals, deals.value) == pytest.approx(
        {"21": 17_300.0, "22": 8_750.5, "23": 64_000.0, "24": np.nan, "25": 2_105_000.0}, nan_ok=True)
    assert (deals.mapping.dates, deals.mapping.decimals, deals.currency) == ("day-first", "comma", "EUR")
    assert quality.assumed == {}  # 30.11. leaves nothing open
    assert quality.hazards == {"no_amount": 1, "born_closed": 1, "open": 1}
    assert not deals.staged  # only whole ages can be had
    assert by_id(deals, deals.reason)["22"] == NO_DECISION
    assert deals.owners == ["A. Groß", "L. Übel"]


def test_a_hubspot_export_with_a_column_per_stage(tmp_path):
    deals, quality, _ = read(tmp_path, HUBSPOT)
    assert (quality.won, quality.lost, quality.open) == (2, 2, 1)
    assert quality.hazards == {"no_amount": 1, "born_closed": 1, "no_owner": 1, "open": 1, "skipped_stage": 1}
    assert quality.examples["skipped_stage"] == ["505"]
    assert deals.stages == ["Appointment Scheduled", "Qualified To Buy", "Contract Sent"]
    first = by_id(deals, deals.gates)["501"]
    assert np.round(np.diff(first)).tolist() == [20.0, 31.0]
    assert np.isnan(by_id(deals, deals.gates)["502"][2])
    assert np.isnan(by_id(deals, deals.gates)["504"]).all()


def test_a_dynamics_export(tmp_path):
    deals, quality, _ = read(tmp_path, DYNAMICS)
    assert (deals.vendor, quality.won, quality.lost, quality.open) == ("dynamics", 1, 1, 1)
    assert by_id(deals, deals.value) == {"d-1": 8_800.0, "d-2": 4_100.0, "d-3": 12_500.0}  # a won deal's actual revenue
    assert by_id(deals, deals.closed - deals.created)["d-1"] == pytest.approx(85 + 8.25 / 24)


def test_dynamics_states_by_number(tmp_path):
    text = "opportunityid,statecode,estimatedvalue,createdon,actualclosedate\n1,1,5,2023-01-01,2023-02-01\n" \
           "2,2,5,2023-01-01,2023-02-01\n3,0,5,2023-01-01,\n"
    deals, _, _ = read(tmp_path, text)
    assert deals.outcome.tolist() == [WON, LOST, OPEN]


def test_a_zoho_export(tmp_path):
    deals, quality, _ = read(tmp_path, ZOHO)
    assert (deals.vendor, deals.outcome.tolist()) == ("zoho", [WON, LOST, OPEN])
    assert quality.hazards == {"open": 1}


def test_a_plain_list_whose_prospects_have_no_date(tmp_path):
    deals, quality, dropped = read(tmp_path, PLAIN)
    assert (deals.vendor, quality.deals, quality.kept) == ("plain", 4, 3)
    assert dropped.to_numpy().tolist() == [["P4", "no_created_date"]]
    assert np.isnan(by_id(deals, deals.value)["P2"])  # a lost deal at 0 has no value, it is not worth nothing
    assert [deals.teams[each] for each in deals.team_of_owner] == ["Dea Roe", "Lou Zed"]
    assert deals.mix["product"][0] == ["Basic", "Plus"]


@pytest.mark.parametrize(("managers", "teams"), [(("Dea Roe", "Lou Zed"), ["Dea Roe", "Lou Zed"]),
                                                 (("", ""), ["Team A", "Team A"])])
def test_teams_are_by_manager_else_by_team_in_the_deals_as_in_the_list_of_people(tmp_path, managers, teams):
    rows = [f"{number},Won,o{number % 2},Team A,{managers[number % 2]},2023-01-0{1 + number},2023-03-0{1 + number}"
            for number in range(6)]
    deals, quality, _ = read(tmp_path, "\n".join(["Id,Stage,Owner,Team,Manager,Created,Close Date", *rows]))
    assert [deals.teams[each] for each in deals.team_of_owner] == teams
    (tmp_path / "people.csv").write_text(
        f"Id,Name,Team,Manager\no0,Ann,Team A,{managers[0]}\no1,Bob,Team A,{managers[1]}\n")
    reps = reps_of(deals, read_people(tmp_path / "people.csv", ColumnMapping(), quality), quality)
    assert [reps.teams[each] for each in reps.team] == teams


def test_snapshots_become_a_history(tmp_path):
    deals, quality, _ = read(tmp_path, SNAPSHOTS)
    assert (quality.rows, quality.deals, quality.won, quality.open) == (5, 2, 1, 1)
    assert quality.hazards["repeated_deal"] == 3
    assert deals.stages == ["Discovery", "Proposal"]
    assert by_id(deals, deals.value)["S1"] == 550.0  # the latest row counts
    assert deals.as_of == (np.datetime64("2023-03-31") - np.datetime64("1970-01-01")).astype(float)


def test_a_history_gives_the_day_of_closing_and_counts_what_is_not_in_the_list(tmp_path):
    deals_text = "Id,StageName,Amount,CreatedDate,CloseDate,IsClosed,IsWon,OwnerId\n" \
                 "a,Closed Won,10,2023-01-02,2023-03-31,true,true,u\n" \
                 "b,Qualification,20,2023-01-05,2023-06-30,false,false,u\n"
    history = "OpportunityId,StageName,CreatedDate\na,Prospecting,2023-01-02T09:00:00.000Z\n" \
              "a,Qualification,2023-01-20T09:00:00.000Z\na,Proposal/Price Quote,2023-02-10T09:00:00.000Z\n" \
              "a,Qualification,2023-02-15T09:00:00.000Z\na,Closed Won,2023-03-10T09:00:00.000Z\n" \
              "b,Prospecting,2023-01-05T09:00:00.000Z\nb,Qualification,2023-01-08T09:00:00.000Z\nz,Prospecting,2023-01-01\n"
    deals, quality, _ = read(tmp_path, deals_text, history=history)
    assert by_id(deals, deals.closed - deals.created)["a"] == pytest.approx(67 + 9 / 24)  # the 10th, not the 31st
    assert quality.hazards["history_of_no_deal"] == 1
    assert deals.stages == ["Prospecting", "Qualification", "Proposal/Price Quote"]
    assert list(deals.mapping.stages.values()) == ["discovery", "qualified", "proposal"]


def test_a_history_of_field_changes_uses_those_of_the_stage(tmp_path):
    deals_text = "Id,Stage,Created Date,Close Date\na,Proposal,2023-01-02,2023-06-30\n"
    history = "Opportunity ID,Field,New Value,Edit Date\na,Stage,Discovery,2023-01-02\na,Amount,9,2023-01-03\n" \
              "a,Stage,Proposal,2023-02-02\n"
    deals, _, _ = read(tmp_path, deals_text, history=history)
    assert deals.stages == ["Discovery", "Proposal"]


def test_a_deal_that_goes_back_keeps_its_first_entry_and_is_counted(tmp_path):
    text = 'Record ID,Deal Stage,Create Date,Close Date,"Date entered ""A (p)""","Date entered ""B (p)"""\n' \
           "1,A,2023-01-01,,2023-01-20,2023-01-05\n2,B,2023-01-01,,2023-01-01,2023-01-09\n"
    _, quality, _ = read(tmp_path, text)
    assert quality.examples["moved_back"] == ["1"]


def test_a_deal_closed_in_the_minute_of_its_last_stage_is_not_closed_before_it(tmp_path):
    minutes = [f"2024-02-{1 + number % 28:02} {number % 24:02}:{number:02}" for number in range(60)]
    head = 'Record ID,Deal Stage,Create Date,Close Date,"Date entered ""Contract Sent (p)"""'
    lines = [f"{number},Closed Won,2024-01-01 08:00,{when},{when}" for number, when in enumerate(minutes)]
    deals, _, _ = read(tmp_path, "\n".join([head, *lines]))
    assert np.array_equal(deals.gates[:, GATES.index("proposal")], deals.closed)
    deals_text = "Id,StageName,CreatedDate,CloseDate,IsClosed,IsWon\n" + "\n".join(
        f"{number},Closed Won,2024-01-01 08:00,{when},true,true" for number, when in enumerate(minutes))
    history = "OpportunityId,StageName,CreatedDate\n" + "\n".join(
        f"{number},{stage},{when}" for number, when in enumerate(minutes) for stage in ("Proposal", "Closed Won"))
    deals, _, _ = read(tmp_path, deals_text, history=history)
    assert np.array_equal(deals.gates[:, GATES.index("proposal")], deals.closed)


@pytest.mark.parametrize(("dates", "order", "assumed"), [
    (("01/02/2023", "01/20/2023"), "month-first", {}),
    (("01/02/2023", "20/02/2023"), "day-first", {}),
    (("01/02/2023", "03/04/2023"), "month-first", {"dates": "month-first"}),
    (("01.02.2023", "03.04.2023"), "day-first", {"dates": "day-first"}),
    (("2023-02-01", "2023/04/03"), "year-first", {}),
    (("1 Feb 2023", "Apr 3, 2023"), "year-first", {}),
])
def test_the_order_of_dates_is_seen_or_assumed_aloud(tmp_path, dates, order, assumed):
    _, quality, _ = read(tmp_path, "Id,Stage,Created,Close Date\n1,Won,{},\n2,Won,{},\n".format(
        *(f'"{each}"' for each in dates)))
    deals, _, _ = read(tmp_path, "Id,Stage,Created,Close Date\n1,Won,{},\n2,Won,{},\n".format(
        *(f'"{each}"' for each in dates)))
    assert deals.mapping.dates == order
    assert quality.assumed == assumed
    assert quality.hazards.get("ambiguous_dates", 0) == 2 * bool(assumed)


def test_a_stated_order_of_dates_is_kept(tmp_path):
    text = "Id,Stage,Created,Close Date\n1,Won,03/04/2023,05/07/2023\n"
    day, quality, _ = read(tmp_path, text, mapping_from({"dates": "day-first"}))
    month, _, _ = read(tmp_path, text, mapping_from({"dates": "month-first"}))
    assert quality.assumed == {}
    assert (day.closed - day.created, month.closed - month.created) == (pytest.approx([93.0]), pytest.approx([64.0]))


def test_a_number_that_could_be_thousands_or_decimals_is_assumed_aloud(tmp_path):
    text = "Id{0}Stage{0}Value{0}Created{0}Close Date\n1{0}Won{0}1.250{0}2023-01-02{0}2023-02-02\n"
    point, quality, _ = read(tmp_path, text.format(","))
    comma, _, _ = read(tmp_path, text.format(";"))
    assert (point.value.tolist(), comma.value.tolist()) == ([1.25], [1250.0])
    assert quality.assumed == {"decimals": "point"}


@pytest.mark.parametrize(("text", "value"), [
    ("1.2E7", 12_000_000.0), ("1E5", 100_000.0), ("1e+05", 100_000.0), ("12K", 12_000.0), ("€12k", 12_000.0),
    ("$1.2M", 1_200_000.0), ("£1.2m", 1_200_000.0), ("1.2 M USD", 1_200_000.0), ("2bn", 2e9), ("(12K)", -12_000.0),
    ("1.2 Mio. €", 1_200_000.0), ("USD 1,200.50", 1200.5), ("1,200 EUR", 1200.0), ("kr 1200", 1200.0),
    ("1200.50 kr.", 1200.5), ("Rs. 1,200", 1200.0), ("CHF 1'200", 1200.0), ("1,200 TL", 1200.0), ("R$ 500", 500.0)])
def test_exponents_and_multiples_of_an_amount_are_read_and_its_currency_is_not(text, value):
    assert number_of(text, ".") == value


@pytest.mark.parametrize("text", ["12 lakh", "12 cr", "12 mm", "5 TEUR", "K12", "12abc34", "12e", "1E400", "12KUSD"])
def test_an_amount_in_words_that_are_not_understood_is_counted_and_not_misread(tmp_path, text):
    assert np.isnan(number_of(text, "."))
    deals, quality, _ = read(tmp_path, f"Id,Stage,Value,Created,Close Date\n1,Won,{text},2023-01-02,2023-02-02\n")
    assert quality.hazards["unreadable_amount"] == 1
    assert np.isnan(deals.value).all()


@pytest.mark.parametrize("text", ["Rs. 1,200", "1200.50 kr.", "1.2E7"])
def test_the_dot_of_an_abbreviation_is_no_evidence_for_a_decimal_comma(text):
    seen = Decimals()
    seen.add([text])
    assert seen.comma == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_seen(tmp_path, encoding):
    text = "sep=;\nId;Stage;Besitzer;Wert;Erstellt am;Abschlussdatum\n" \
           "1;Gewonnen;Jürgen Groß;7,5;01.02.2023;15.03.2023\n"
    deals, _, _ = read(tmp_path, text, encoding=encoding)
    assert (deals.owners, deals.value.tolist(), deals.outcome.tolist()) == (["Jürgen Groß"], [7.5], [WON])


def test_a_title_above_the_header_and_a_footer_below_are_no_deals(tmp_path):
    text = "Won deals of Q1\n\nId,Stage,Created Date,Close Date\n1,Won,2023-01-02,2023-02-02\n\nCopyright (c) us\n"
    _, quality, _ = read(tmp_path, text)
    assert (quality.rows, quality.deals, quality.hazards["footer_line"]) == (1, 1, 1)


def test_lines_of_another_width_are_counted(tmp_path):
    text = "Id,Stage,Created Date,Close Date\n1,Won,2023-01-02,2023-02-02\n2,Won,2023-01-02\n3,Won,a,b,c,d\n"
    _, quality, _ = read(tmp_path, text)
    assert (quality.deals, quality.hazards["unreadable_line"]) == (1, 2)


def test_deals_that_came_in_bulk_have_no_age(tmp_path):
    lines = [f"{number},Won,old hand,2023-01-01,2023-03-01" for number in range(120)]
    lines += [f"n{number},Won,old hand,2023-0{1 + number % 8}-11,2023-09-01" for number in range(80)]
    deals, quality, _ = read(tmp_path, "\n".join(["Id,Stage,Owner,Created,Close Date", *lines]))
    assert quality.hazards["created_in_bulk"] == 120
    assert int(deals.timed.sum()) == 80


@pytest.mark.parametrize("blank", ["", "  ", "n/a"])
def test_deals_without_an_id_are_deals_of_their_own(tmp_path, blank):
    lines = [f"{blank},Won,{value},2023-01-02,2023-03-02" for value in range(100, 140)]
    lines += ["A1,Won,500,2023-01-02,2023-03-02", "A1,Won,600,2023-01-02,2023-03-02"]
    deals, quality, _ = read(tmp_path, "\n".join(["Id,Stage,Value,Created,Close Date", *lines]))
    assert (len(deals), quality.deals, quality.won) == (41, 41, 41)
    assert {name: count for name, count in quality.hazards.items() if name != "open"} == {
        "no_id": 40, "repeated_deal": 1}
    assert sorted(deals.value) == [*range(100, 140), 600.0]


def test_a_name_with_the_word_test_and_a_worth_is_kept_and_counted(tmp_path):
    text = "Id,Name,Stage,Value,Created,Close Date\n1,Test Equity Partners,Won,50000,2023-01-02,2023-03-02\n" \
           "2,Contest AG,Won,50000,2023-01-02,2023-03-02\n"
    deals, quality, _ = read(tmp_path, text)
    assert len(deals) == 2
    assert quality.examples == {"perhaps_test": ["1"]}


def test_contradictions_are_counted_and_flags_count_first(tmp_path):
    text = "Id,Stage,Is Won,Is Closed,Created,Close Date\n1,Closed Lost,true,true,2023-01-02,2023-03-02\n"
    deals, quality, _ = read(tmp_path, text)
    assert (deals.outcome.tolist(), quality.examples["contradictory_outcome"]) == ([WON], ["1"])


def test_a_mapping_survives_its_file(tmp_path):
    deals, _, _ = read(tmp_path, HUBSPOT)
    import tomllib

    again = mapping_from(tomllib.loads(mapping_toml(deals.mapping)))
    assert mapping_toml(again) == mapping_toml(deals.mapping)
    changed = mapping_from({"stages": {"Contract Sent": "won"}})
    moved, _, _ = read(tmp_path, HUBSPOT, changed)
    assert by_id(moved, moved.outcome)["503"] == OPEN  # its flags say so
    assert moved.stages == ["Appointment Scheduled", "Qualified To Buy"]


@pytest.mark.parametrize(("content", "line"), [
    ({"colums": {}}, "colums: no such entry"),
    ({"columns": {"owner": "Nobody"}}, "columns.owner = 'Nobody'"),
    ({"columns": {"ownr": "Deal owner"}}, "columns.ownr: no such column is needed"),
    ({"stages": {"A": "wonn"}}, "stages.A = 'wonn'"),
    ({"dates": "us"}, "dates = 'us'"),
    ({"currencies": {"EUR": 0}}, "currencies.EUR = 0"),
    ({"as_of": "soon"}, "as_of = 'soon'"),
    ({"owners": {"leave_out": "Ann"}}, "owners.leave_out"),
])
def test_a_wrong_mapping_is_refused_in_one_line(tmp_path, content, line):
    with pytest.raises(ParameterError, match="^" + line.replace("'", "['\"]")) as refusal:
        read(tmp_path, HUBSPOT, mapping_from(content))
    assert "\n" not in str(refusal.value)
