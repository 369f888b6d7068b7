"""Frozen values as JSON text in a row, and back: nested dataclasses need no column for each field."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from binwatch.errors import RowUnreadable

type Tell = Callable[[RowUnreadable], None]  # hears of a row that cannot be read


def nobody(_: RowUnreadable) -> None:
    """Where nobody wants to hear."""


def readable[R, T](rows: Iterable[R], read: Callable[[R], T], tell: Tell) -> Iterator[T]:
    """What rows keep; one that cannot be read is told of and left out, lest it stop all others."""
    for row in rows:
        try:
            kept = read(row)
        except RowUnreadable as error:
            tell(error)
        else:
            yield kept


def to_text(value: Any, schema: int) -> str:  # noqa: ANN401 - any of our dataclasses
    """A dataclass of dataclasses, enums, tuples and plain values as JSON text that names its schema."""
    return json.dumps({"schema": schema, **asdict(value)}, ensure_ascii=False)


def from_text[T](kind: type[T], text: str, schema: int) -> T:
    """What `to_text` was given.

    Raises:
        RowUnreadable: the text is of another schema, or damaged.
    """
    try:
        values = json.loads(text)
        found = values.pop("schema")
        if found != schema:
            raise RowUnreadable(
                "row_of_other_schema", f"a stored {kind.__name__} has schema {found}, not {schema}"
            )
        built = _built(kind, values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RowUnreadable("row_damaged", f"a stored {kind.__name__} cannot be read: {error!r}") from error
    if not isinstance(built, kind):
        raise RowUnreadable("row_damaged", f"a stored {kind.__name__} is none")
    return built


def _built(kind: Any, value: Any) -> Any:  # noqa: ANN401 - follows the type hints
    """A JSON value as the type that a hint names."""
    if get_origin(kind) is UnionType:
        (other,) = (each for each in get_args(kind) if each is not NoneType)
        return None if value is None else _built(other, value)
    if get_origin(kind) is tuple:
        return _tuple(get_args(kind), value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if issubclass(kind, Enum):
        return kind(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _tuple(kinds: tuple[Any, ...], values: Any) -> tuple[Any, ...]:  # noqa: ANN401
    if not isinstance(values, list):
        raise TypeError(f"{values!r} is no list")
    if kinds[-1] is Ellipsis:
        return tuple(_built(kinds[0], each) for each in values)
    return tuple(_built(kind, each) for kind, each in zip(kinds, values, strict=True))


def _dataclass(kind: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    hints = get_type_hints(kind)
    names = {each.name for each in fields(kind)}
    values = {name: value for name, value in values.items() if name not in getattr(kind, "retired", ())}
    if unknown := values.keys() - names:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: _built(hints[name], value) for name, value in values.items()})
