"""The policy book is read whole or not at all, and says where it is wrong."""

import json

import pytest

from binwatch.beliefs import Belief, Memory
from binwatch.decision import Cost, Exact, Wald
from binwatch.discrepancies import Law, Prior
from binwatch.episodes import Patience
from binwatch.groupings import Grouping
from binwatch.keys import BinId
from binwatch.policy_book import PolicyBook, Rules, read_or_keep
from binwatch.policy_values import VALUES, BadPolicies
from binwatch.prediction import Counted, Model
from binwatch.records import MAX_QUANTITY
from binwatch.triage import Capacity, FalseAlarms

BOOK = {
    "discrepancy_rate": 0.03,
    "sites": {
        "berlin-1": {
            "cost_missed": 9,
            "law": {"-1": 2, "1": 1},
            "zones": {"A-": {"policy": "capacity", "visits": 30}, "A-07": {"policy": "exact"}},
        }
    },
}


def parse(**book):
    return PolicyBook.parse(json.dumps(book))


def test_an_empty_book_says_the_defaults():
    assert Rules() == parse().rules_for(BinId("anywhere", "A"))
    assert Rules(Cost(), Memory(), hold_minutes=5) == Rules()


@pytest.mark.parametrize(
    ("site", "bin_", "policy"),
    [
        ("hamburg", "A-07", Cost(Prior(0.03))),
        ("berlin-1", "B-1", Cost(Prior(0.03, Law.of({-1: 2, 1: 1})), cost_missed=9)),
        ("berlin-1", "A-1", Capacity(30, Prior(0.03, Law.of({-1: 2, 1: 1})))),
        ("berlin-1", "A-07-3", Exact(Prior(0.03, Law.of({-1: 2, 1: 1})))),
    ],
)
def test_a_bin_has_the_rules_of_its_zone_else_its_site_else_the_book(site, bin_, policy):
    assert policy == parse(**BOOK).rules_for(BinId(site, bin_)).policy


def test_every_value_can_be_said():
    book = {
        "policy": "far",
        "law": {"-1": 1},
        "thresholds": [0.2, 0.3],
        "discrepancy_rate": 0.05,
        "anything": 0.1,
        "cost_false_alarm": 2,
        "cost_missed": 3,
        "cost_look": 1,
        "alpha": 0.05,
        "beta": 0.2,
        "correlation": 0.5,
        "correlation_touched": 0.4,
        "half_life_hours": 24,
        "slip": 0.3,
        "unstated": 0.8,
        "hold_minutes": 10,
        "rejoin_minutes": 90,
        "changed_minutes": 20,
        "reminder_minutes": 5,
        "longest_reminder_minutes": 60,
        "answer_hours": 12,
        "item_cost": 2,
        "relook_minutes": 30,
        "relooks_at_most": 5,
        "audit_share": 0.01,
        "most": 40,
        "visits": 5,
        "aisle_separator": ".",
        "aisle_parts": 2,
        "incident_window_minutes": 3,
        "incident_bins": 4,
        "incident_share": 0.7,
        "incident_right_share": 0.6,
        "incident_longest_hours": 4,
        "incident_grace_minutes": 15,
    }

    rules = parse(**book).rules

    prior = Prior(0.05, Law.of({-1: 1}, anything=0.1), most=40)
    memory = Memory(correlation=0.5, correlation_touched=0.4, half_life=24, slip=0.3, unstated=0.8)
    assert set(VALUES) == set(book)
    assert (FalseAlarms((0.2, 0.3), prior, Wald(0.05, 0.2)), memory) == (rules.policy, rules.memory)
    assert (2, 30, 5, 0.01) == (
        rules.item_cost,
        rules.relook_minutes,
        rules.relooks_at_most,
        rules.audit_share,
    )
    assert Patience(600, 5_400, 1_200, 300, 3_600, 43_200) == rules.patience
    assert Grouping(".", 2, 3, 4, 0.7, 0.6, 4, 15) == rules.grouping


def test_alerts_are_as_patient_as_the_life_of_an_alert_says_unless_the_book_says_otherwise():
    assert Patience() == parse().rules.patience


def test_what_cost_was_called_before_is_still_understood():
    assert Cost() == parse(policy="posterior").rules.policy


