"""Alerts from before they had a life: what their rows said, as a case that goes on from there."""

from binwatch.alerts import Alert, State
from binwatch.assessments import Assessment, Exhibit
from binwatch.episodes import Case, Episode
from binwatch.keys import BinId


def case_of(episodes: int, open_alert: Alert | None, order: str) -> Case:
    """The case of a bin that had so many episodes.

    Args:
        episodes: how many there were, so that the next one is named otherwise.
        open_alert: as it was sent, if it is still open; its receivers believe that, and will hear of its end.
        order: the place of the bin's newest look, which was heard of.
    """
    if open_alert is None:
        return Case(None, episodes, (order, 0))
    seen = _assessment(open_alert, order)
    episode = Episode(
        id=open_alert.id,
        state=State.OPEN,
        revision=open_alert.revision,
        assessment=seen,
        opened_at=open_alert.decided_at,
        openings=1,
        told=seen,
        told_at=open_alert.decided_at,
    )
    return Case(episode, episodes, (order, 0))


def _assessment(alert: Alert, order: str) -> Assessment:
    return Assessment(
        bin=BinId(alert.site, alert.bin),
        verdict=alert.verdict,
        direction=alert.direction,
        severity=alert.severity,
        expected=alert.expected,
        counted=alert.counted,
        mismatch_probability=alert.mismatch_probability,
        look_id=alert.photo.key,
        seen_at=alert.captured_at,
        order=order,
        revision=0,
        decided_at=alert.decided_at,
        exhibit=Exhibit(
            alert.photo,
            alert.probabilities,
            alert.expected_source,
            alert.captured_at,
            alert.model,
            alert.policy,
        ),
    )
