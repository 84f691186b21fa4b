"""What schemathesis must know of Kairo beside the description: the token, what the forms of texts
hold, and how not to be throttled as one client."""

import os
import random

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
