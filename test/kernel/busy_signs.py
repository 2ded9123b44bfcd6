"""What kernel/server/voxbook_server.py sends, and when, as JSON; for busy-signs.test.ts."""

import asyncio
import json
import sys

from voxbook_server import BUSY_AFTER, BusySigns, status_of_comm


def message(kind, parent, content, parent_id="a"):
    parts = [{"msg_type": kind}, {"msg_type": parent, "msg_id": parent_id}, {}, content]
    return [json.dumps(part).encode() for part in parts]


async def sent(*steps):
    """What goes out, in its order; a step is a message or seconds to wait."""
    out = []
    signs = BusySigns(asyncio.get_running_loop().call_later)
    for step in steps:
        if not isinstance(step, list):
            await asyncio.sleep(step)
            continue
        content = json.loads(step[3])
        status = status_of_comm(step)
        name = content.get("execution_state", "answer") + json.loads(step[1])["msg_id"]
        if status is None:
            out.append(name)
        else:
            signs.pass_on(status, lambda name=name: out.append(name))
    await asyncio.sleep(2 * BUSY_AFTER)
    return out + [len(signs.held)]


def status(state, cause="a", parent="comm_msg"):
    return message("status", parent, {"execution_state": state}, cause)


def answer(cause="a"):
    # Widgets' data may hold any words.
    return message("comm_msg", "comm_msg", {"data": "status comm_msg"}, cause)


async def main():
    return {
        "quick": await sent(status("busy"), answer(), status("idle")),
        "slow": await sent(status("busy"), 2 * BUSY_AFTER, answer(), status("idle")),
        "two": await sent(
            status("busy", "a"), status("busy", "b"), status("idle", "b"), 2 * BUSY_AFTER, status("idle", "a")
        ),
        "cell": await sent(status("busy", "a", "execute_request"), status("idle", "a", "execute_request")),
        "lost": await sent(status("busy")),
    }


json.dump(asyncio.run(main()), sys.stdout)
