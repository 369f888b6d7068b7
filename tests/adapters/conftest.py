"""AWS in memory for the adapters: one fresh account a test."""

import boto3
import pytest
from botocore.loaders import create_loader
from botocore.session import get_session
from moto import mock_aws

from binwatch.adapters.dynamodb_ledger import DynamoLedger

REGION = "eu-central-1"


@pytest.fixture(scope="session")
def service_models():
    """What botocore knows of AWS's services, which takes longer to read than most tests to run."""
    return create_loader()


@pytest.fixture(autouse=True)
def aws(monkeypatch, service_models):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = get_session()
        session.register_component("data_loader", service_models)
        boto3.setup_default_session(botocore_session=session)
        yield


@pytest.fixture
def table(aws):
    boto3.client("dynamodb").create_table(
        TableName="binwatch",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    return boto3.resource("dynamodb").Table("binwatch")


@pytest.fixture
def ledger(table):
    return DynamoLedger("binwatch")
