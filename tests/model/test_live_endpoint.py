"""The real server with the shipped counter, reached as Lambda reaches it: by boto3."""

import json
import os
import signal
import subprocess
import sys

import pytest

from bincount.data.synthetic import bins
from binwatch.prediction import Refused, parse
from tests.model.builders import post_many

boto3 = pytest.importorskip("boto3", reason="boto3 is not in the training environment")


@pytest.fixture(scope="module")
def endpoint():
    command = [sys.executable, "-m", "bincount.cli", "serve", "--port", "0", "--device", "cpu", "--json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as server:
        yield server, json.loads(server.stdout.readline())["url"]
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


@pytest.fixture
def runtime(endpoint):
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=endpoint[1],
        region_name="eu-central-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


def test_invoke_endpoint_counts_one_photo(runtime):
    (drawn,) = bins(1, seed=1)

    answer = runtime.invoke_endpoint(EndpointName="any", ContentType="image/jpeg", Body=drawn.jpeg)

    model, (prediction,) = parse(answer["Body"].read())
    assert len(model.label_prior) == len(prediction.probabilities)


def test_invoke_endpoint_counts_many_and_refuses_one(runtime):
    photos = [each.jpeg for each in bins(5, seed=2)]
    photos.insert(2, photos[0][:100])
    request = post_many(*photos)

    answer = runtime.invoke_endpoint(
        EndpointName="any", ContentType=request.headers["content-type"], Body=request.read()
    )

    predictions = parse(answer["Body"].read())[1]
    assert [2] == [place for place, each in enumerate(predictions) if isinstance(each, Refused)]
    assert 6 == len(predictions)


def test_a_refused_request_is_the_model_error_that_sagemaker_makes_of_it(runtime):
    with pytest.raises(runtime.exceptions.ModelError) as refused:
        runtime.invoke_endpoint(EndpointName="any", ContentType="text/plain", Body=b"no photo")

    assert "ModelError" == refused.value.response["Error"]["Code"]
    assert 415 == refused.value.response["OriginalStatusCode"]


def test_ctrl_c_ends_the_server_without_a_traceback():
    command = [sys.executable, "-m", "bincount.cli", "serve", "--port", "0", "--device", "cpu", "--json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as server:
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)

    assert (0, "") == (server.returncode, errors)
