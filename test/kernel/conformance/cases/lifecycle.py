"""Start, restart, shutdown, and the end of the process that started the kernel."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from suite.case import API, KERNELS, MESSAGING, NotApplicable, group
from suite.client import kind, of_kind, text
from suite.launcher import is_alive, until
from suite.wire import Wire, heartbeat

case = group("lifecycle")

#: Seconds that a kernel may take to be gone.
END = 15

SHUTDOWN = (
    "Kernel shutdown",
    "The client sends a shutdown request to the kernel, and once it receives the reply message (which is otherwise "
    "empty), it can assume that the kernel has completed shutdown safely.",
)


def gone(kernel, limit: float = END) -> None:
    until(lambda: not kernel.manager.is_alive(), "the process has ended", limit)


@case(MESSAGING, *SHUTDOWN, needs="own kernel")
def a_shutdown_is_answered_and_the_process_ends(kernel, code):
    reply = kernel.reply(kernel.send("shutdown_request", {"restart": False}, "control"), "control")
    assert kind(reply) == "shutdown_reply", kind(reply)
    gone(kernel)


@case(
    MESSAGING,
    "Kernel shutdown",
    "'restart' : bool # False if final shutdown, or True if shutdown precedes a restart",
    needs="launcher",
)
def the_reply_to_a_shutdown_says_what_it_precedes(launcher, code):
    for restart in (False, True):
        kernel = launcher.kernel()
        reply = kernel.reply(kernel.send("shutdown_request", {"restart": restart}, "control"), "control")
        assert reply["content"].get("restart") is restart and reply["content"].get("status") == "ok", reply["content"]


@case(
    MESSAGING,
    "Introduction",
    "so that e.g. shutdown or debug messages can be processed immediately without waiting for a long-running shell "
    "message to be finished processing",
    needs="own kernel",
)
def a_shutdown_is_answered_while_a_cell_spins(kernel, code):
    marker = kernel.marker()
    kernel.spin(code.spin(marker), marker)
    kernel.reply(kernel.send("shutdown_request", {"restart": False}, "control"), "control")
    gone(kernel)


@case(
    MESSAGING,
    "Introduction",
    "so that e.g. shutdown or debug messages can be processed immediately",
    needs="own kernel",
)
def a_shutdown_is_answered_while_a_cell_awaits(kernel, code):
    marker = kernel.marker()
    kernel.spin(code.await_forever(marker), marker)
    kernel.reply(kernel.send("shutdown_request", {"restart": False}, "control"), "control")
    gone(kernel)


@case(
    MESSAGING,
    "Kernel shutdown",
    "Sending a ``shutdown_request`` message on the ``shell`` channel is deprecated.",
    needs="own kernel",
)
def a_shutdown_on_the_shell_channel_still_works(kernel, code):
    reply = kernel.reply(kernel.send("shutdown_request", {"restart": False}), "shell")
    assert kind(reply) == "shutdown_reply", kind(reply)
    gone(kernel)


@case(
    MESSAGING,
    "Request-Reply",
    "This idle status message indicates that IOPub messages associated with a given request have all been received.",
    needs="own kernel",
)
def what_a_cell_put_out_is_sent_before_a_shutdown(kernel, code):
    ident = kernel.execute(code.count_to(2000))
    kernel.send("shutdown_request", {"restart": False}, "control")
    gone(kernel)
    kernel.quiet(0.5)
    # The cell may have been cut off anywhere, but what it printed up to its idle is there.
    states = [m["content"]["execution_state"] for m in of_kind(kernel.published(ident), "status")]
    if "idle" in states:
        assert text(kernel.published(ident)).endswith("1999\n"), "idle came without the output"


@case(
    MESSAGING,
    "Message Header",
    "If a kernel is restarted, the kernel session ID should be regenerated.",
    needs="own kernel",
    limit=90,
)
def a_restarted_kernel_has_a_new_session(kernel, code):
    before = kernel.ask("kernel_info_request").reply["header"]["session"]
    kernel.restart()
    after = kernel.ask("kernel_info_request").reply["header"]["session"]
    assert after != before, "the session is the same"


@case(
    MESSAGING,
    "Kernel shutdown",
    "to force a kernel restart to get a clean kernel without losing client-side state",
    needs="own kernel",
    limit=90,
)
def a_restarted_kernel_begins_anew(kernel, code):
    kernel.well(code.assign("forgotten", 1))
    kernel.restart()
    run = kernel.run(code.show_value("forgotten"))
    assert run.content["status"] == "error" and run.content["execution_count"] == 1, run.content


@case(MESSAGING, "Kernel shutdown", "to force a kernel restart to get a clean kernel", needs="own kernel", limit=90)
def a_kernel_is_restarted_while_a_cell_spins(kernel, code):
    marker = kernel.marker()
    kernel.spin(code.spin(marker), marker)
    kernel.restart()
    assert kernel.well(code.answer[0]).content["execution_count"] == 1


@case(
    MESSAGING,
    "Kernel shutdown",
    "when the user types 'exit' or 'quit' (or their uppercase magic equivalents).",
    needs="own kernel",
    beyond="the specification leaves the end to the client; a cell that ends the process loses variables in silence",
)
def a_cell_that_ends_its_program_does_not_end_the_session(kernel, code):
    kernel.well(code.assign("staying", 42))
    kernel.run(code.leave())
    assert text(kernel.recovered(code.show_value("staying")).messages) == "42\n"


PARENT = """
import json, sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel(cwd=sys.argv[2])
print(json.dumps({"pid": manager.provisioner.process.pid, "connection": manager.connection_file}), flush=True)
time.sleep(600)
"""


def orphaned(launcher, source_of) -> None:
    """Starts a kernel in a process of its own, lets it run something, kills that process; the kernel has to end."""
    argv = [sys.executable, "-c", PARENT, launcher.name, str(launcher.cwd)]
    parent = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    started = json.loads(parent.stdout.readline())
    try:
        with Wire(json.loads(Path(started["connection"]).read_text())) as wire:
            marker = launcher.folder / f"orphan-{started['pid']}"
            wire.execute(source_of(marker))
            until(marker.exists, "the cell came to its marker", 30)
            parent.send_signal(signal.SIGKILL)
            parent.wait()
            until(lambda: not is_alive(started["pid"]), "the kernel has ended", END)
    finally:
        parent.kill()
        parent.stdout.close()
        if is_alive(started["pid"]):
            os.kill(started["pid"], signal.SIGKILL)


EFFORT = (
    "launcher.launch_kernel",
    "If not set, an effort is made to ensure that the kernel is killed when this process dies.",
)


@case(API, *EFFORT, needs="launcher", limit=90)
def a_kernel_ends_when_its_parent_is_killed(launcher, code):
    orphaned(launcher, lambda marker: code.touch(marker))


@case(API, *EFFORT, needs="launcher", limit=90)
def a_kernel_that_spins_ends_when_its_parent_is_killed(launcher, code):
    orphaned(launcher, lambda marker: code.spin(marker))


@case(
    KERNELS,
    "Connection file format",
    "The ``transport``, ``ip`` and five ``_port`` fields specify five ports which the kernel should bind to",
    needs="launcher",
)
def a_kernel_binds_the_ports_it_is_told_on_that_address_only(launcher, code):
    process = launcher.process()
    Wire(process.connection).close()
    found = {
        (connection.laddr.ip, connection.laddr.port)
        for connection in psutil.Process(process.popen.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    ports = {port for name, port in process.connection.items() if name.endswith("_port")}
    assert {port for ip, port in found if ip == "127.0.0.1"} >= ports, found
    assert {ip for ip, _ in found} == {"127.0.0.1"}, f"it listens elsewhere, too: {found}"


@case(
    KERNELS,
    "Connection file format",
    "The ``transport``, ``ip`` and five ``_port`` fields specify five ports which the kernel should bind to",
    needs="launcher",
)
def a_kernel_speaks_over_the_transport_it_is_told(launcher, code):
    if not hasattr(os, "fork"):
        raise NotApplicable("ipc is not there on this system")
    names = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    ports = {name: number for number, name in enumerate(names, 1)}
    process = launcher.process(transport="ipc", ip=str(launcher.folder / "ipc"), **ports)
    with Wire(process.connection) as wire:
        reply, published = wire.run(code.show("over ipc"))
        assert reply.content["status"] == "ok" and [p for p in published if p.kind == "stream"], reply.content
    assert heartbeat(process.connection, b"ping") == b"ping"


@case(
    KERNELS,
    "Connection file format",
    "A connection file, which is accessible only to the current user, will contain a JSON dictionary looking something "
    "like this::",
    needs="launcher",
)
def a_kernel_allows_what_it_does_not_know_in_the_connection_file(launcher, code):
    process = launcher.process(kernel_name="x", jupyter_session="a notebook.ipynb", surely_unknown={"a": [1]})
    with Wire(process.connection) as wire:
        assert wire.run(code.answer[0])[0].content["status"] == "ok"


@case(KERNELS, "Kernel specs", "JSON serialised dictionary containing the following keys and values:")
def the_kernelspec_has_what_a_client_needs(kernel, code):
    spec = json.loads(Path(kernel.launcher.spec.resource_dir, "kernel.json").read_text())
    assert isinstance(spec["argv"], list) and "{connection_file}" in " ".join(spec["argv"]), spec
    assert spec["display_name"] and spec["language"], spec
    assert spec.get("interrupt_mode", "signal") in ("signal", "message"), spec
    assert all(isinstance(value, str) for value in spec.get("env", {}).values()), spec


@case(
    API,
    "launcher.launch_kernel",
    "The working dir of the kernel process (default: cwd of this process).",
    needs="launcher",
)
def a_kernel_works_in_the_folder_it_was_started_in(launcher, code):
    process = launcher.process()
    with Wire(process.connection) as wire:
        wire.run(code.touch(Path("made-by-a-relative-path")))
    assert (launcher.cwd / "made-by-a-relative-path").exists()
