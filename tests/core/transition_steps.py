"""Steps of one alert's life, minute by minute."""

from binwatch.commands import Assessed
from binwatch.episodes import Case, Circumstances, Patience
from binwatch.transitions import step
from tests.alert_lives import an_assessment, minute

AT_ONCE = Patience(hold_s=0)


def at(number, who="binwatch", mute=None, rules=AT_ONCE):
    return Circumstances(minute(number), who, "", mute, rules)


def run(*commands, case=None):
    """The last step of these (command, circumstances)."""
    done = None
    for command, circumstances in commands:
        done = step(done.case if done else case or Case(), command, circumstances)
    return done


def seen(number, **fields):
    return Assessed(an_assessment(number, **fields)), at(number)


OPEN = run(seen(0)).case
ID = OPEN.episode.id
