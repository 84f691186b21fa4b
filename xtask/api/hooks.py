"""What schemathesis must know of Kairo beside the description: the token, what the forms of texts
hold, and how not to be throttled as one client."""

import os
import random
import re

import requests
import schemathesis
from hypothesis import strategies as st

ZONES = ["America/New_York", "Europe/Berlin", "UTC", "Asia/Kolkata", "Pacific/Apia"]
RULES = ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=MONTHLY;COUNT=3", "FREQ=YEARLY"]
schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("rfc5545-rrule", st.sampled_from(RULES))

# Hypothesis seeds the shared generator anew for each example, which would repeat the addresses.
ADDRESSES = random.SystemRandom()


@schemathesis.auth()
class Token:
    """The token of the run; checks leave it out to see the answer to nobody."""

    def get(self, case, ctx):
        return os.environ["KAIRO_TOKEN"]

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Kairo trusts this machine as a proxy for the run: each request is another client's."""
    case.headers = case.headers or {}
    octets = (str(ADDRESSES.randint(1, 254)) for _ in range(4))
    case.headers["X-Forwarded-For"] = ".".join(octets)


ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TAGS = re.compile('(W/)?"[!#-~]*"( ?, ?(W/)?"[!#-~]*")*')
TEXTS = ["standup every day at 9:15am", "pay rent every 1st", "lunch with Sam tomorrow 1pm", "milk"]


def asked(method, path, body, **headers):
    """A request of the hooks' own, for something that a case can be about."""
    octets = (str(ADDRESSES.randint(0, 255)) for _ in range(2))
    headers["Authorization"] = "Bearer " + os.environ["KAIRO_TOKEN"]
    headers["X-Forwarded-For"] = "198.51." + ".".join(octets)
    answer = requests.request(
        method,
        os.environ["KAIRO_URL"] + path,
        json=body,
        headers=headers,
        verify=os.environ["KAIRO_CA"],
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()


def made():
    """A new capture of the caller's, with its items."""
    thought = {
        "text": ADDRESSES.choice(TEXTS),
        "time_zone": ADDRESSES.choice(ZONES),
        "reference": "2026-11-23T09:00:00",
    }
    return asked("POST", "/api/v1/captures", thought)


@schemathesis.hook
def map_case(context, case):
    """Of two valid cases about something one is about what is there, at its version. What is meant
    to be broken stays so: only valid parts are replaced, by valid ones."""
    path = case.path_parameters or {}
    if not ID.fullmatch(str(path.get("id", ""))) or ADDRESSES.random() < 0.5:
        return case
    there = made()
    if "/captures/{id}" in case.path:
        path["id"] = there["capture"]["id"]
        return case
    item = there["items"][0]
    path["id"] = item["id"]
    start = item["start"]
    if start and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*", str(path.get("original", ""))):
        path["original"] = start if "T" in start else start + "T00:00:00"
    if TAGS.fullmatch(str((case.headers or {}).get("If-Match", ""))):
        case.headers["If-Match"] = '"1"'
    version = case.body.get("version") if isinstance(case.body, dict) else None
    if type(version) is int and 1 <= version < 2**31:
        asked("PATCH", "/api/v1/items/" + item["id"], {"title": "Changed"}, **{"If-Match": '"1"'})
        case.body["version"] = 2
    return case
