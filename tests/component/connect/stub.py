"""Kafka Connect's REST API, as far as our client calls it: answers are scripted, calls are written down."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Stub:
    """`script` maps "VERB /path" to answers (status, body), the last of which repeats; None never answers."""

    url: str
    script: dict[str, deque[tuple[int, Any] | None]] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def on(self, call: str, *answers: tuple[int, Any] | None) -> None:
        self.script[call] = deque(answers)

    def called(self, call: str) -> int:
        return sum(seen == call for seen, _ in self.calls)

    def answer(self, call: str, body: Any) -> tuple[int, Any] | None:
        self.calls.append((call, body))
        answers = self.script.get(call)
        if not answers:
            return 404, {"error_code": 404, "message": f"nothing at {call}"}
        return answers.popleft() if len(answers) > 1 else answers[0]


@contextmanager
def serving() -> Iterator[Stub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    stub = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(stub)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.closing.set()
        server.shutdown()
        server.server_close()


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = stub.answer(f"{self.command} {self.path}", json.loads(text) if text else None)
            if answer is None:
                stub.closing.wait()
                return
            self._send(answer[0], answer[1])

        def _send(self, status: int, content: Any) -> None:
            html = isinstance(content, str)
            body = b"" if status == 204 else (content if html else json.dumps(content)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if html else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  # the names that BaseHTTPRequestHandler looks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
