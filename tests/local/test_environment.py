"""Nothing that we start can reach a person's own AWS account."""

from binwatch_local.environment import isolated, ministack

PERSONAL = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL": "https://real.example",
    "AWS_ENDPOINT_URL_S3": "https://real.example",
    "AWS_CONFIG_FILE": "/home/me/.aws/config",
    "AWS_CA_BUNDLE": "/etc/ca.pem",
    "PYTHONPATH": "/home/me/other",
    "PATH": "/usr/bin",
    "NO_PROXY": "intranet",
}


def test_nothing_of_a_person_s_account_is_passed_on():
    passed_on = isolated(PERSONAL)

    assert not {"production", "AKIAREAL", "real", "https://real.example"} & set(passed_on.values())
    assert passed_on["AWS_CONFIG_FILE"] == "/dev/null"
    assert passed_on["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"


def test_what_is_no_account_stays():
    passed_on = isolated(PERSONAL)

    assert passed_on["PATH"] == "/usr/bin"
    assert passed_on["AWS_CA_BUNDLE"] == "/etc/ca.pem"
    assert "PYTHONPATH" not in passed_on


def test_no_proxy_stands_between_us_and_this_machine():
    assert isolated(PERSONAL)["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_ministack_listens_to_this_machine_only_and_writes_to_its_home_only(tmp_path):
    environ = ministack(4566, tmp_path / "aws", tmp_path / "s3", tmp_path / "tmp")

    assert environ["BIND_HOST"] == "127.0.0.1"
    folders = ("STATE_DIR", "S3_DATA_DIR", "TMPDIR")
    assert all(environ[folder].startswith(str(tmp_path)) for folder in folders)
