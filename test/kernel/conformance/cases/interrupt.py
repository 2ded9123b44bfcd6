"""Stop: wherever the code is, the cell ends, the kernel lives, and the variables are kept."""

import time

from suite.case import KERNELS, MESSAGING, NotApplicable, group
from suite.client import kind, only, text

case = group("interrupt")

#: Seconds from the interrupt to the end of the cell.
SOON = 5

STOPS = (
    "Kernel specs",
    "specifies how a client is supposed to interrupt cell execution on this kernel, either by sending an interrupt "
    "``signal`` via the operating system's signalling facilities",
)


def stops(kernel, code, source: str, marker) -> None:
    ident = kernel.spin(source, marker)
    run = kernel.stopped(ident, SOON)
    assert run.content["status"] == "error", run.content
    kernel.recovered(code.answer[0])


@case(MESSAGING, "Execution errors", "When an error occurs during code execution")
def a_stopped_cell_ends_with_an_error_that_says_so(kernel, code):
    marker = kernel.marker()
    run = kernel.stopped(kernel.spin(code.spin(marker), marker), SOON)
    error = only(run.messages, "error")["content"]
    assert "interrupt" in f"{error['ename']} {error['evalue']}".lower(), error
    assert (error["ename"], error["evalue"]) == (run.content["ename"], run.content["evalue"]), run.content


@case(KERNELS, *STOPS)
def a_synchronous_loop_stops(kernel, code):
    marker = kernel.marker()
    stops(kernel, code, code.spin(marker), marker)


@case(KERNELS, *STOPS)
def a_pending_await_stops(kernel, code):
    marker = kernel.marker()
    stops(kernel, code, code.await_forever(marker), marker)


@case(KERNELS, *STOPS)
def a_loop_after_an_await_stops(kernel, code):
    marker = kernel.marker()
    stops(kernel, code, code.spin_after_await(marker), marker)


@case(KERNELS, *STOPS)
def a_loop_in_webassembly_stops(kernel, code):
    marker = kernel.marker()
    stops(kernel, code, code.spin_in_wasm(marker), marker)


@case(KERNELS, *STOPS)
def a_cell_that_awaits_work_of_threads_stops(kernel, code):
    marker = kernel.marker()
    stops(kernel, code, code.await_threads(marker), marker)


CALLBACK = "the specification speaks of cells; a callback that spins stops the kernel just as well"


@case(KERNELS, *STOPS, beyond=CALLBACK)
def a_loop_in_a_timer_stops(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.spin_in_timer(marker), marker)
    kernel.stopped(ident, SOON)
    kernel.recovered(code.answer[0])


def stops_in_handler(kernel, code, target, statement, marker):
    """The page waits for the idle of its message: it has to come although the handler was stopped."""
    kernel.well(code.on_message(target, statement))
    kernel.idle(kernel.send("comm_open", {"comm_id": target, "target_name": target, "data": {}}))
    ident = kernel.send("comm_msg", {"comm_id": target, "data": {}})
    kernel.await_marker(marker)
    kernel.interrupt()
    kernel.idle(ident, SOON)
    kernel.recovered(code.answer[0])


@case(KERNELS, *STOPS, beyond=CALLBACK)
def a_loop_in_a_comm_handler_stops(kernel, code):
    marker = kernel.marker()
    stops_in_handler(kernel, code, "spin-in-handler", code.spin(marker), marker)


@case(KERNELS, *STOPS, beyond=CALLBACK)
def a_loop_in_webassembly_in_a_comm_handler_stops(kernel, code):
    marker = kernel.marker()
    stops_in_handler(kernel, code, "wasm-in-handler", code.spin_in_wasm(marker), marker)
    # What a cell sends later is no answer to the message whose handler was stopped.
    later = kernel.well(code.open_comm("later", "opened-later", {}, {}, b""))
    assert "comm_open" in [kind(message) for message in later.messages], [kind(message) for message in later.messages]


@case(KERNELS, *STOPS)
def four_interrupts_in_a_row_stop_four_cells(kernel, code):
    for source in (code.spin_after_await, code.spin, code.await_forever, code.spin_after_await):
        marker = kernel.marker()
        stops(kernel, code, source(marker), marker)


