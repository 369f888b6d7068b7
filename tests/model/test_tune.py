"""A search finds the better settings, gives up on hopeless ones, and goes on where it was interrupted."""

import json
import re
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/model.txt")
optuna = pytest.importorskip("optuna", reason="optuna is not installed: requirements/model.txt")
pytest.importorskip("matplotlib", reason="matplotlib is not installed: requirements/model.txt")

from bincount.cli import main  # noqa: E402
from bincount.data.dataset import CARD, SCHEMA  # noqa: E402
from bincount.training.config import TrainConfig  # noqa: E402
from bincount.training.engine import NonFiniteLoss  # noqa: E402
from bincount.tuning.figures import trials_of  # noqa: E402
from bincount.tuning.journal import JOURNAL, OtherSearch  # noqa: E402
from bincount.tuning.report import write_best, write_report  # noqa: E402
from bincount.tuning.search import Plan, opened  # noqa: E402
from bincount.tuning.space import OURS, SEEDS, SPACES, Choice, Whole, as_sagemaker  # noqa: E402
from tests.model.searches import BASE, SPACE, bowl, searched  # noqa: E402


@pytest.fixture(autouse=True)
def quiet():
    optuna.logging.set_verbosity(optuna.logging.WARNING)


def tried(study):
    return [each.settings for each in trials_of(study)]


def test_a_search_finds_settings_near_the_best(tmp_path):
    study = searched(bowl, Plan(BASE, SPACE, trials=25), tmp_path)

    assert 25 == len(trials_of(study))
    assert 10**-2.9 < study.best_params["head_rate"] < 10**-2.1


def test_trials_that_do_worse_than_others_are_given_up(tmp_path):
    study = searched(bowl, Plan(BASE, SPACE, trials=12), tmp_path)

    pruned = [each for each in trials_of(study) if each.pruned]
    assert 1 <= len(pruned) < 12
    assert {2, 3} >= {len(each.epochs) for each in pruned}  # never after the first epoch
    assert min(each.nll for each in pruned) > study.best_value


@pytest.mark.parametrize("pruner", ["hyperband", "none"])
def test_other_pruners_can_be_chosen(tmp_path, pruner):
    study = searched(bowl, Plan(BASE, SPACE, trials=4, pruner=pruner), tmp_path)

    assert 4 == len(trials_of(study))


def test_the_same_seed_searches_alike(tmp_path):
    first = searched(bowl, Plan(BASE, SPACE, trials=4, seed=1), tmp_path / "first")
    again = searched(bowl, Plan(BASE, SPACE, trials=4, seed=1), tmp_path / "again")

    assert tried(first) == tried(again)


def test_a_search_goes_on_where_it_was_interrupted(tmp_path):
    def interrupted(config, observer):
        if len(list(tmp_path.glob("done*"))) == 3:
            raise KeyboardInterrupt
        (tmp_path / f"done{config.head_rate}").touch()
        return bowl(config, observer)

    with pytest.raises(KeyboardInterrupt):
        searched(interrupted, Plan(BASE, SPACE, trials=5), tmp_path)
    study = searched(bowl, Plan(BASE, SPACE, trials=5), tmp_path)

    assert 5 == len(trials_of(study))
    assert 5 == len({each["head_rate"] for each in tried(study)})  # none is tried twice


def test_a_trial_whose_process_was_killed_is_run_anew(tmp_path):
    plan = Plan(BASE, SPACE, trials=3)
    study = searched(bowl, Plan(BASE, SPACE, trials=2), tmp_path)
    study.ask()  # running, and nobody will ever tell of it

    study = searched(bowl, plan, tmp_path)

    assert 3 == len(trials_of(study))
    assert not study.get_trials(states=(optuna.trial.TrialState.RUNNING,))


def test_a_finished_search_runs_nothing(tmp_path):
    searched(bowl, Plan(BASE, SPACE, trials=2), tmp_path)

    study = searched(lambda config, observer: pytest.fail("it trains"), Plan(BASE, SPACE, trials=2), tmp_path)

    assert 2 == len(trials_of(study))


def test_a_folder_with_another_search_is_refused(tmp_path):
    searched(bowl, Plan(BASE, SPACE, trials=1), tmp_path)

    with pytest.raises(OtherSearch, match="another space, base"):
        searched(bowl, Plan(TrainConfig(epochs=9), SPACE, trials=1), tmp_path)


@pytest.mark.parametrize("other", [{"data": "b"}, {"teacher": "2"}])
def test_a_search_on_other_data_or_with_another_teacher_is_refused(other, tmp_path):
    plan = Plan(BASE, SPACE, trials=1, data="a", teacher="1")
    searched(bowl, plan, tmp_path)

    with pytest.raises(OtherSearch, match="data"):
        searched(bowl, replace(plan, **other), tmp_path)


@pytest.mark.parametrize("text", ["a shopping list", "a shopping list\n", '{"op_code":0}\n', '{"a": 1}\n'])
def test_a_file_that_is_no_search_is_refused_and_left_as_it_is(tmp_path, text):
    (tmp_path / JOURNAL).write_text(text)

    with pytest.raises(OtherSearch, match=r"study\.jsonl is not a search's file"):
        searched(bowl, Plan(BASE, SPACE, trials=1), tmp_path)

    assert text == (tmp_path / JOURNAL).read_text()


