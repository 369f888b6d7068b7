"""Whatever happens to a bin, in whatever order and however often, its alert keeps these rules."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from binwatch.alerts import Severity, State
from binwatch.commands import Acknowledge, Assessed, FalseAlarm, Reason, Reopen, Resolve, Woken
from binwatch.decision import Verdict
from binwatch.episodes import ENDED, HISTORY, Case, Circumstances, Mute, Patience
from binwatch.errors import IllegalTransition, RevisionConflict
from binwatch.moments import later
from binwatch.transitions import step
from tests.alert_lives import an_assessment, minute

RULES = Patience(hold_s=180, rejoin_s=1200, changed_every_s=600, answer_s=1800)
PEOPLE = st.sampled_from(["Anna", "Ben"])
VERDICTS = st.sampled_from([None, None, Verdict.UNSURE, Verdict.UNREADABLE])


class AlertLife(RuleBasedStateMachine):
    """A bin, its receivers, who fold what they are sent, and queues that repeat and reorder."""

    delivered = Bundle("delivered")
    patience = RULES

    def __init__(self):
        super().__init__()
        self.now = minute(0)
        self.case = Case()
        self.mute = None
        self.opened = {}  # as a receiver of messages knows: alert id -> whether it is open
        self.revisions = {}  # alert id -> the last
        self.looks = 0

    @rule(minutes=st.integers(1, 40))
    def time_passes(self, minutes):
        self.now = later(self.now, 60 * minutes)

    @rule(target=delivered, counted=st.integers(2, 7), severe=st.booleans(), verdict=VERDICTS)
    def robot_looks(self, counted, severe, verdict):
        self.looks += 1
        fields = {"look_id": f"look-{self.looks}", "order": f"{self.looks:06}", "seen_at": self.now}
        seen = an_assessment(0, counted=counted, severity=Severity.HIGH if severe else Severity.LOW, **fields)
        command = Assessed(replace(seen, verdict=verdict or seen.verdict))
        self.obey(command, "binwatch")
        return command, "binwatch"

    @rule(target=delivered, who=PEOPLE, what=st.integers(0, 3), behind=st.integers(0, 3))
    def person_answers(self, who, what, behind):
        episode = self.case.episode
        alert_id = episode.id if episode else "none"
        revision = max(1, episode.revision - behind) if episode else 1
        command = (
            Acknowledge(alert_id, revision),
            Resolve(alert_id, revision, counted=3),
            FalseAlarm(alert_id, revision, Reason.MISCOUNTED),
            Reopen(alert_id, revision),
        )[what]
        self.obey(command, who)
        return command, who

    @rule(command=delivered)
    def queue_repeats_an_old_command(self, command):
        self.obey(*command)

    @rule(command=consumes(delivered))
    def queue_repeats_the_same_command_at_once(self, command):
        self.obey(*command)
        once = self.case
        assert (None, None) == self.obey(*command)
        assert once == self.case

    @rule()
    def timer_goes_off(self):
        self.obey(Woken(), "binwatch")
        assert (None, None) == self.obey(Woken(), "binwatch")

    @rule(mute=st.sampled_from(["incident", "silence", None]))
    def muting_changes(self, mute):
        until = later(self.now, 1200)
        self.mute = Mute(f"{mute} 1", until, by_incident=mute == "incident") if mute else None

    def obey(self, command, who):
        before = self.case
        if self.mute and self.mute.until <= self.now:
            self.mute = None
        at = Circumstances(self.now, who, "", self.mute, self.patience)
        try:
            done = step(before, command, at)
        except (IllegalTransition, RevisionConflict):
            return None, None
        self.case = done.case
        self.check_trail(before, done)
        self.receive(done.message)
        self.check_muted(done.case.episode if command == Woken() else None)
        return done.entry, done.message

    def check_trail(self, before, done):
        """The revision rises by one with every transition, which leaves an entry; nothing else does."""
        old, new = before.episode, done.case.episode
        if done.entry is None:
            assert done.message is None
            assert (old and (old.id, old.state, old.revision)) == (new and (new.id, new.state, new.revision))
            return
        last = self.revisions.get(new.id, 0)
        assert last + 1 == new.revision == done.entry.revision
        assert done.entry == new.history[-1]
        assert (done.message and done.message.event) == done.entry.sent
        self.revisions[new.id] = new.revision

    def check_muted(self, woken):
        """What an incident mutes looks again, and is told as open only if somebody looks after it."""
        if woken and woken.state is State.OPEN and self.mute and self.mute.by_incident:
            assert woken.told is None
            assert woken.wake_at > self.now

    def receive(self, message):
        """Openings, changes and ends alternate as they should, for whoever only reads the messages."""
        if message is None:
            return
        is_open = self.opened.get(message.id, False)
        assert (message.event == "opened") != is_open
        assert message.revision == self.revisions[message.id]
        self.opened[message.id] = message.event != "resolved"

    @invariant()
    def at_most_one_alert_is_open(self):
        heard = [each for each, is_open in self.opened.items() if is_open]
        assert len(heard) <= 1
        episode = self.case.episode
        assert heard == [episode.id] if episode and episode.told else heard == []

    @invariant()
    def what_was_told_is_open(self):
        episode = self.case.episode
        assert not (episode and episode.told) or episode.is_open

    @invariant()
    def what_runs_has_a_timer_if_anything_will_be_due(self):
        episode = self.case.episode
        if episode is None:
            return
        assert episode.state not in ENDED or episode.wake_at is None
        assert episode.state is not State.HELD or episode.wake_at == episode.held_until
        urgent = episode.state is State.OPEN and episode.told and episode.assessment.severity is Severity.HIGH
        assert bool(urgent) == bool(episode.remind_at)
        assert len(episode.history) <= HISTORY

    def teardown(self):
        """Nothing is lost: once nothing mutes it and its timers have run, staff know what is so."""
        self.mute = None
        for _ in range(6):
            self.now = later(self.now, 7 * 86_400)
            self.obey(Woken(), "binwatch")
        episode = self.case.episode
        if episode and episode.state is State.OPEN:
            assert self.opened[episode.id]
            assert episode.told.difference == episode.assessment.difference
        elif episode and episode.state in ENDED:
            assert not self.opened.get(episode.id, False)


class AlertLifeWithoutHoldWindow(AlertLife):
    """The same where everything is told at once."""

    patience = replace(RULES, hold_s=0)


FEW = settings(max_examples=40, stateful_step_count=40, deadline=None, derandomize=True)
TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = FEW
TestAlertLifeWithoutHoldWindow = AlertLifeWithoutHoldWindow.TestCase
TestAlertLifeWithoutHoldWindow.settings = FEW
