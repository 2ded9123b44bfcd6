"""
Extension of Jupyter Server, for widgets that answer while a hand moves.

Small messages leave at once. The server never tells its sockets so: where a message is small, the system holds it back until the browser has
acknowledged the one before, which may take 40 ms (Nagle's algorithm against delayed acknowledgements).

A kernel that is busy with a widget's message for less than BUSY_AFTER is not called busy: the answer needs not wait behind that word, and
the page does not change its signs (status bar, icon of the tab) to and fro with each step of a mouse. "idle" always comes.
"""

import asyncio
import json

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

# Seconds.
BUSY_AFTER = 0.1

V1 = "v1.kernel.websocket.jupyter.org"


def _jupyter_server_extension_points():
    return [{"module": "voxbook_server"}]


def status_of_comm(parts):
    """
    What a message says of a kernel that works on a widget's message: that message's id and "busy" or "idle"; None for all others.
    `parts`: header, parent header, metadata and content, as bytes of JSON, and buffers.
    """
    header, parent, _, content = parts[:4]
    # Nearly all messages are something else: only these two are parsed.
    if b'"status"' not in bytes(header) or b'"comm_msg"' not in bytes(parent):
        return None
    if json.loads(bytes(header)).get("msg_type") != "status":
        return None
    cause = json.loads(bytes(parent))
    if cause.get("msg_type") != "comm_msg":
        return None
    return cause.get("msg_id"), json.loads(bytes(content)).get("execution_state")


class BusySigns:
    """The words "busy" of one connection that are not sent yet."""

    def __init__(self, later):
        """`later(seconds, function, *arguments)` calls the function then, and returns what can be cancelled."""
        self.later = later
        self.held = {}

    def pass_on(self, status, send):
        """Calls `send` now, in a while, or never."""
        cause, state = status
        if state == "busy":
            self.held[cause] = self.later(BUSY_AFTER, self._send, cause, send)
            return
        timer = self.held.pop(cause, None)
        if timer is not None:
            timer.cancel()
        send()

    def _send(self, cause, send):
        self.held.pop(cause, None)
        send()


def _load_jupyter_server_extension(server):
    opened = KernelWebsocketHandler.open
    replied = ZMQChannelsWebsocketConnection._on_zmq_reply

    async def open_promptly(self, *args, **options):
        self.set_nodelay(True)
        await opened(self, *args, **options)

    def reply(self, stream, message):
        known = getattr(stream, "channel", None) == "iopub" and self.subprotocol == V1 and len(message) >= 4
        status = status_of_comm(message) if known else None
        if status is None:
            return replied(self, stream, message)
        signs = self.__dict__.get("voxbook_signs")
        if signs is None:
            signs = self.__dict__["voxbook_signs"] = BusySigns(asyncio.get_running_loop().call_later)

        def send():
            if not stream.closed():
                replied(self, stream, message)

        return signs.pass_on(status, send)

    KernelWebsocketHandler.open = open_promptly
    ZMQChannelsWebsocketConnection._on_zmq_reply = reply
