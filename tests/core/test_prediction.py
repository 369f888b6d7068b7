"""The endpoint's answer, written and read by the same contract."""

import json

import pytest

from binwatch.prediction import Counted, MalformedPrediction, Model, Refused, parse, to_json

MODEL = Model("resnet", "3", (0.25, 0.75))


def test_what_is_written_is_read():
    predictions = (Counted((0.1, 0.9)), Refused("truncated", "the file ends early"))

    assert (MODEL, predictions) == parse(to_json(MODEL, predictions))


def test_the_answer_shows_count_and_confidence_for_people():
    shown = json.loads(to_json(MODEL, [Counted((0.1, 0.9))]))["predictions"][0]

    assert {"count": 1, "confidence": 0.9, "probabilities": [0.1, 0.9]} == shown


def test_the_count_to_tell_is_near_most_of_what_may_be_true():
    lone_peak = Counted((0, 0.3, 0, 0.25, 0.2, 0.25))

    assert (4, 0.2) == (lone_peak.count, lone_peak.confidence)


@pytest.mark.parametrize("count", range(4))
def test_a_sure_counter_tells_its_count(count):
    assert count == Counted(tuple(float(each == count) for each in range(4))).count


def an_answer(*distributions, **model):
    predictions = [{"probabilities": each} for each in distributions]
    return json.dumps({"model": {"name": "m", "version": "1", **model}, "predictions": predictions})


@pytest.mark.parametrize(
    "probabilities",
    [
        [],
        [1.0],
        [0.5, 0.6],
        [-0.1, 1.1],
        [float("nan"), 1.0],
        [float("inf"), 0.0],
        [1e308, 1e308, 1e308],
        [0.2, 0.3, 0.5],
    ],
)
def test_what_is_no_distribution_is_refused_alone_and_its_neighbours_are_counts(probabilities):
    good = Counted((0.1, 0.9))

    _, (before, refused, after) = parse(
        an_answer([0.1, 0.9], probabilities, [0.1, 0.9], label_prior=[0.5, 0.5])
    )

    assert (good, good) == (before, after)
    assert "not_a_distribution" == refused.code


@pytest.mark.parametrize("probabilities", [["a", "b"], None, 7])
def test_what_holds_no_numbers_is_no_answer(probabilities):
    with pytest.raises(MalformedPrediction):
        parse(an_answer(probabilities))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        '{"model": {"name": "m", "version": "1"}, "predictions": [{"probabilities": [0.5, 1%s]}]}'
        % ("0" * 400),
        '{"model": {}, "predictions": []}',
        '{"model": {"name": "m", "version": "1"}}',
        '{"model": {"name": "m", "version": "1"}, "predictions": [7]}',
        '{"model": {"name": "m", "version": "1", "label_prior": [1, 1]}, "predictions": []}',
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(MalformedPrediction):
        parse(text)
