"""What template.yaml says of what is kept: who may touch it, and how long it lives."""

import pytest

from tests.sam_template import RESOURCES, as_list, of_type


def test_the_uploads_bucket_is_versioned_encrypted_and_private():
    bucket = RESOURCES["UploadsBucket"]["Properties"]

    assert "Enabled" == bucket["VersioningConfiguration"]["Status"]
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert {True} == set(bucket["PublicAccessBlockConfiguration"].values())
    assert 4 == len(bucket["PublicAccessBlockConfiguration"])


def test_only_the_uploads_bucket_may_put_notifications_into_the_queue():
    allow = RESOURCES["UploadsQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    _, names = allow["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]

    assert RESOURCES["UploadsBucket"]["Properties"]["BucketName"] == names["Bucket"]
    assert {"Ref": "AWS::AccountId"} == allow["Condition"]["StringEquals"]["aws:SourceAccount"]


def expiry(prefix):
    rules = RESOURCES["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (rule,) = [
        rule["Fn::If"][1] for rule in rules if "Fn::If" in rule and rule["Fn::If"][1].get("Prefix") == prefix
    ]
    return rule


def test_every_photo_expires_where_only_photos_lie():
    rule = expiry("bin-images/")

    assert {"Ref": "PhotoRetentionDays"} == rule["ExpirationInDays"]
    assert "ObjectSizeGreaterThan" not in rule


def test_a_standing_record_never_expires_with_its_photos():
    assert int(expiry("sites/")["ObjectSizeGreaterThan"]) >= 32_768


def test_nothing_expires_outside_the_folders_of_photos():
    rules = RESOURCES["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    plain = [rule["Fn::If"][1] if "Fn::If" in rule else rule for rule in rules]

    assert ["bin-images/", "sites/"] == [rule.get("Prefix") for rule in plain if "ExpirationInDays" in rule]


@pytest.mark.parametrize("kind", ["AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"])
def test_whatever_has_a_policy_speaks_tls_only(kind):
    subjects = {"AWS::S3::Bucket": "Bucket", "AWS::SQS::Queue": "Queues", "AWS::SNS::Topic": "Topics"}
    covered = {
        subject["Ref"]
        for policy in of_type(f"{kind}Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for subject in as_list(policy[subjects[kind]])
    }

    assert set(of_type(kind)) == covered


@pytest.mark.parametrize("resource", ["UploadsBucket", "Table"])
def test_what_cannot_be_made_again_outlives_the_stack(resource):
    kept = RESOURCES[resource]

    assert ("RetainExceptOnCreate", "Retain") == (kept["DeletionPolicy"], kept["UpdateReplacePolicy"])
