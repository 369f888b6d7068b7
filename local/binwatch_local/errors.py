"""What can go wrong on one machine, each with the remedy that a person can apply."""


class OneMachineError(Exception):
    """Something that the person at the keyboard can put right.

    Args:
        what: the thing and what is wrong with it, as a sentence.
        remedy: what to do about it, as a sentence.
    """

    exit_code = 1

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class NotRunning(OneMachineError):
    """The one-machine stack is not up."""

    exit_code = 3


class Refused(OneMachineError):
    """An answer, a silence or an end that the alert's life does not allow."""


class Overtaken(OneMachineError):
    """An answer to what an alert was before others changed it."""

    exit_code = 4


class SourceUnusable(OneMachineError):
    """The photos asked for cannot be read."""


class PoliciesRefused(OneMachineError):
    """A policy book that cannot be, or that no parameter can hold."""


class AnswersRefused(OneMachineError):
    """A file that is no list of people's answers."""


class StepFailed(OneMachineError):
    """A program that we started did not do its work.

    Args:
        what: the step that failed, as a sentence.
        remedy: what to do about it.
        log: the file that holds the program's whole output.
        last_lines: the end of that output.
    """

    def __init__(self, what: str, remedy: str, log: str, last_lines: str) -> None:
        super().__init__(what, remedy)
        self.log = log
        self.last_lines = last_lines
