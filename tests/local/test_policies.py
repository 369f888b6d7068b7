"""Policy books in a person's hands: checked before they are written, shown as they hold."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook, rules_of
from binwatch_local.cli import cli
from binwatch_local.environment import TEST_CREDENTIALS
from binwatch_local.errors import OneMachineError, PoliciesRefused
from binwatch_local.policies import MOST_BYTES, Parameter, read, read_file, values_of

NAME = "/binwatch/policies"
BOOK = {
    "policy": "exact",
    "sites": {"berlin-1": {"policy": "cost", "zones": {"A-": {"policy": "capacity", "visits": 30}}}},
}


@pytest.fixture
def parameter(monkeypatch):
    for name, value in TEST_CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Parameter(NAME)


def a_file(folder, book):
    path = folder / "rules.json"
    path.write_text(book if isinstance(book, str) else json.dumps(book, indent=4))
    return path


def check(path, *arguments):
    return CliRunner().invoke(cli, ["policies", "check", str(path), *arguments])


def test_a_good_book_is_measured(tmp_path):
    checked = check(a_file(tmp_path, BOOK), "--json")

    size = len(json.dumps(BOOK, separators=(",", ":")))
    assert (0, {"good": True, "sites": 1, "zones": 1, "bytes": size, "most_bytes": MOST_BYTES}) == (
        checked.exit_code,
        json.loads(checked.stdout),
    )


@pytest.mark.parametrize(
    ("book", "where"),
    [
        ("{", "$: "),
        ({"polcy": "cost"}, "$.polcy: "),
        ({"sites": {"berlin-1": {"zones": {"A": {"visits": 2.5}}}}}, "$.sites.berlin-1.zones.A.visits: "),
        ({"sites": {"berlin-1": {"cost_missed": -1}}}, "$.sites.berlin-1: "),
        ({"sites": {"berlin-1": {"incident_bins": 1}}}, "$.sites.berlin-1: incident_bins must lie within"),
        ({"incident_window_minutes": 9}, "$: hold_minutes, 5, must not be shorter than"),
    ],
    ids=str,
)
def test_a_bad_book_is_refused_with_its_place(tmp_path, book, where):
    path = a_file(tmp_path, book)

    checked = check(path, "--json")

    told = json.loads(checked.stdout)
    assert (1, False) == (checked.exit_code, told["good"])
    assert told["fault"].startswith(f"{path}: {where}")
    with pytest.raises(PoliciesRefused, match=r"docs/alerting\.md"):
        read_file(path)


def test_a_book_that_no_parameter_holds_is_refused_with_a_remedy(tmp_path):
    sites = {f"site-{number}": {"discrepancy_rate": 0.01} for number in range(200)}

    with pytest.raises(PoliciesRefused, match=r"a parameter holds 4096.*only what differs"):
        read_file(a_file(tmp_path, {"sites": sites}))


def test_blanks_do_not_count():
    assert 2 == read("{" + " " * 10_000 + "}", "it").bytes


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "rules.json"
    path.write_bytes(b"\xff\xfe{}")

    with pytest.raises(PoliciesRefused, match="no UTF-8"):
        read_file(path)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    assert 2 == check(tmp_path / "nothing.json").exit_code


def test_what_is_written_is_what_is_read_with_its_version(parameter):
    written = [parameter.write(read(json.dumps(book), "it")) for book in ({}, BOOK)]

    stored = parameter.read()
    assert ([1, 2], 2, BOOK) == (written, stored.version, json.loads(stored.text))
    assert stored.changed_at.endswith("Z")


def test_a_parameter_that_was_deleted_is_named(parameter):
    with pytest.raises(OneMachineError, match=rf"no parameter {NAME}.*policies set"):
        parameter.read()


SHARE = st.floats(0.01, 0.99)
VALUES = st.fixed_dictionaries(
    {
        "policy": st.sampled_from(["cost", "exact", "capacity", "far"]),
        "thresholds": st.lists(SHARE, min_size=1),
    },
    optional={
        "discrepancy_rate": SHARE,
        "law": st.dictionaries(st.integers(1, 100).map(str), st.floats(0.1, 9), min_size=1),
        "anything": SHARE,
        "most": st.integers(1, 99),
        "cost_missed": st.floats(0.1, 99),
        "correlation": SHARE,
        "half_life_hours": st.floats(1, 999),
        "visits": st.integers(1, 99),
        "hold_minutes": st.floats(1, 99),
        "reminder_minutes": st.floats(1, 240),
        "answer_hours": st.floats(0, 99),
        "item_cost": st.floats(0.1, 99),
        "relook_minutes": st.floats(0, 999),
        "relooks_at_most": st.integers(1, 100),
        "audit_share": SHARE,
        "aisle_separator": st.sampled_from(["-", ".", " · "]),
        "aisle_parts": st.integers(0, 16),
        "incident_bins": st.integers(2, 200),
        "incident_window_minutes": st.floats(0.1, 1),
        "incident_right_share": SHARE,
        "incident_longest_hours": st.floats(0.1, 168),
        "alpha": st.floats(0.01, 0.4),
        "beta": st.floats(0.01, 0.4),
    },
)


@given(VALUES)
def test_rules_that_are_shown_are_the_rules(values):
    rules = rules_of(values, "$")

    assert rules == rules_of(values_of(rules), "$")


def test_what_holds_at_a_bin_is_shown_with_how_its_site_names_aisles():
    book = PolicyBook.parse('{"sites": {"berlin-1": {"aisle_separator": ".", "incident_bins": 4}}}')

    shown = values_of(book.rules_for(BinId("berlin-1", "A.07")))

    assert (".", 1, 5, 4) == tuple(
        shown[name] for name in ("aisle_separator", "aisle_parts", "incident_window_minutes", "incident_bins")
    )


def test_what_holds_at_a_bin_is_shown_with_its_zone():
    book = PolicyBook.parse(json.dumps(BOOK))

    assert 30 == values_of(book.rules_for(BinId("berlin-1", "A-07")))["visits"]
    assert "visits" not in values_of(book.rules_for(BinId("berlin-1", "B-1")))
