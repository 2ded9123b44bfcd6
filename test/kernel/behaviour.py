"""Drives a running kernel by the real jupyter_client, case by case; prints one JSON line a case: name, ok, detail."""
import json
import os
import queue
import sys
import time
import traceback

from jupyter_client.manager import KernelManager

LIMIT = 30


class Kernel:
    def __init__(self):
        self.manager = KernelManager(kernel_name=os.environ["VOXBOOK_KERNEL_NAME"])
        self.manager.start_kernel(cwd=os.environ["VOXBOOK_KERNEL_CWD"])
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code, **options):
        """Reply and the messages of the cell up to its idle."""
        ident = self.client.execute(code, **options)
        return self.collect(ident)

    def collect(self, ident):
        messages = self.until_idle(ident)
        while True:
            reply = self.client.get_shell_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == ident:
                return reply["content"], messages

    def until_idle(self, ident):
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            if message["parent_header"].get("msg_id") != ident:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return messages
            messages.append(message)

    def quiet(self, seconds=0.3):
        """Messages that come although nothing is asked."""
        found = []
        end = time.time() + seconds
        while time.time() < end:
            try:
                found.append(self.client.get_iopub_msg(timeout=max(0.01, end - time.time())))
            except queue.Empty:
                break
        return found

    def comm(self, kind, content, buffers=None, parent=None):
        message = self.client.session.msg(kind, content)
        self.client.session.send(self.client.shell_channel.socket, message, buffers=buffers or [])
        return message["header"]["msg_id"]


def text(messages, name="stdout"):
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream" and m["content"]["name"] == name)


def result(messages):
    return next(m["content"]["data"]["text/plain"] for m in messages if m["msg_type"] == "execute_result")


def error(messages):
    return next(m["content"] for m in messages if m["msg_type"] == "error")


def interrupted(kernel, code, after=0.5):
    """Interrupts a cell; returns seconds until its idle, and its error."""
    ident = kernel.client.execute(code)
    time.sleep(after)
    begin = time.time()
    kernel.manager.interrupt_kernel()
    messages = kernel.until_idle(ident)
    seconds = time.time() - begin
    while kernel.client.get_shell_msg(timeout=LIMIT)["parent_header"].get("msg_id") != ident:
        pass
    return seconds, messages


def case_twenty_thousand_lines_arrive_whole_and_before_idle(k):
    _, messages = k.run("for (let i = 0; i < 20000; i++) console.log(i)")
    lines = text(messages).split("\n")[:-1]
    assert lines == [str(i) for i in range(20000)], len(lines)
    assert not k.quiet(), "messages after idle"
    return f"{len([m for m in messages if m['msg_type'] == 'stream'])} messages"


def case_output_keeps_its_order_among_kinds(k):
    _, messages = k.run("console.log('a'); await display(1); console.error('b'); console.log('c'); 5")
    kinds = [m["msg_type"] for m in messages if m["msg_type"] not in ("status", "execute_input")]
    assert kinds == ["stream", "display_data", "stream", "stream", "execute_result"], kinds


def case_an_error_names_cell_line_and_source(k):
    k.run("function deep(n: number) {\n  if (n === 0) throw new RangeError('down');\n  deep(n - 1);\n}")
    reply, messages = k.run("// one\n\ndeep(1)")
    trace = "\n".join(error(messages)["traceback"])
    assert reply["ename"] == "RangeError" and reply["evalue"] == "down", reply
    assert "line 2 in deep" in trace and "line 3" in trace and "deep(1)" in trace, trace
    assert "dist/kernel" not in trace and "node:" not in trace, trace


def case_a_cell_that_throws_keeps_what_it_declared(k):
    k.run("const kept = 7; throw new Error('x'); const never = 1")
    _, messages = k.run("kept")
    assert result(messages) == "7"


def case_a_type_error_warns_with_its_line_and_does_not_block(k):
    reply, messages = k.run("const wide: string = 'a';\nconst wrong: number = wide as any as string;\nwrong")
    assert reply["status"] == "ok" and result(messages) == "'a'", reply
    assert "line 2: Type 'string' is not assignable to type 'number'" in text(messages, "stderr"), text(messages, "stderr")


def case_interrupt_of_a_synchronous_loop_keeps_the_variables(k):
    k.run("let counted = 0")
    seconds, messages = interrupted(k, "while (true) counted++")
    assert error(messages)["ename"] == "Interrupted", error(messages)
    _, messages = k.run("counted > 0")
    assert result(messages) == "true" and seconds < 2, seconds
    return f"{seconds * 1000:.0f} ms"


