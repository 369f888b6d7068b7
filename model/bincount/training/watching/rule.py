"""What a rule is: an observer that looks for one disease of a training run and says what ails now."""

from typing import ClassVar

from bincount.training.observers import Observer


class Rule(Observer):
    """Looks for one disease.

    ``complaint`` says what is wrong at present and what to do about it; None while nothing is. A rule that
    looks at some steps only keeps its complaint in between.
    """

    name: ClassVar[str]
    complaint: str | None = None
