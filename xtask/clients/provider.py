"""A provider of models for `cargo xtask clients`: answers every request with the same words."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORDS = ["Lunch ", "with ", "Sam"]
USAGE = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        shared = {"id": "chatcmpl-1", "created": 1, "model": asked["model"]}
        self.send_response(200)
        if not asked.get("stream"):
            message = {"role": "assistant", "content": "".join(WORDS)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            whole = {**shared, "object": "chat.completion", "choices": [choice], "usage": USAGE}
            return self.body("application/json", json.dumps(whole))
        pieces = [{"index": 0, "delta": {"content": word}, "finish_reason": None} for word in WORDS]
        pieces.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        chunks = [{"choices": [piece], "usage": None} for piece in pieces]
        chunks.append({"choices": [], "usage": USAGE})
        shared["object"] = "chat.completion.chunk"
        events = [f"data: {json.dumps({**shared, **chunk})}\n\n" for chunk in chunks]
        self.body("text/event-stream", "".join(events) + "data: [DONE]\n\n")

    def body(self, kind, text):
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider)
print("ready", flush=True)
server.serve_forever()
