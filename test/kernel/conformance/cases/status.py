"""Busy and idle: a page holds its spinner, a widget its next update, by them."""

from suite.case import MESSAGING, group
from suite.client import cause, is_status, kind, of_kind, text

case = group("busy and idle")

EVERY = (
    "Kernel status",
    "Busy and idle messages should be sent before/after handling every request, not just execution.",
)


def framed(kernel, ident: str) -> None:
    """What is published for a request begins with its only busy and ends with its only idle."""
    messages = kernel.idle(ident)
    states = [message["content"]["execution_state"] for message in of_kind(messages, "status")]
    assert states == ["busy", "idle"], f"states: {states}"
    assert is_status(messages[0], "busy"), f"{kind(messages[0])} came before busy"
    assert is_status(messages[-1], "idle"), f"{kind(messages[-1])} came after idle"


def request(kernel, msg_type: str, content: dict | None = None, channel: str = "shell") -> None:
    framed(kernel, kernel.send(msg_type, content, channel))


@case(MESSAGING, *EVERY)
def kernel_info_lies_between_busy_and_idle(kernel, code):
    request(kernel, "kernel_info_request")


@case(MESSAGING, *EVERY)
def kernel_info_on_control_lies_between_busy_and_idle(kernel, code):
    request(kernel, "kernel_info_request", channel="control")


@case(MESSAGING, *EVERY)
def completion_lies_between_busy_and_idle(kernel, code):
    request(kernel, "complete_request", {"code": code.completion[1], "cursor_pos": len(code.completion[1])})


@case(MESSAGING, *EVERY)
def inspection_lies_between_busy_and_idle(kernel, code):
    request(kernel, "inspect_request", {"code": code.inspection[1], "cursor_pos": 1, "detail_level": 0})


@case(MESSAGING, *EVERY)
def is_complete_lies_between_busy_and_idle(kernel, code):
    request(kernel, "is_complete_request", {"code": code.answer[0]})


@case(MESSAGING, *EVERY)
def history_lies_between_busy_and_idle(kernel, code):
    request(kernel, "history_request", {"hist_access_type": "tail", "n": 1, "output": False, "raw": True})


@case(MESSAGING, *EVERY)
def comm_info_lies_between_busy_and_idle(kernel, code):
    request(kernel, "comm_info_request", {})


@case(MESSAGING, *EVERY)
def an_error_lies_between_busy_and_idle(kernel, code):
    request(kernel, "execute_request", {"code": code.fail("on purpose"), "silent": False})


@case(MESSAGING, *EVERY)
def an_empty_cell_lies_between_busy_and_idle(kernel, code):
    request(kernel, "execute_request", {"code": "", "silent": False})


@case(MESSAGING, *EVERY)
def a_silent_cell_lies_between_busy_and_idle(kernel, code):
    request(kernel, "execute_request", {"code": code.answer[0], "silent": True})


@case(
    MESSAGING,
    "Output Side Effects",
    "Since comm messages can execute arbitrary user code, handlers should set the parent header and publish status "
    "busy / idle, just like an execute request.",
)
def each_comm_message_lies_between_busy_and_idle(kernel, code):
    kernel.well(code.echo("status-echo"))
    content = {"comm_id": "status-1", "data": {}}
    framed(kernel, kernel.send("comm_open", {**content, "target_name": "status-echo"}))
    idents = [kernel.send("comm_msg", content) for _ in range(20)]
    for ident in [*idents, kernel.send("comm_close", content)]:
        framed(kernel, ident)


@case(MESSAGING, *EVERY)
def a_message_for_a_comm_that_is_gone_lies_between_busy_and_idle(kernel, code):
    framed(kernel, kernel.send("comm_msg", {"comm_id": "never-opened", "data": {}}))


@case(
    MESSAGING,
    "Request-Reply",
    "This idle status message indicates that IOPub messages associated with a given request have all been received.",
)
def all_that_a_cell_puts_out_comes_before_its_idle(kernel, code):
    run = kernel.well(code.lines(code.warn("b"), code.count_to(200), code.show("last")))
    assert text(run.messages).endswith("199\nlast\n") and text(run.messages, "stderr") == "b\n"
    late = [kind(message) for message in kernel.quiet(0.3) if cause(message) == run.ident]
    assert not late, f"after idle: {late}"
    framed(kernel, run.ident)


@case(
    MESSAGING,
    "Kernel status",
    "the kernel shall immediately publish a status message with ``execution_state: 'busy'``.",
)
def busy_comes_while_the_cell_runs(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    kernel.until("iopub", lambda message: cause(message) == ident and is_status(message, "busy"), "busy")
    assert not [m for m in kernel.published(ident) if is_status(m, "idle")], "idle while the cell runs"
    kernel.stopped(ident)


@case(MESSAGING, *EVERY)
def queued_cells_are_busy_one_after_the_other(kernel, code):
    idents = [kernel.execute(code.lines(code.sleep(30), code.show(str(number)))) for number in range(4)]
    for ident in idents:
        kernel.idle(ident)
    order = [(cause(m), m["content"]["execution_state"]) for m in of_kind(kernel.log["iopub"], "status")]
    wanted = [(ident, state) for ident in idents for state in ("busy", "idle")]
    assert order == wanted, f"order of states: {[(idents.index(ident), state) for ident, state in order]}"
