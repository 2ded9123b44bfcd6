"""A client of a running kernel, on the channels of the real jupyter_client. Every message that arrives is kept, in
order, in a log of its channel: a case waits for one and can still look at all that came before."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import zmq
from jupyter_client.blocking import BlockingKernelClient

Message = dict
CHANNELS = ("iopub", "shell", "control", "stdin")

#: Seconds that an answer may take before a kernel counts as silent: a busy machine of two cores has to meet it.
PATIENCE = 10.0


class Silence(AssertionError):
    """What a case waits for has not come."""


def kind(message: Message) -> str:
    return message["header"]["msg_type"]


def cause(message: Message) -> str | None:
    """The id of the request that a message names as its parent."""
    return message["parent_header"].get("msg_id")


def is_status(message: Message, state: str) -> bool:
    return kind(message) == "status" and message["content"].get("execution_state") == state


def text(messages: list[Message], name: str = "stdout") -> str:
    return "".join(m["content"]["text"] for m in messages if kind(m) == "stream" and m["content"]["name"] == name)


def of_kind(messages: list[Message], *kinds: str) -> list[Message]:
    return [message for message in messages if kind(message) in kinds]


def only(messages: list[Message], wanted: str) -> Message:
    found = of_kind(messages, wanted)
    assert len(found) == 1, f"{len(found)} messages {wanted} among {[kind(m) for m in messages][:20]}"
    return found[0]


@dataclass(frozen=True)
class Run:
    """A request that was answered, and all that its handling published, `busy` and `idle` included."""

    ident: str
    reply: Message
    messages: list[Message]

    @property
    def content(self) -> dict:
        return self.reply["content"]

    @property
    def outputs(self) -> list[Message]:
        return [message for message in self.messages if kind(message) not in ("status", "execute_input")]


class Client:
    def __init__(self, client: BlockingKernelClient) -> None:
        client.start_channels(hb=False)
        self.jupyter = client
        self.session = client.session
        self.sockets = {name: getattr(client, f"{name}_channel").socket for name in CHANNELS}
        self.log: dict[str, list[Message]] = {name: [] for name in CHANNELS}
        self.deadline = float("inf")
        self.poller = zmq.Poller()
        for socket in self.sockets.values():
            self.poller.register(socket, zmq.POLLIN)

    def close(self) -> None:
        self.jupyter.stop_channels()

    # Sending

    def send(
        self,
        msg_type: str,
        content: dict | None = None,
        channel: str = "shell",
        *,
        buffers: list[bytes] | None = None,
        metadata: dict | None = None,
        parent: dict | None = None,
    ) -> str:
        """Sends a message; returns its id."""
        message = self.session.msg(msg_type, content or {}, parent=parent, metadata=metadata)
        self.session.send(self.sockets[channel], message, buffers=buffers or [])
        return message["header"]["msg_id"]

    def execute(self, source: str, channel: str = "shell", **options: object) -> str:
        defaults = {"silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        return self.send("execute_request", {"code": source, **defaults, "stop_on_error": True, **options}, channel)

    # Receiving

    def pump(self, seconds: float) -> bool:
        """Takes in what has arrived, or waits up to `seconds` for something to arrive. Returns whether anything did."""
        ready = dict(self.poller.poll(max(0, int(seconds * 1000))))
        for name, socket in self.sockets.items():
            while socket in ready:
                _, message = self.session.recv(socket, zmq.NOBLOCK)
                if message is None:
                    break
                self.log[name].append(message)
        return bool(ready)

    def until(self, channel: str, wanted: Callable[[Message], bool], what: str, limit: float = PATIENCE) -> Message:
        """The first message of a channel's log that is wanted, waiting for it if need be."""
        end = min(time.monotonic() + limit, self.deadline)
        at = 0
        while True:
            log = self.log[channel]
            while at < len(log):
                if wanted(log[at]):
                    return log[at]
                at += 1
            left = end - time.monotonic()
            if left <= 0:
                raise Silence(f"no {what} within {limit:g} s")
            self.pump(min(left, 0.2))

    def reply(self, ident: str, channel: str = "shell", limit: float = PATIENCE) -> Message:
        return self.until(channel, lambda message: cause(message) == ident, f"reply on {channel}", limit)

    def idle(self, ident: str, limit: float = PATIENCE) -> list[Message]:
        """Waits for the idle of a request; returns what was published in its name so far."""
        self.until("iopub", lambda m: cause(m) == ident and is_status(m, "idle"), "status idle", limit)
        return self.published(ident)

    def published(self, ident: str) -> list[Message]:
        return [message for message in self.log["iopub"] if cause(message) == ident]

    def output(self, ident: str, wanted: str, limit: float = PATIENCE) -> Message:
        """Waits for the first message of a kind that is published in the name of a request."""
        return self.until("iopub", lambda m: cause(m) == ident and kind(m) == wanted, wanted, limit)

    def said(self, fragment: str, limit: float = PATIENCE) -> Message:
        """Waits for stream text, whatever request it is published for."""
        return self.until(
            "iopub",
            lambda m: kind(m) == "stream" and fragment in m["content"].get("text", ""),
            f"stream with {fragment!r}",
            limit,
        )

    def quiet(self, seconds: float = 0.4) -> list[Message]:
        """What is published although nothing is asked. There is no event that says that nothing will come."""
        before = len(self.log["iopub"])
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.pump(end - time.monotonic())
        return self.log["iopub"][before:]

    # Asking

    def greet(self, limit: float, alive: Callable[[], bool] = lambda: True) -> None:
        """Waits until the kernel answers and its broadcasts arrive (JEP 65, "Current solution")."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            ident = self.send("kernel_info_request")
            try:
                self.reply(ident, limit=2)
                self.idle(ident, 0.2)
                return
            except Silence:
                if not alive():
                    break
        raise Silence(f"the kernel did not answer within {limit:g} s" if alive() else "the kernel ended at its start")

    def ask(
        self,
        msg_type: str,
        content: dict | None = None,
        channel: str = "shell",
        *,
        limit: float = PATIENCE,
        **extras: object,
    ) -> Run:
        """Sends a request, waits for its reply and its idle."""
        ident = self.send(msg_type, content, channel, **extras)
        reply = self.reply(ident, channel, limit)
        return Run(ident, reply, self.idle(ident, limit))

    def finish(self, ident: str, limit: float = PATIENCE) -> Run:
        reply = self.reply(ident, limit=limit)
        return Run(ident, reply, self.idle(ident, limit))

    def run(self, source: str, limit: float = PATIENCE, **options: object) -> Run:
        return self.finish(self.execute(source, **options), limit)

    def well(self, source: str, **options: object) -> Run:
        """Runs a cell that the case only prepares with; it has to succeed."""
        run = self.run(source, **options)
        assert run.content.get("status") == "ok", f"the cell {source!r} ended so: {brief(run.content)}"
        return run

    def recovered(self, source: str) -> Run:
        """Runs a cell after an error. Some kernels go on aborting cells for a while, which is another case's matter."""
        end = time.monotonic() + PATIENCE
        run = self.run(source)
        while run.content.get("status") in ("abort", "aborted") and time.monotonic() < end:
            run = self.run(source)
        assert run.content.get("status") == "ok", f"the cell {source!r} ended so: {brief(run.content)}"
        return run

    def settle(self) -> None:
        """Forgets what came before, at the begin of a case."""
        while self.pump(0):
            pass
        for log in self.log.values():
            log.clear()


def brief(value: object, length: int = 300) -> str:
    """For messages about failures."""
    if isinstance(value, datetime):
        value = value.isoformat()
    shown = repr(value)
    return shown if len(shown) <= length else f"{shown[:length]}…"
