"""A policy book's text as JSON values, each name said once.

JSON leaves open what a name means that an object holds twice, and Python silently takes the last: who adds a
line to a book that has it already would not learn which of the two holds.
"""

import json
from collections import Counter
from typing import Any

from binwatch.policy_values import BadPolicies


class _Object(dict[str, Any]):
    """A JSON object that knows which names its text said more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        said = Counter(name for name, _ in pairs)
        self.twice = [name for name, times in said.items() if times > 1]


def read(text: str) -> Any:  # noqa: ANN401 - whatever the book holds
    """The values of a text.

    Raises:
        BadPolicies: it is no JSON, or an object in it says a name twice.
    """
    try:
        values = json.loads(text, object_pairs_hook=_Object)
    except (ValueError, RecursionError) as error:
        raise BadPolicies("$: the policy book is no JSON text") from error
    waiting = [("$", values)]  # no recursion: JSON may be nested more deeply than Python's calls
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Object):
            if value.twice:
                raise BadPolicies(f"{path}.{value.twice[0]}: it is said twice; keep the one that is meant")
            waiting += ((f"{path}.{name}", each) for name, each in value.items())
        elif isinstance(value, list):
            waiting += ((f"{path}[{place}]", each) for place, each in enumerate(value))
    return values
