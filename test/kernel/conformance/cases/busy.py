"""What is answered while user code runs: on the control channel always, on shell as a courtesy to the page."""

import time

from suite.case import KERNEL_INFO, MESSAGING, group
from suite.client import text
from suite.wire import heartbeat

case = group("while code runs")

IDENTICAL = (
    "Introduction",
    "**Control**: This channel is identical to Shell, but operates on a separate socket to avoid queueing behind "
    "execution requests.",
)
COURTESY = "the specification lets the shell channel wait for the cell; a page that asks then shows nothing"


def requests(code) -> dict[str, dict]:
    return {
        "kernel_info_request": {},
        "comm_info_request": {},
        "history_request": {"hist_access_type": "tail", "n": 3, "output": False, "raw": True},
        "complete_request": {"code": code.completion[1], "cursor_pos": len(code.completion[1])},
        "inspect_request": {"code": code.inspection[1], "cursor_pos": 1, "detail_level": 0},
        "is_complete_request": {"code": code.answer[0]},
    }


def answered_while_spinning(kernel, code, msg_type: str, channel: str) -> None:
    content = requests(code)[msg_type]
    # The first question may have to load something that answers it.
    kernel.ask(msg_type, content)
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    kernel.ask(msg_type, content, channel, limit=5)
    kernel.stopped(ident)


def answered_while_awaiting(kernel, code, msg_type: str) -> None:
    ident = kernel.execute(code.lines(code.sleep(1200), code.show("the end of the await")))
    kernel.ask(msg_type, requests(code)[msg_type])
    assert "the end of the await" not in text(kernel.log["iopub"]), "it was answered when the cell had ended"
    kernel.finish(ident)


@case(
    KERNEL_INFO,
    "Proposed enhancement",
    "clients are encouraged to send it on the control channel as it will always be able to handle it, while the shell "
    "channel may be stopped.",
)
def kernel_info_on_control_answers_while_a_cell_spins(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    assert kernel.ask("kernel_info_request", channel="control", limit=5).content["protocol_version"]
    kernel.stopped(ident)


@case(
    MESSAGING,
    "Heartbeat for kernels",
    "Clients send ping messages on a REQ socket, which are echoed right back from the Kernel's REP socket.",
)
def the_heartbeat_beats_while_a_cell_spins(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    for _ in range(5):
        assert heartbeat(kernel.connection, b"ping", 5) == b"ping"
        time.sleep(0.05)
    kernel.stopped(ident)


@case(MESSAGING, *IDENTICAL)
def comm_info_is_answered_on_control_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "comm_info_request", "control")


@case(MESSAGING, *IDENTICAL)
def history_is_answered_on_control_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "history_request", "control")


@case(MESSAGING, *IDENTICAL)
def completion_is_answered_on_control_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "complete_request", "control")


@case(MESSAGING, *IDENTICAL)
def inspection_is_answered_on_control_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "inspect_request", "control")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def kernel_info_is_answered_on_shell_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "kernel_info_request", "shell")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def comm_info_is_answered_on_shell_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "comm_info_request", "shell")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def history_is_answered_on_shell_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "history_request", "shell")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def completion_is_answered_on_shell_while_a_cell_spins(kernel, code):
    answered_while_spinning(kernel, code, "complete_request", "shell")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def kernel_info_is_answered_on_shell_while_a_cell_awaits(kernel, code):
    answered_while_awaiting(kernel, code, "kernel_info_request")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def completion_is_answered_on_shell_while_a_cell_awaits(kernel, code):
    answered_while_awaiting(kernel, code, "complete_request")


@case(MESSAGING, *IDENTICAL, beyond=COURTESY)
def is_complete_is_answered_on_shell_while_a_cell_awaits(kernel, code):
    answered_while_awaiting(kernel, code, "is_complete_request")