@pytest.mark.parametrize(
    ("book", "where"),
    [
        ("", r"\$: "),
        ("[]", r"\$: "),
        ("[" * 100_000, r"\$: "),
        ('{"policy": "guess"}', r"\$\.policy: "),
        ('{"cost_mised": 4}', r"\$\.cost_mised: "),
        ('{"cost_missed": "4"}', r"\$\.cost_missed: "),
        ('{"cost_missed": true}', r"\$\.cost_missed: "),
        ('{"cost_missed": NaN}', r"\$\.cost_missed: "),
        ('{"cost_missed": -4}', r"\$: costs"),
        ('{"discrepancy_rate": 2}', r"\$: the discrepancy rate"),
        ('{"visits": 2.5}', r"\$\.visits: "),
        ('{"law": []}', r"\$\.law: "),
        ('{"law": {}}', r"\$: a law"),
        ('{"law": {"one": 1}}', r"\$\.law\.one: "),
        ('{"law": {"--1": 1}}', r"\$\.law\.--1: "),
        ('{"law": {"%s": 1}}' % ("1" * 5_000), r"\$\.law\.1+: "),
        ('{"law": {"1": 1e308, "-1": 1e308}}', r"\$\.law\.1: "),
        ('{"law": {"1": 1, "-1": 1e-10}}', r"\$: a law"),
        ('{"cost_missed": 1%s}' % ("0" * 400), r"\$\.cost_missed: "),
        ('{"item_cost": 1e10}', r"\$\.item_cost: "),
        ('{"half_life_hours": 1%s}' % ("0" * 400), r"\$\.half_life_hours: "),
        ('{"policy": "far", "thresholds": [1%s]}' % ("0" * 400), r"\$\.thresholds: "),
        ('{"policy": "capacity", "visits": 1%s}' % ("0" * 400), r"\$\.visits: "),
        ('{"most": 10001}', r"\$: a bin must be able to hold"),
        ('{"policy": "far"}', r"\$: far"),
        ('{"thresholds": 0.5}', r"\$\.thresholds: "),
        ('{"hold_minutes": -1}', r"\$: hold_minutes"),
        ('{"reminder_minutes": 0}', r"\$: reminder_minutes"),
        ('{"reminder_minutes": 300}', r"\$: longest_reminder_minutes"),
        ('{"relooks_at_most": 0}', r"\$: relooks_at_most"),
        ('{"relooks_at_most": 1.5}', r"\$\.relooks_at_most: "),
        ('{"item_cost": 0}', r"\$: item_cost"),
        ('{"aisle_separator": ""}', r"\$: aisle_separator"),
        ('{"aisle_separator": 1}', r"\$\.aisle_separator: a text"),
        ('{"aisle_parts": 1.5}', r"\$\.aisle_parts: a whole number"),
        ('{"incident_bins": "5"}', r"\$\.incident_bins: a whole number"),
        ('{"incident_share": NaN}', r"\$\.incident_share: "),
        (
            '{"sites": {"b": {"incident_bins": 1}}}',
            r"\$\.sites\.b: incident_bins must lie within 2 to 200, not 1",
        ),
        (
            '{"sites": {"b": {"zones": {"A": {"aisle_parts": 2}}}}}',
            r"\$\.sites\.b\.zones\.A\.aisle_parts: aisles and incidents are of a whole site.* \$\.sites\.b$",
        ),
        ('{"cost_missed": 4, "cost_missed": 9}', r"\$\.cost_missed: it is said twice"),
        ('{"sites": {"b": {}, "b": {"beta": 0.1}}}', r"\$\.sites\.b: it is said twice"),
        ('{"sites": {}, "alpha": 0.1, "sites": {}}', r"\$\.sites: it is said twice"),
        ('{"law": {"1": 1, "1": 2}}', r"\$\.law\.1: it is said twice"),
        (
            '{"sites": {"b": {"zones": {"A": {}, "B": {"visits": 1, "visits": 2}}}}}',
            r"\$\.sites\.b\.zones\.B\.visits: it is said twice",
        ),
        ('{"thresholds": [1, {"a": 1, "a": 1}]}', r"\$\.thresholds\[1\]\.a: it is said twice"),
        ('{"sites": {"x/y": {}}}', r"\$\.sites\.x/y: no site can be called so"),
        ('{"sites": {"": {}}}', r"\$\.sites\.: no site can be called so"),
        ('{"sites": {"a\\nb": {}}}', r"\$\.sites\.a\nb: no site can be called so"),
        ('{"sites": {"%s": {}}}' % ("x" * 257), r"\$\.sites\.x+: no site can be called so"),
        ('{"sites": {"b": {"zones": {"x/y": {}}}}}', r"\$\.sites\.b\.zones\.x/y: no bin's name can begin so"),
        ('{"sites": []}', r"\$\.sites: "),
        ('{"sites": {"berlin-1": 3}}', r"\$\.sites\.berlin-1: "),
        ('{"sites": {"berlin-1": {"slip": 2}}}', r"\$\.sites\.berlin-1: slip"),
        ('{"sites": {"b": {"zones": {"A": {"policy": 1}}}}}', r"\$\.sites\.b\.zones\.A\.policy: "),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_book_that_cannot_be_is_refused_and_says_where(book, where):
    with pytest.raises(BadPolicies, match=f"^{where}"):
        PolicyBook.parse(book)


def test_every_site_has_its_own_grouping_and_its_zones_share_it():
    book = parse(
        incident_bins=4,
        sites={"b": {"aisle_separator": ".", "zones": {"A": {"hold_minutes": 7}}}},
    )

    own = Grouping(aisle_separator=".", incident_bins=4)
    assert Grouping(incident_bins=4) == book.rules_for(BinId("a", "A.1")).grouping
    assert [own, own] == [book.rules_for(BinId("b", name)).grouping for name in ("A.1", "B.1")]


@pytest.mark.parametrize(
    ("book", "where", "hold", "window"),
    [
        ({"incident_window_minutes": 6}, r"\$", 5, 6),
        ({"incident_window_minutes": 3, "hold_minutes": 2}, r"\$", 2, 3),
        ({"incident_window_minutes": 3, "sites": {"b": {"hold_minutes": 2}}}, r"\$\.sites\.b", 2, 3),
        ({"sites": {"b": {"zones": {"A": {"hold_minutes": 2}}}}}, r"\$\.sites\.b\.zones\.A", 2, 5),
    ],
    ids=str,
)
def test_a_hold_window_that_ends_before_an_incident_can_be_seen_is_refused(book, where, hold, window):
    refusal = (
        rf"^{where}: hold_minutes, {hold}, must not be shorter than incident_window_minutes, {window}:"
        rf".* raise hold_minutes to {window} or, .*lower incident_window_minutes to {hold}"
    )
    with pytest.raises(BadPolicies, match=refusal):
        parse(**book)


@pytest.mark.parametrize(
    ("values", "window"),
    [({}, 5), ({"hold_minutes": 2}, 2), ({"hold_minutes": 9}, 5), ({"hold_minutes": 0}, 5)],
    ids=str,
)
def test_an_incident_window_that_nobody_states_is_no_longer_than_the_hold_window(values, window):
    book = parse(sites={"b": {**values, "zones": {"A": {"slip": 0.1}}}}, hold_minutes=3)

    site, zone = (book.rules_for(BinId("b", name)).grouping for name in ("B", "A"))
    assert [window if values else 3] * 2 == [site.incident_window_minutes, zone.incident_window_minutes]


def test_where_alerts_do_not_wait_any_incident_window_can_be():
    rules = parse(hold_minutes=0, incident_window_minutes=30).rules

    assert (0, 1800) == (rules.patience.hold_s, rules.grouping.window_s)


def test_whatever_a_book_may_say_a_judgement_can_be_made_by():
    book = parse(
        law={"1": 1e9, "-1": 1e-9}, most=MAX_QUANTITY, cost_missed=1e9, item_cost=1e9, half_life_hours=1e-9
    )
    counter = Model("m", "1", (0.5, 0.5))

    for expected in (0, MAX_QUANTITY):
        look = Counted((0.4, 0.6))
        judgement = book.rules.policy.judge(look, Belief.of(look, counter), expected)
        assert 0 <= judgement.mismatch_probability <= 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"cost_missed": -4}', "costs must be positive"),
        (
            '{"sites": {"berlin-1": {"aisle_parts": -1}}}',
            "berlin-1: aisle_parts must lie within 0 to 16",
        ),
    ],
)
def test_the_last_good_book_holds_while_the_new_one_cannot_be_read(text, why):
    good, no_error = read_or_keep(json.dumps(BOOK), PolicyBook())
    kept, error = read_or_keep(text, good)

    assert (None, good) == (no_error, kept)
    assert why in str(error)