def case_interrupt_of_a_pending_await(k):
    seconds, messages = interrupted(k, "await new Promise(() => {})")
    assert error(messages)["ename"] == "Interrupted" and seconds < 1, seconds
    return f"{seconds * 1000:.0f} ms"


def case_interrupt_of_a_loop_after_an_await(k):
    times = []
    for _ in range(3):
        seconds, messages = interrupted(k, "await new Promise((done) => setTimeout(done, 10)); while (true) {}")
        assert error(messages)["ename"] == "Interrupted", error(messages)
        times.append(seconds)
    _, messages = k.run("1 + 1")
    assert result(messages) == "2" and max(times) < 2, times
    return ", ".join(f"{t * 1000:.0f} ms" for t in times)


def case_interrupt_of_a_loop_in_a_timer(k):
    k.run("setTimeout(() => { while (true) {} }, 100)")
    time.sleep(0.4)
    k.manager.interrupt_kernel()
    time.sleep(0.8)
    _, messages = k.run("2 + 2")
    assert result(messages) == "4"


def case_heartbeat_and_kernel_info_answer_while_a_cell_spins(k):
    ident = k.client.execute("while (true) {}")
    time.sleep(0.5)
    begin = time.time()
    info = k.client.kernel_info()
    while k.client.get_shell_msg(timeout=5)["parent_header"].get("msg_id") != info:
        pass
    seconds = time.time() - begin
    assert k.client.hb_channel.is_beating() and seconds < 1, seconds
    k.manager.interrupt_kernel()
    k.collect(ident)
    return f"{seconds * 1000:.0f} ms"


def case_cells_behind_an_error_are_aborted_and_later_ones_run(k):
    first = k.client.execute("await new Promise((done) => setTimeout(done, 200)); throw new Error('stop')")
    second = k.client.execute("'second'")
    replies = {}
    while len(replies) < 2:
        reply = k.client.get_shell_msg(timeout=LIMIT)
        replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
    assert replies == {first: "error", second: "aborted"}, replies
    _, messages = k.run("'third'")
    assert result(messages) == "'third'"


def case_late_output_belongs_to_the_cell_that_caused_it(k):
    first = k.client.execute("setTimeout(() => console.log('late'), 1500)")
    k.collect(first)
    k.run("1")
    late = [m for m in k.quiet(2.5) if m["msg_type"] == "stream"]
    assert [(m["content"]["text"], m["parent_header"]["msg_id"]) for m in late] == [("late\n", first)], late


def case_buffers_travel_both_ways_through_a_comm(k):
    k.run(
        "const kernel = (globalThis as any)[Symbol.for('voxbook.kernel')];\n"
        "kernel.comms.onOpen('echo', (comm: any) => comm.onMessage((m: any) =>\n"
        "  comm.send({ length: m.buffers[0].length }, { buffers: [m.buffers[0].map((b: number) => 255 - b)] })));"
    )
    k.comm("comm_open", {"comm_id": "c1", "target_name": "echo", "data": {}})
    payload = bytes(range(256)) * 4096
    k.comm("comm_msg", {"comm_id": "c1", "data": {}}, [payload])
    while True:
        message = k.client.get_iopub_msg(timeout=LIMIT)
        if message["msg_type"] == "comm_msg":
            break
    assert message["content"]["data"]["length"] == len(payload)
    assert bytes(message["buffers"][0]) == bytes(255 - b for b in payload)


def case_a_comm_message_is_answered_while_a_cell_awaits(k):
    ident = k.client.execute("await new Promise((done) => setTimeout(done, 1500)); 'done'")
    time.sleep(0.3)
    begin = time.time()
    k.comm("comm_msg", {"comm_id": "c1", "data": {}}, [b"\x01"])
    while k.client.get_iopub_msg(timeout=LIMIT)["msg_type"] != "comm_msg":
        pass
    seconds = time.time() - begin
    k.collect(ident)
    assert seconds < 0.7, seconds
    return f"{seconds * 1000:.0f} ms"


def case_comm_info_lists_the_open_comms(k):
    ident = k.client.comm_info("echo")
    while True:
        reply = k.client.get_shell_msg(timeout=LIMIT)
        if reply["parent_header"]["msg_id"] == ident:
            break
    assert reply["content"]["comms"] == {"c1": {"target_name": "echo"}}, reply["content"]


def case_a_comm_to_an_unknown_target_is_closed(k):
    k.comm("comm_open", {"comm_id": "c9", "target_name": "nobody", "data": {}})
    while True:
        message = k.client.get_iopub_msg(timeout=LIMIT)
        if message["msg_type"] == "comm_close":
            break
    assert message["content"]["comm_id"] == "c9"