@case(KERNELS, *STOPS)
def variables_outlive_an_interrupt(kernel, code):
    marker = kernel.marker()
    kernel.well(code.assign("counted", 0))
    kernel.stopped(kernel.spin(code.spin_counting("counted", marker), marker), SOON)
    assert text(kernel.recovered(code.show_value("counted > 0")).messages).lower() == "true\n"


@case(KERNELS, *STOPS)
def loops_of_later_cells_are_left_alone(kernel, code):
    marker = kernel.marker()
    kernel.stopped(kernel.spin(code.spin(marker), marker), SOON)
    run = kernel.recovered(code.count_to(1000))
    assert text(run.messages) == "".join(f"{line}\n" for line in range(1000)), run.content


@case(
    MESSAGING,
    "Execute",
    "# A boolean flag, which, if True, aborts the execution queue if an exception is encountered.",
)
def cells_that_wait_behind_an_interrupted_one_are_not_run(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    waiting = [kernel.execute(code.show("waiting")) for _ in range(3)]
    # The interrupt goes through another socket, and must not overtake them.
    kernel.quiet(0.5)
    kernel.stopped(ident, SOON)
    replies = [kernel.finish(each) for each in waiting]
    assert "ok" not in {run.content["status"] for run in replies}, [run.content for run in replies]
    assert "waiting" not in "".join(text(run.messages) for run in replies)


@case(MESSAGING, "Request-Reply", "After processing the request and publishing associated IOPub messages, if any,")
def what_was_printed_before_the_interrupt_is_there(kernel, code):
    marker = kernel.marker()
    run = kernel.stopped(kernel.spin(code.show_and_spin("before the interrupt", marker), marker), SOON)
    assert text(run.messages) == "before the interrupt\n", [kind(m) for m in run.messages]


@case(KERNELS, *STOPS)
def an_interrupt_of_an_idle_kernel_changes_nothing(kernel, code):
    kernel.well(code.assign("untouched", 42))
    for _ in range(3):
        kernel.interrupt()
        kernel.ask("kernel_info_request")
    assert text(kernel.well(code.show_value("untouched")).messages) == "42\n"


@case(KERNELS, *STOPS)
def an_interrupt_that_comes_late_does_not_stop_a_later_cell(kernel, code):
    for _ in range(3):
        kernel.well(code.answer[0])
        kernel.interrupt()
        # The interrupt has been heard once something that was sent after it is answered.
        kernel.ask("kernel_info_request", channel="control")
        time.sleep(0.05)
        run = kernel.run(code.lines(code.sleep(50), code.answer[0]))
        assert run.content["status"] == "ok", f"a later cell was stopped: {run.content}"


@case(MESSAGING, "Execution counter (prompt number)", "monotonically increasing counter of all execution requests")
def the_cell_after_an_interrupted_one_has_the_next_number(kernel, code):
    marker = kernel.marker()
    run = kernel.stopped(kernel.spin(code.spin(marker), marker), SOON)
    assert kernel.recovered(code.answer[0]).content["execution_count"] == run.content["execution_count"] + 1


def by_message(kernel) -> None:
    if kernel.launcher.spec.interrupt_mode != "message":
        raise NotApplicable("the kernelspec does not ask for interrupts by message")


@case(
    MESSAGING,
    "Kernel interrupt",
    "An interruption will then result in the following message on the ``control`` channel:",
)
def an_interrupt_request_is_answered_on_control(kernel, code):
    by_message(kernel)
    reply = kernel.ask("interrupt_request", channel="control")
    assert kind(reply.reply) == "interrupt_reply" and reply.content["status"] == "ok", reply.content


@case(MESSAGING, "Kernel interrupt", "a kernel can choose to be notified using a message instead.")
def an_interrupt_request_is_answered_while_a_cell_spins(kernel, code):
    by_message(kernel)
    marker = kernel.marker()
    ident = kernel.spin(code.spin(marker), marker)
    assert kernel.ask("interrupt_request", channel="control", limit=SOON).content["status"] == "ok"
    assert kernel.finish(ident, SOON).content["status"] == "error"
