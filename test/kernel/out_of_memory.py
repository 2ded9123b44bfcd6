"""A kernel with little memory, filled by its cells; prints what the reader gets to know, as one JSON object."""

import json
import os
import time

from jupyter_client.manager import KernelManager

LIMIT = 120
manager = KernelManager(kernel_name=os.environ["VOXBOOK_KERNEL_NAME"])
os.environ["NODE_OPTIONS"] = "--max-old-space-size=1000"
manager.start_kernel(cwd=os.environ["VOXBOOK_KERNEL_CWD"])


def connect():
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=LIMIT)
    return client


def run(client, code):
    """Texts of the cell's streams, its result and its error."""
    ident = client.execute(code)
    seen = {"stream": "", "result": None, "error": None}
    while True:
        message = client.get_iopub_msg(timeout=LIMIT)
        content = message["content"]
        if message["parent_header"].get("msg_id") != ident:
            continue
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return seen
        if message["msg_type"] == "stream":
            seen["stream"] += content["text"]
        elif message["msg_type"] == "execute_result":
            seen["result"] = content["data"]["text/plain"]
        elif message["msg_type"] == "error":
            seen["error"] = [content["ename"], content["evalue"]]


client = connect()
report = {"before": run(client, "let kept = 41")}
report["loop"] = run(client, "const hoard: unknown[] = []; for (;;) hoard.push(new Array(1000).fill({ a: 1 }))")
report["kept"] = run(client, "hoard.length > 0 && kept + 1")
report["freed"] = run(client, "hoard.length = 0")
# A loop that is no loop of the cell's own, behind an await.
hidden = "for (;;) { h.push(new Array(1000).fill({ a: 1 })); for (let k = 0; k < 40000; k++); }"
report["library"] = run(client, f"await null; const more: unknown[] = []; new Function('h', '{hidden}')(more)")
report["after"] = run(client, "more.length = 0; kept")

client.stop_channels()
manager.shutdown_kernel()

# Too much in one step: nobody can stop that.
os.environ["NODE_OPTIONS"] = "--max-old-space-size=300"
manager = KernelManager(kernel_name=os.environ["VOXBOOK_KERNEL_NAME"])
manager.start_kernel(cwd=os.environ["VOXBOOK_KERNEL_CWD"])
client = connect()
client.execute("'x'.repeat(2 ** 27 - 100).split('').length")
end = time.time() + LIMIT
while manager.is_alive() and time.time() < end:
    time.sleep(0.1)
report["died"] = not manager.is_alive()
client.stop_channels()
manager.restart_kernel(now=True)
client = connect()
report["first after death"] = run(client, "1 + 1")
report["second after death"] = run(client, "2 + 2")
client.stop_channels()
manager.shutdown_kernel()
folder, name = os.path.split(manager.connection_file)
report["left"] = [file for file in os.listdir(folder) if file.startswith(name) and file != name]
print(json.dumps(report))
