"""The wire protocol by hand, without jupyter_client: what it hides (signatures, frames, topics, replay) and what it
would never send. Written from the specification, section "The Wire Protocol"."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

import zmq

from .client import PATIENCE, Silence

DELIMITER = b"<IDS|MSG>"
PORTS = {"shell": "shell_port", "control": "control_port", "stdin": "stdin_port", "iopub": "iopub_port"}


def signature(key: bytes, parts: Iterable[bytes], scheme: str = "hmac-sha256") -> bytes:
    digest = hmac.new(key, digestmod=getattr(hashlib, scheme.removeprefix("hmac-")))
    for part in parts:
        digest.update(part)
    return digest.hexdigest().encode()


def header(msg_type: str, **changes: object) -> dict:
    return {
        "msg_id": uuid.uuid4().hex,
        "session": "conformance",
        "username": "tester",
        "date": datetime.now(timezone.utc).isoformat(),
        "msg_type": msg_type,
        "version": "5.3",
        **changes,
    }


@dataclass(frozen=True)
class Parcel:
    """One message as it came."""

    prefix: list[bytes]
    signature: bytes
    parts: list[bytes]
    buffers: list[bytes]

    @property
    def header(self) -> dict:
        return json.loads(self.parts[0])

    @property
    def parent(self) -> dict:
        return json.loads(self.parts[1])

    @property
    def content(self) -> dict:
        return json.loads(self.parts[3])

    @property
    def kind(self) -> str:
        return self.header["msg_type"]

    def about(self, ident: str) -> bool:
        return self.parent.get("msg_id") == ident


def opened(frames: list[bytes]) -> Parcel:
    at = frames.index(DELIMITER)
    rest = frames[at + 2 :]
    assert len(rest) >= 4, f"a message of {len(rest)} frames after its signature"
    return Parcel(frames[:at], frames[at + 1], rest[:4], rest[4:])


class Wire:
    """Raw sockets to a running kernel: a client with an identity of its own."""

    def __init__(self, connection: dict, subscriptions: tuple[bytes, ...] = (b"",), *, greet: bool = True) -> None:
        self.connection = connection
        key = connection["key"]
        self.key = key if isinstance(key, bytes) else str(key).encode()
        self.scheme = str(connection.get("signature_scheme", "hmac-sha256"))
        self.context = zmq.Context()
        identity = uuid.uuid4().hex.encode()
        self.sockets: dict[str, zmq.Socket] = {}
        #: All that has come, by channel.
        self.log: dict[str, list[Parcel]] = {channel: [] for channel in PORTS}
        for channel, port in PORTS.items():
            socket = self.context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
            socket.linger = 0
            socket.reconnect_ivl = 1
            if channel == "iopub":
                socket.rcvhwm = 0
                for topic in subscriptions:
                    socket.subscribe(topic)
            else:
                socket.identity = identity
            socket.connect(address(connection, port))
            self.sockets[channel] = socket
        if greet:
            self.greet()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.context.destroy(linger=0)

    # Sending

    def frames(
        self,
        head: dict,
        content: object,
        *,
        parent: object = None,
        metadata: object = None,
        buffers: Iterable[bytes] = (),
        key: bytes | None = None,
    ) -> list[bytes]:
        """A signed message, delimiter first."""
        dicts = (head, {} if parent is None else parent, {} if metadata is None else metadata, content)
        return self.signed([json.dumps(part).encode() for part in dicts], buffers, key)

    def signed(self, parts: list[bytes], buffers: Iterable[bytes] = (), key: bytes | None = None) -> list[bytes]:
        secret = self.key if key is None else key
        sealed = signature(secret, parts, self.scheme) if secret else b""
        return [DELIMITER, sealed, *parts, *buffers]

    def post(self, frames: list[bytes], channel: str = "shell") -> None:
        self.sockets[channel].send_multipart(frames)

    def send(self, msg_type: str, content: object = None, channel: str = "shell", **extras: object) -> dict:
        """Sends a well-formed message; returns its header."""
        head = header(msg_type)
        self.post(self.frames(head, {} if content is None else content, **extras), channel)
        return head

    def execute(self, source: str) -> dict:
        return self.send("execute_request", execution(source))

    # Receiving

    def receive(self, channel: str, limit: float) -> list[bytes] | None:
        socket = self.sockets[channel]
        return socket.recv_multipart() if socket.poll(int(limit * 1000)) else None

    def until(
        self, channel: str, wanted: Callable[[Parcel], bool], what: str, limit: float = PATIENCE
    ) -> tuple[Parcel, list[Parcel]]:
        """The first message that is wanted, and those before it."""
        end = time.monotonic() + limit
        before: list[Parcel] = []
        while (left := end - time.monotonic()) > 0:
            frames = self.receive(channel, left)
            if frames is None:
                continue
            parcel = opened(frames)
            self.log[channel].append(parcel)
            if wanted(parcel):
                return parcel, before
            before.append(parcel)
        raise Silence(f"no {what} on {channel} within {limit:g} s")

    def reply(self, head: dict, channel: str = "shell", limit: float = PATIENCE) -> Parcel:
        return self.until(channel, lambda parcel: parcel.about(head["msg_id"]), "reply", limit)[0]

    def idle(self, head: dict, limit: float = PATIENCE) -> list[Parcel]:
        """Waits for the idle of a request; returns all that was published before it, and the idle itself."""
        idle, before = self.until(
            "iopub",
            lambda parcel: parcel.about(head["msg_id"]) and parcel.content.get("execution_state") == "idle",
            "status idle",
            limit,
        )
        return [*before, idle]

    def run(self, source: str) -> tuple[Parcel, list[Parcel]]:
        """Runs a cell; its reply, and all that was published up to its idle."""
        head = self.execute(source)
        return self.reply(head), self.idle(head)

    def greet(self, limit: float = 30) -> None:
        """Asks until the subscription is known to be there (JEP 65, "Current solution")."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            head = self.send("kernel_info_request")
            try:
                self.reply(head, limit=2)
                self.idle(head, 0.1)
                return
            except Silence:
                continue
        raise Silence(f"the kernel did not answer within {limit:g} s")


def execution(source: str, **options: object) -> dict:
    return {"code": source, "silent": False, "store_history": True, "allow_stdin": False, **options}


def address(connection: dict, port: str) -> str:
    """jupyter_client's rule: over ipc the `ip` is a path, and `-` stands before the number."""
    separator = "-" if connection["transport"] == "ipc" else ":"
    return f"{connection['transport']}://{connection['ip']}{separator}{connection[port]}"


def heartbeat(connection: dict, ping: bytes, limit: float = PATIENCE) -> bytes:
    """Sends bytes on the heartbeat and returns what comes back."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.linger = 0
        socket.connect(address(connection, "hb_port"))
        socket.send(ping)
        if not socket.poll(int(limit * 1000)):
            raise Silence(f"the heartbeat did not come back within {limit:g} s")
        return socket.recv()
