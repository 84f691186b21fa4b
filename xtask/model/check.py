"""A real small model behind a running Kairo: what it answers, what that costs, and whether Kairo's
ledger has what the model's server counted. Which answers are right is not asked: of a model this
small, few are."""

import json
import os
import re
import subprocess
import time
import urllib.request
from collections import Counter

# A second less than Kairo waits for an answer.
ANSWER_S_MAX = 24
ORIGIN, PROVIDER = os.environ["KAIRO_ORIGIN"], os.environ["PROVIDER"]

# The reader is sure of none of these, so that a model is asked about each.
DOUBTFUL = [
    "coffee w/ Dana the morrow half past nine-ish",
    "ring the plumber sometime after the weekend",
    "dentist the week after next, mornings only",
    "water the plants every so often",
    "standup most mornings at quarter to ten",
    "send Lee the draft by close of play",
    "parents over for dinner Sat or Sun",
    "gym thrice a week early",
    "call mum tomorrow at 7",
    "drop the parcel off Thursday-ish",
    "dinner at 8 with the Okafors",
    "invoice Acme by the end of play Friday",
]

# Kairo's own checks ask, too, as people who are nobody; what follows is of this check's alone.
LEDGER = """
SELECT coalesce(json_agg(json_build_object('state', r.state, 'cost', r.cost, 'attempts', (
        SELECT coalesce(json_agg(json_build_object('outcome', a.outcome, 'status', a.status,
                   'tokens', json_build_array(a.tokens_in, a.tokens_out)) ORDER BY a.attempt), '[]')
          FROM guard.attempts a WHERE a.reservation_id = r.id)) ORDER BY r.created_at), '[]')
  FROM guard.reservations r JOIN authn.users u ON u.id = r.user_id
 WHERE u.email_norm = 'model@example.org'"""
USED = """SELECT month_used FROM guard.quotas JOIN authn.users ON id = user_id
           WHERE email_norm = 'model@example.org'"""


def send(method, path, body=None):
    """Sends a request; gives the answer as it begins."""
    headers = {"authorization": "Bearer " + os.environ["KAIRO_TOKEN"]}
    headers["content-type"] = "application/json"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ORIGIN + path, data, headers, method=method)
    return urllib.request.urlopen(request, timeout=120)


def asked(method, path, body=None):
    with send(method, path, body) as answer:
        return json.load(answer)


def left():
    """Credits of the month that are left, as the API's headers say."""
    with send("GET", "/v1/models") as answer:
        return int(re.search(r'"month";r=(\d+)', answer.headers["ratelimit"])[1])


def sql(statement):
    with open(os.path.join(os.environ["KAIRO_DATA_DIR"], "run/node.json")) as node:
        socket = json.load(node)["socket_dir"]
    psql = ["psql", "-XAtq", "-h", socket, "-U", "kairo_super", "-d", "kairo", "-c", statement]
    return subprocess.run(psql, check=True, capture_output=True, text=True).stdout


def thought(request):
    """What a request to the model was about; None where that was no thought."""
    about = request["about"]
    return json.loads(about)["capture"] if about.startswith("{") else None


def noted():
    """Every call of the ledger with its attempts, and every request that the model's server noted,
    once all have ended."""
    for _ in range(120):
        calls = json.loads(sql(LEDGER))
        with urllib.request.urlopen(PROVIDER.removesuffix("/v1") + "/seen") as answer:
            requests = json.load(answer)
        requests = [one for one in requests if thought(one) in [None, *DOUBTFUL]]
        ended = all(call["state"] != "R" for call in calls)
        if ended and sum(len(call["attempts"]) for call in calls) == len(requests):
            return calls, requests
        time.sleep(0.5)
    raise AssertionError(f"ledger and server do not agree: {calls} {requests}")


def has_words(text):
    return re.search(r"\w", text) is not None


def chats():
    """An answer whole and one in pieces, each for one credit."""
    body = {"model": "kairo", "temperature": 0, "max_tokens": 32}
    body["messages"] = [{"role": "user", "content": "Write a sentence about the sea."}]
    before = left()
    whole = asked("POST", "/v1/chat/completions", body)
    words = whole["choices"][0]["message"]["content"]
    assert has_words(words), whole
    assert left() == before - 1, "an answer that is whole costs one credit"
    text, ended = "", False
    with send("POST", "/v1/chat/completions", {**body, "stream": True}) as answer:
        for line in answer:
            data = line.decode().strip().removeprefix("data: ")
            ended = ended or data == "[DONE]"
            if data.startswith("{"):
                choices = json.loads(data)["choices"]
                text += "".join(choice["delta"].get("content") or "" for choice in choices)
    assert has_words(text) and ended, text
    assert left() == before - 2, "an answer in pieces costs one credit"
    print(f"whole:    {words!r}\nstreamed: {text!r}")


