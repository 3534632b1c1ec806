"""Sends families' stories through the real submission code, and lets a few teams begin to work on them.

Seven of the fourteen in `data/stories.csv`, told as the families would.
"""

import datetime
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from hubs.models import Locality, User
from referrals import triage
from referrals.journey.forms import WORDING
from referrals.models import ContactTry, QueueEntry, Referral, SharingChoice
from referrals.submission import send

from .tables import FOLDER

NAMESPACE = uuid.UUID("5f3c2a44-6c0d-5e5b-9d53-0c4f7f1a9e10")
"""Makes the same submission keys each time, so that nothing is sent twice."""


@dataclass(frozen=True)
class Story:
    """One family's request, where it must land, and how long ago it came."""

    code: str
    team: tuple[str, str]
    hours_ago: int
    answers: Mapping[str, Any]

    @property
    def key(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, self.code)


def stories() -> list[Story]:
    """Return the requests of `data/requests.json`."""
    told = json.loads((FOLDER / "requests.json").read_text(encoding="utf-8"))
    return [
        Story(row["story"], (row["council"], row["team"]), row["hours_ago"], _whole(row["answers"]))
        for row in told
    ]


def _whole(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers as the journey would have gathered them: the file leaves out what is always the same."""
    answers = {
        **told,
        "where": {"home": "postcode", "postcode": "", "served": True} | told["where"],
        "agreement": {"agreed": "yes", "wording": WORDING},
        "sharing": dict.fromkeys(SharingChoice.Agency.values, "ask") | told["sharing"],
    }
    if "children" in told:
        answers["children"] = [_OF_AN_AGE | child for child in told["children"]]
        answers["more-children"] = {"another": "no"}
    if "your-age" in told:
        answers["your-age"] = _OF_AN_AGE | told["your-age"]
    return answers


_OF_AN_AGE = {"known": "age", "born": "", "due": ""}


def load(people: Mapping[str, User], teams: Mapping[tuple[str, str], Locality]) -> list[Referral]:
    """Send every story once, then let the teams do their part. Requests already sent stay as they are."""
    sent = []
    for story in stories():
        is_new = not Referral.objects.filter(submission_key=story.key).exists()
        received_at = timezone.now() - datetime.timedelta(hours=story.hours_ago)
        referral = send(story.answers, submission_key=story.key, received_at=received_at)
        sent.append(referral)
        if is_new and story.code in WORK:
            WORK[story.code](referral.entries.get(), people, teams)
    return sent


Work = Callable[[QueueEntry, Mapping[str, User], Mapping[tuple[str, str], Locality]], None]


def _begin_to_help(entry: QueueEntry, people: Mapping[str, User], teams: object) -> None:
    kit = people["kit"]
    entry = triage.claim(entry, by=kit)
    triage.note(
        entry, by=kit, text="Read the story. Kinship offer fits; the bed could come from the support package."
    )


def _offer_elsewhere(
    entry: QueueEntry, people: Mapping[str, User], teams: Mapping[tuple[str, str], Locality]
) -> None:
    noor = people["noor"]
    entry = triage.claim(entry, by=noor)
    triage.offer(
        entry,
        to=teams["Dorset", "Chesil"],
        by=noor,
        reason="They are moving in with an aunt in Weymouth next week, and the new school is there.",
    )


def _try_to_reach(entry: QueueEntry, people: Mapping[str, User], teams: object) -> None:
    eve = people["eve"]
    entry = triage.claim(entry, by=eve)
    triage.record_try(
        entry,
        by=eve,
        way=ContactTry.Way.CALL,
        result=ContactTry.Result.NO_ANSWER,
        text="Rang at 10am, no answer. Left no message. Will try in the evening.",
    )


WORK: Mapping[str, Work] = {"R06": _begin_to_help, "R12": _offer_elsewhere, "R14": _try_to_reach}
"""What has been done so far about some of the stories."""
