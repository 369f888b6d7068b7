"""template.yaml as tests read it."""

from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[1]
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
PARAMETERS, RESOURCES = TEMPLATE["Parameters"], TEMPLATE["Resources"]
GLOBALS = TEMPLATE["Globals"]["Function"]


def of_type(kind):
    return {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = of_type("AWS::SQS::Queue")
ROLES = of_type("AWS::IAM::Role")
ALARMS = of_type("AWS::CloudWatch::Alarm")
UPLOADS = FUNCTIONS["CountBinsFunction"]["Events"]["Uploads"]["Properties"]
OUTBOX = FUNCTIONS["PublishAlertsFunction"]["Events"]["Outbox"]["Properties"]
TRIES = QUEUES["UploadsQueue"]["RedrivePolicy"]["maxReceiveCount"]


def attribute(resource, name="Arn"):
    return {"Fn::GetAtt": [resource, name]}


def statements(role):
    return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def as_list(value):
    return value if isinstance(value, list) else [value]


def environ(function):
    """A function's variables, with every parameter at its default."""
    variables = GLOBALS["Environment"]["Variables"] | FUNCTIONS[function]["Environment"]["Variables"]
    return {
        name: str(PARAMETERS[value["Ref"]]["Default"])
        if isinstance(value, dict) and value.get("Ref") in PARAMETERS
        else "set"
        for name, value in variables.items()
    }