def captured(text):
    """Keeps a thought and waits for its second reading; gives how that ended, and after how many
    seconds."""
    began, body = time.monotonic(), {"text": text, "time_zone": "America/New_York"}
    kept = asked("POST", "/api/v1/captures?wait_s=10", body)
    for _ in range(15):
        if kept["capture"]["refine"] != "running":
            break
        kept = asked("GET", f"/api/v1/captures/{kept['capture']['id']}?wait_s=10")
    refine, item = kept["capture"]["refine"], kept["items"][0]
    assert refine != "none", f"the reader is sure of {text!r}; write something odder here"
    assert refine in ("done", "failed", "refused"), kept
    assert refine == "done" or item["version"] == 1, f"no answer, and yet it changed: {kept}"
    seconds = time.monotonic() - began
    changed = "changed" if item["version"] > 1 else "as read"
    print(f"{refine:8} {seconds:5.1f} s  {changed}  {text!r}: {item['title']!r} {item['start']}")
    return refine, seconds


def climbed(requests):
    """The first request walks down to a form that the server takes, and once one was answered in
    time, all later ones begin there. Gives the form, and the requests until then that failed."""
    asked = [one for one in requests if thought(one) is not None]
    asked.sort(key=lambda one: one["began"])
    forms = [(one["form"], one["status"]) for one in asked]
    assert forms[0] == ("json_schema", 500), f"the server takes what it did not: {forms[0]}"
    in_time = (one for one in asked if one["status"] == 200 and seconds_of(one) < ANSWER_S_MAX)
    first = next(in_time, None)
    assert first is not None, f"no form was found: {forms}"
    before = [one for one in asked if one["began"] < first["began"]]
    later = [one["form"] for one in asked if one["began"] > first["began"]]
    assert set(later) == {first["form"]}, f"the form was found and forgotten: {forms}"
    return first["form"], len(before)


def seconds_of(request):
    return request["ended"] - request["began"]


def counted(calls, requests):
    """Each request is an attempt in the ledger, and costs there what the server counted."""
    attempts = [attempt for call in calls for attempt in call["attempts"]]
    by = Counter(attempt["outcome"] for attempt in attempts)
    assert by["failed"] == sum(one["status"] == 500 for one in requests), (by, requests)
    # It counts no streams; the most that one can cost is kept then.
    assert by["estimated"] == sum(one["stream"] for one in requests) == 1, (by, requests)
    usages = [one["usage"] for one in requests if "usage" in one]
    told = Counter((usage["prompt_tokens"], usage["completion_tokens"]) for usage in usages)
    kept = Counter(tuple(it["tokens"]) for it in attempts if it["outcome"] == "answered")
    assert kept <= told and (told - kept).total() == by["timed_out"], (kept, told, by)
    return by, [sum(column) for column in zip(*kept.elements())]


began, before = time.monotonic(), left()
chats()
ends = [captured(text) for text in DOUBTFUL]
calls, requests = noted()
spent = before - left()
refines = [refine for refine, _ in ends]
assert "done" in refines, "no second reading ended with an answer"
form, walked = climbed(requests)
outcomes, tokens = counted(calls, requests)
assert len(calls) == 2 + len(DOUBTFUL) - refines.count("refused"), calls
charged = [call for call in calls if call["state"] == "S"]
assert all(call["state"] in "SX" for call in calls), calls
assert spent == len(charged) == sum(call["cost"] for call in charged), (spent, calls)
assert spent == int(sql(USED)), spent
seconds = sorted(seconds for _, seconds in ends)
outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
print(
    f"{len(refines)} thoughts: {refines.count('done')} done, {refines.count('failed')} failed, "
    f"{refines.count('refused')} refused; {seconds[0]:.1f} to {seconds[-1]:.1f} s, median "
    f"{seconds[len(seconds) // 2]:.1f} s\n"
    f"{len(calls)} calls, {len(charged)} of them in the ledger as spent, {spent} credits; "
    f"{len(requests)} requests ({outcomes}), {tokens[0]} tokens in and {tokens[1]} out\n"
    f"the form that is taken is {form!r}, found after {walked} requests; "
    f"{time.monotonic() - began:.0f} s in all"
)