def test_half_a_line_that_a_full_disk_left_is_dropped(tmp_path):
    plan = Plan(BASE, SPACE, trials=3)
    searched(bowl, Plan(BASE, SPACE, trials=2), tmp_path)
    with (tmp_path / JOURNAL).open("a") as file:
        file.write('{"op_code":4,"wor')

    searched(bowl, plan, tmp_path)

    assert 3 == len(tried(searched(bowl, plan, tmp_path)))


def test_a_disk_that_is_full_ends_the_search_as_such(tmp_path):
    def filling(config, observer):
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / JOURNAL).stat().st_size + 20, hard))
        return bowl(config, observer)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    plan = Plan(BASE, SPACE, trials=2)
    searched(bowl, Plan(BASE, SPACE, trials=1), tmp_path)
    try:
        with pytest.raises(OSError, match="File too large"):
            searched(filling, plan, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert 2 == len(tried(searched(bowl, plan, tmp_path)))


def test_two_processes_do_not_search_in_one_folder(tmp_path):
    plan = Plan(BASE, SPACE, trials=1)

    with opened(plan, tmp_path), pytest.raises(OtherSearch, match="another process searches"):
        searched(bowl, plan, tmp_path)


def test_a_loss_that_is_no_number_ends_its_trial_and_not_the_search(tmp_path):
    def fragile(config, observer):
        if config.head_rate > 0.01:
            raise NonFiniteLoss("loss nan in step 3")
        return bowl(config, observer)

    study = searched(fragile, Plan(BASE, SPACE, trials=10), tmp_path)

    spoilt = [each for each in trials_of(study) if each.note]
    assert {"loss nan in step 3"} == {each.note for each in spoilt}
    assert study.best_params["head_rate"] <= 0.01


def test_the_best_settings_are_a_configuration(tmp_path):
    plan = Plan(BASE, SPACE, trials=5)
    study = searched(bowl, plan, tmp_path)

    write_best(study, plan, tmp_path)

    best = TrainConfig.of(TrainConfig.read_settings(tmp_path / "best.json"))
    assert study.best_params["head_rate"] == best.head_rate
    assert BASE.backbone == best.backbone


@pytest.mark.parametrize("trials", [1, 16])
def test_the_report_needs_nothing_from_elsewhere(tmp_path, trials):
    plan = Plan(BASE, SPACE, trials=trials, pruner="none")

    write_report(searched(bowl, plan, tmp_path), plan, tmp_path)

    page, told = (tmp_path / "tune.html").read_text(), json.loads((tmp_path / "tune.json").read_text())
    assert (4 if trials == 16 else 3) == page.count("<svg")
    assert not re.search(r"""(src|href)=["'](?!#)|url\((?!#)|@import""", page)
    assert trials == len(told["trials"])
    assert min(each["nll"] for each in told["trials"] if not each["pruned"]) == told["best"]["nll"]


def test_a_space_is_sagemakers_ranges():
    ranges = as_sagemaker({**SEEDS, "synthetic": Whole(0, 100)})

    assert {
        "ContinuousParameterRanges": [
            {"Name": "head_rate", "MinValue": "0.001", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
        ],
        "IntegerParameterRanges": [
            {"Name": "synthetic", "MinValue": "0", "MaxValue": "100", "ScalingType": "Linear"}
        ],
        "CategoricalParameterRanges": [{"Name": "batch_size", "Values": ["32", "64", "128"]}],
    } == ranges


def test_sagemaker_takes_the_ranges_of_every_space():
    botocore = pytest.importorskip("botocore.session", reason="botocore is not installed")
    from botocore.validate import ParamValidator

    shape = botocore.get_session().get_service_model("sagemaker").shape_for("ParameterRanges")

    for space in SPACES.values():
        assert not ParamValidator().validate(as_sagemaker(space), shape).has_errors()


@pytest.mark.parametrize("space", [OURS, SEEDS])
def test_every_name_of_a_space_is_a_setting_and_every_bound_is_allowed(space):
    for name, each in space.items():
        for value in each.values if isinstance(each, Choice) else (each.low, each.high):
            assert value == getattr(TrainConfig.of({name: value}), name)


def test_the_command_names_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    card = {"schema": SCHEMA, "photos": 0, "fingerprint": "a"}
    (tmp_path / CARD).write_text(json.dumps(card))

    done = CliRunner().invoke(main, ["tune", str(tmp_path), "--out", str(tmp_path / "file" / "out")])

    assert 1 == done.exit_code
    assert "Not a directory; make room or choose another --out" in done.output


def test_the_command_refuses_data_that_was_not_prepared_and_makes_no_folder(tmp_path):
    done = CliRunner().invoke(main, ["tune", str(tmp_path), "--out", str(tmp_path / "out"), "--trials", "1"])

    assert 1 == done.exit_code
    assert "bincount prepare" in done.output
    assert not Path(tmp_path / "out").exists()