def case_forged_messages_are_dropped_and_the_kernel_lives(k):
    key = k.client.session.key
    k.client.session.key = b"another key"
    k.client.execute("globalThis.forged = true")
    k.client.session.key = key
    _, messages = k.run("(globalThis as any).forged")
    assert not [m for m in messages if m["msg_type"] == "execute_result"]


def case_display_ids_are_updated(k):
    _, messages = k.run("await display('first', { displayId: 'd' }); await display('second', { displayId: 'd', update: true })")
    kinds = [(m["msg_type"], m["content"]["transient"].get("display_id")) for m in messages if "display" in m["msg_type"]]
    assert kinds == [("display_data", "d"), ("update_display_data", "d")], kinds


def case_user_expressions_and_silent_runs(k):
    reply, messages = k.run("const quiet = 3; quiet", silent=True, user_expressions={"twice": "quiet * 2", "bad": "nope"})
    assert not [m for m in messages if m["msg_type"] in ("execute_result", "execute_input")], messages
    assert reply["user_expressions"]["twice"]["data"]["text/plain"] == "6", reply
    assert reply["user_expressions"]["bad"]["status"] == "error", reply


def case_input_asks_the_reader(k):
    ident = k.client.execute("const name = await input('Name? '); name", allow_stdin=True)
    request = k.client.get_stdin_msg(timeout=LIMIT)
    assert request["content"]["prompt"] == "Name? ", request
    k.client.input("Ada")
    _, messages = k.collect(ident)
    assert result(messages) == "'Ada'"


def case_completion_and_hover_count_code_points_and_know_earlier_cells(k):
    k.run("/** Doubles a number. */\nfunction double(n: number) { return 2 * n }\nconst \u03c0 = 3")
    source = "'\U0001f600'; double"
    reply = k.client.inspect(source, len(source), reply=True, timeout=LIMIT)["content"]
    assert reply["found"] and "Doubles a number." in reply["data"]["text/plain"], reply
    reply = k.client.complete("'\U0001f600'; doub", 9, reply=True, timeout=LIMIT)["content"]
    assert reply["matches"] == ["double"] and (reply["cursor_start"], reply["cursor_end"]) == (5, 9), reply


def case_process_exit_does_not_end_the_session(k):
    reply, _ = k.run("process.exit(0)")
    assert reply["status"] == "error" and "Restart" in reply["evalue"], reply


def case_an_uncaught_error_of_a_timer_is_shown_and_survived(k):
    first = k.client.execute("setTimeout(() => { throw new Error('in a timer') }, 50)")
    # The timer may fire while the type check still holds the idle back.
    _, messages = k.collect(first)
    late = [m for m in messages + k.quiet(1) if m["msg_type"] == "error"]
    assert [m["content"]["evalue"] for m in late] == ["in a timer"], late
    assert late[0]["parent_header"]["msg_id"] == first


def case_a_package_of_es_modules_imports(k):
    reply, messages = k.run("import { readImageNode } from '@itk-wasm/image-io'; typeof readImageNode")
    assert reply["status"] == "ok" and result(messages) == "'function'", (reply, messages)


def case_shutdown_is_answered_while_a_cell_spins(k):
    k.client.execute("while (true) {}")
    time.sleep(0.3)
    begin = time.time()
    message = k.client.session.msg("shutdown_request", {"restart": False})
    k.client.control_channel.send(message)
    reply = k.client.get_control_msg(timeout=10)
    while reply["msg_type"] != "shutdown_reply":
        reply = k.client.get_control_msg(timeout=10)
    while k.manager.is_alive() and time.time() - begin < 8:
        time.sleep(0.05)
    assert not k.manager.is_alive()
    return f"{time.time() - begin:.1f} s"


def main():
    kernel = Kernel()
    try:
        for name, case in list(globals().items()):
            if not name.startswith("case_") or (sys.argv[1:] and not any(word in name for word in sys.argv[1:])):
                continue
            report = {"name": name[5:].replace("_", " "), "ok": True, "detail": None}
            try:
                report["detail"] = case(kernel)
            except Exception as problem:  # each case reports for itself
                report.update(ok=False, detail=f"{type(problem).__name__}: {problem}\n{traceback.format_exc()[-600:]}")
            print(json.dumps(report), flush=True)
    finally:
        kernel.client.stop_channels()
        if kernel.manager.has_kernel:
            kernel.manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
