"""
Measures Jupyter kernels through the real jupyter_client, in turns, so that each round sees the same machine. Prints one
JSON line a round and kernel, and progress on stderr. Nothing here is judged.
"""

import argparse
import json
import os
import sys
import time

import zmq
from jupyter_client.manager import KernelManager
from subjects import SUBJECTS

LIMIT = 60


class Subject:
    def __init__(self, name):
        self.name = name
        self.say = SUBJECTS[name]
        begin = time.perf_counter()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel()
        self.client = self.manager.blocking_client()
        self.client.start_channels(hb=False)
        # Ready: it has answered, and its output channel is heard. jupyter_client's own wait adds a fixed silence of 0.2 s.
        asked = self.client.kernel_info()
        heard = answered = False
        while not (heard and answered):
            if time.perf_counter() - begin > LIMIT or not self.manager.provisioner.has_process:
                self.end()
                raise TimeoutError(f"{name} did not start")
            if not answered and self.client.shell_channel.msg_ready():
                reply = self.client.get_shell_msg(timeout=LIMIT)
                answered = reply["parent_header"].get("msg_id") == asked
            if not heard and self.client.iopub_channel.msg_ready():
                self.client.get_iopub_msg(timeout=LIMIT)
                heard = True
            if answered and not heard and time.perf_counter() - begin > 1:
                # A kernel that does not welcome a late subscriber is heard with the next request.
                asked = self.client.kernel_info()
                answered = False
        self.ready = time.perf_counter() - begin
        self.pid = self.manager.provisioner.pid

    def memory(self):
        """MiB of the process and those it started."""
        total = 0
        for pid in [self.pid, *children(self.pid)]:
            with open(f"/proc/{pid}/status") as status:
                total += next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
        return total

    def run(self, code):
        """Seconds to the result (None without one), and to reply and idle."""
        begin = time.perf_counter()
        ident = self.client.execute(code)
        result = None
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != ident:
                continue
            # tslab prints the value of a cell instead of returning it.
            if result is None and message["msg_type"] in ("execute_result", "stream"):
                result = time.perf_counter() - begin
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
            if message["msg_type"] == "error":
                raise RuntimeError(f"{self.name}: {message['content']['evalue']}")
        self.reply(ident)
        return result, time.perf_counter() - begin

    def reply(self, ident):
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == ident:
                return reply["content"]

    def comm(self, kind, content, buffers=()):
        message = self.client.session.msg(kind, content)
        self.client.session.send(self.client.shell_channel.socket, message, buffers=list(buffers))
        return message["header"]["msg_id"]

    def echo(self, payload):
        begin = time.perf_counter()
        self.comm("comm_msg", {"comm_id": "echo-1", "data": {}}, [payload])
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == "echo-1":
                assert len(message["buffers"][0]) == len(payload)
                return time.perf_counter() - begin

    def interrupt(self, code, settle=0.15):
        """Seconds from the interrupt to the idle of the cell that it ended."""
        ident = self.client.execute(code)
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["msg_type"] == "execute_input" and message["parent_header"].get("msg_id") == ident:
                break
        if "'spin'" in code:
            time.sleep(0.1)
            self.comm("comm_open", {"comm_id": ident, "target_name": "spin", "data": {}})
        time.sleep(settle)
        begin = time.perf_counter()
        self.manager.interrupt_kernel()
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != ident:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                took = time.perf_counter() - begin
                reply = self.reply(ident)
                assert reply["status"] == "error", reply
                return took

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def children(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children") as listed:
                for child in listed.read().split():
                    found += [int(child), *children(int(child))]
        except FileNotFoundError:
            pass
    return found


def start(subject):
    result, _ = subject.run(subject.say["result"])
    return {"ready": subject.ready, "first result": result}


def cells(subject):
    """Trivial cells of a long notebook: the fifth to fourteenth, and those around the hundredth."""
    subject.run(subject.say["result"])
    times = []
    for k in range(1, 111):
        word = "declare" if k % 2 or subject.name == "tslab" else "use"
        _, took = subject.run(subject.say[word].format(k=k if word == "declare" else k - 1))
        times.append(took)
    return {"cell 5": times[3:14], "cell 100": times[94:110]}


def memory(subject):
    time.sleep(4)
    idle = subject.memory()
    for k in range(10):
        subject.run(subject.say["declare"].format(k=k))
    return {"idle MiB": idle, "MiB after ten cells": subject.memory()}


def comms(subject):
    if "echo" not in subject.say:
        return {}
    subject.run(subject.say["echo"])
    subject.comm("comm_open", {"comm_id": "echo-1", "target_name": "echo", "data": {}})
    found = {}
    for name, size, times in (("16 B", 16, 60), ("1 MiB", 2**20, 30), ("16 MiB", 2**24, 10)):
        payload = os.urandom(size)
        subject.echo(payload)
        found[f"echo of {name}"] = [subject.echo(payload) for _ in range(times)]
    return found


def lines(subject):
    begin = time.perf_counter()
    ident = subject.client.execute(subject.say["print"].format(n=100_000))
    text = messages = late = 0
    idle = False
    while True:
        try:
            message = subject.client.get_iopub_msg(timeout=LIMIT if not idle else 1)
        except Exception:  # queue.Empty: all has come
            break
        if message["parent_header"].get("msg_id") != ident:
            continue
        if message["msg_type"] == "stream":
            count = message["content"]["text"].count("\n")
            text, messages, late = text + count, messages + 1, late + (count if idle else 0)
        elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            idle, took = True, time.perf_counter() - begin
    if not idle:
        raise TimeoutError(f"no idle after {LIMIT} s; {text} lines came")
    return {"100,000 lines": took, "lines lost": 100_000 - text, "lines after idle": late, "messages": messages}


def busy(subject):
    """What is answered while a cell spins."""
    say, client = subject.say, subject.client
    subject.run(say["result"])
    context = zmq.Context.instance()
    heart = context.socket(zmq.REQ)
    heart.linger = 0
    heart.connect(f"tcp://127.0.0.1:{subject.manager.hb_port}")
    ident = client.execute(say["spin"].format())
    time.sleep(0.5)

    def beat():
        heart.send(b"ping")
        if not heart.poll(5000):
            raise TimeoutError
        heart.recv()

    def request(channel, kind, content):
        message = client.session.msg(kind, content)
        client.session.send(channel.socket, message)
        while True:
            reply = channel.get_msg(timeout=5)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return

    asks = {
        "heartbeat": beat,
        "kernel_info on control": lambda: request(client.control_channel, "kernel_info_request", {}),
        "comm_info": lambda: request(client.shell_channel, "comm_info_request", {}),
        "history": lambda: request(
            client.shell_channel, "history_request", {"hist_access_type": "tail", "n": 5, "raw": True, "output": False}
        ),
        "completion": lambda: request(client.shell_channel, "complete_request", {"code": "Math.sq", "cursor_pos": 7}),
    }
    found = {}
    for name, ask in asks.items():
        try:
            ask()
            found[f"{name} while spinning"] = timed(ask, 200)
        except Exception:  # no answer: a kernel that is deaf while it works
            found[f"{name} while spinning"] = None
    subject.manager.interrupt_kernel()
    try:
        subject.reply(ident)
    except Exception:  # it will be killed anyway
        pass
    heart.close()
    return found


def timed(ask, times):
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        ask()
        found.append(time.perf_counter() - begin)
    return found


def stops(subject, times):
    """Interrupts, fifty of each kind in one kernel; the variables must be there afterwards."""
    if "spins" not in subject.say:
        return {}
    subject.run(subject.say["declare"].format(k=12345))
    if "prepare" in subject.say:
        subject.run(subject.say["prepare"])
    found = {}
    for name, code in subject.say["spins"].items():
        print(f"  Stop of {name}", file=sys.stderr, flush=True)
        try:
            found[f"Stop of {name}"] = [subject.interrupt(code.format(), 0.15 if k else 1) for k in range(times)]
        except Exception as problem:  # the kernel hangs or is gone: there is no next kind to try
            return {**found, "failed": f"Stop of {name}: {type(problem).__name__}"}
    subject.run(subject.say["use"].format(k=12345))
    return found


def pool(subject):
    """Round trips of a comm while a job of the worker pool is awaited."""
    if "pool" not in subject.say:
        return {}
    subject.run(subject.say["echo"])
    subject.run(subject.say["prepare"])
    subject.comm("comm_open", {"comm_id": "echo-1", "target_name": "echo", "data": {}})
    ident = subject.client.execute(subject.say["pool"])
    time.sleep(1)
    took = []
    end = time.time() + 5
    while time.time() < end:
        took.append(subject.echo(b"0123456789abcdef"))
        time.sleep(0.02)
    subject.manager.interrupt_kernel()
    subject.reply(ident)
    return {"comm round trip while the pool works": took}


def main():
    parts = {"start": start, "cells": cells, "memory": memory, "comms": comms, "lines": lines, "busy": busy, "pool": pool}
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernels", default="voxbook,python3,tslab")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--parts", default="")
    options = parser.parse_args()
    wanted = options.parts.split(",") if options.parts else [*parts, "stops"]
    kernels = options.kernels.split(",")

    def measure(part, name, body):
        print(f"{part}: {name}", file=sys.stderr, flush=True)
        subject = None
        try:
            subject = Subject(name)
            found = body(subject)
        except Exception as problem:  # a kernel that fails at one thing is measured at the others
            found = {"failed": f"{part}: {type(problem).__name__}: {problem}"}
        finally:
            if subject is not None:
                subject.end()
        print(json.dumps({"kernel": name, "part": part, **found}), flush=True)

    for part, body in parts.items():
        if part in wanted:
            for _ in range(options.rounds):
                for name in kernels:
                    measure(part, name, body)
    if "stops" in wanted:
        for name in kernels:
            measure("stops", name, lambda subject: stops(subject, options.stops))


if __name__ == "__main__":
    main()
