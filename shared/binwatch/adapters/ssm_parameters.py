"""The text of an SSM parameter."""

from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

from binwatch.errors import Unavailable


def text_of(parameters: SSMProvider, name: str, max_age_s: int, *, decrypt: bool = False) -> str:
    """What the parameter says.

    Args:
        parameters: SSM, with timeouts that leave a function its time.
        name: the parameter's.
        max_age_s: how long an earlier answer still holds.
        decrypt: it is a SecureString.

    Raises:
        Unavailable: SSM is out of reach, or does not tell.
    """
    try:
        return str(parameters.get(name, max_age=max_age_s, decrypt=decrypt))
    except GetParameterError as error:
        cause = error.__context__
        if isinstance(cause, ClientError):
            code = cause.response["Error"]["Code"]
            raise Unavailable(f"SSM answered {code} for {name}") from error
        raise Unavailable(f"SSM is out of reach: {type(cause).__name__}") from error
