"""OpenAI's own Python client against a running Kairo, as its documentation shows it."""

import openai

client = openai.OpenAI()
ask = {"model": "kairo", "messages": [{"role": "user", "content": "When is lunch?"}]}

names = [model.id for model in client.models.list()]
assert names[0] == "kairo", names

whole = client.chat.completions.create(**ask)
assert whole.choices[0].message.content == "Lunch with Sam", whole
assert whole.usage.total_tokens == 12, whole

raw = client.chat.completions.with_raw_response.create(**ask)
assert raw.headers["x-kairo-model"] == "normal", raw.headers
assert raw.headers["ratelimit"].startswith('"hour";r='), raw.headers

text, counted = "", None
with client.chat.completions.create(
    **ask, stream=True, stream_options={"include_usage": True}
) as stream:
    for chunk in stream:
        counted = chunk.usage or counted
        text += "".join(choice.delta.content or "" for choice in chunk.choices)
assert (text, counted.total_tokens) == ("Lunch with Sam", 12), (text, counted)


def refused(kind, **more):
    try:
        client.chat.completions.create(**{**ask, **more})
    except kind as error:
        return error
    raise AssertionError(f"{more} was not refused")


assert refused(openai.NotFoundError, model="gpt-99").code == "model_not_found"
assert refused(openai.BadRequestError, n=2).param == "n"

# The client repeats 409 and 429 by itself unless it is told not to: each of these is one request.
keyed = {"extra_headers": {"Idempotency-Key": "once"}}
client.chat.completions.create(**ask, **keyed)
assert refused(openai.ConflictError, **keyed).code == "idempotency_key_used"

answered = 4
while True:
    try:
        client.chat.completions.create(**ask)
        answered += 1
    except openai.RateLimitError as error:
        assert error.code == "credits_spent" and error.type == "insufficient_quota", error.body
        break
print(f"python: {answered} answers")

stranger = openai.OpenAI(api_key="kt1_" + "A" * 43)
try:
    stranger.chat.completions.create(**ask)
    raise AssertionError("a stranger was answered")
except openai.AuthenticationError as error:
    assert error.code == "session_ended", error.body
