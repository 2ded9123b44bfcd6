"""Widgets in a running kernel, by the real jupyter_client; prints one JSON line a case: name, ok, detail."""
import json
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../kernel"))
from behaviour import LIMIT, Kernel, error, result, text  # noqa: E402

IMPORT = "import { Button, IntSlider, Output, VBox, interact, interactive, progress } from 'voxbook/widgets';\n"


def opened(messages, model):
    """Id and state of the model of this name."""
    for message in messages:
        if message["msg_type"] == "comm_open" and message["content"]["data"]["state"]["_model_name"] == model:
            return message["content"]["comm_id"], message["content"]["data"]["state"]
    raise AssertionError(f"no {model} was opened")


def of(messages, comm_id):
    """What was sent on a comm: parent, method, state."""
    return [
        (m["parent_header"].get("msg_id"), m["content"]["data"]["method"], m["content"]["data"].get("state"))
        for m in messages
        if m["msg_type"] == "comm_msg" and m["content"]["comm_id"] == comm_id
    ]


def outputs(messages, comm_id):
    """The outputs of an Output widget after these messages."""
    found = [state["outputs"] for _, method, state in of(messages, comm_id) if method == "update" and "outputs" in state]
    return found[-1] if found else []


def say(kernel, comm_id, data):
    """Sends a page's message; its id and all messages until its idle."""
    ident = kernel.comm("comm_msg", {"comm_id": comm_id, "data": data})
    messages = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=LIMIT)
        messages.append(message)
        idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        if idle and message["parent_header"].get("msg_id") == ident:
            return ident, messages


def everything(kernel, ident):
    """Reply of a cell and all messages until its idle, those of other causes, too."""
    messages = []
    while True:
        message = kernel.client.get_iopub_msg(timeout=LIMIT)
        messages.append(message)
        idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        if idle and message["parent_header"].get("msg_id") == ident:
            break
    while True:
        reply = kernel.client.get_shell_msg(timeout=LIMIT)
        if reply["parent_header"].get("msg_id") == ident:
            return reply["content"], messages


def update(**state):
    return {"method": "update", "state": state, "buffer_paths": []}


def case_the_echo_of_a_change_names_the_message_that_made_it(k):
    _, messages = k.run(IMPORT + "const slider = new IntSlider({ value: 5 });")
    slider, _ = opened(messages, "IntSliderModel")
    k.run("slider.observe('value', ({ new: now }) => { slider.description = `${now}`; console.log('now', now); });")
    ident, messages = say(k, slider, update(value=700))
    assert of(messages, slider) == [
        (ident, "echo_update", {"value": 700}),
        (ident, "update", {"value": 100}),
        (ident, "update", {"description": "100"}),
    ], of(messages, slider)


def case_what_a_listener_prints_belongs_to_the_cell_that_added_it(k):
    ident, messages = k.run(IMPORT + "const other = new IntSlider();")
    slider, _ = opened(messages, "IntSliderModel")
    adding = k.client.execute("other.observe('value', ({ new: now }) => { console.log('value', now); if (now > 5) throw new RangeError('too far'); });")
    k.collect(adding)
    _, messages = say(k, slider, update(value=9))
    messages += k.quiet()
    printed = [m for m in messages if m["msg_type"] in ("stream", "error")]
    assert [m["parent_header"]["msg_id"] for m in printed] == [adding, adding], printed
    assert error(messages)["ename"] == "RangeError" and "Cell [" in "".join(error(messages)["traceback"])
    setting = k.client.execute("other.value = 2")
    _, messages = k.collect(setting)
    assert text(messages) == "value 2\n", "a change by code prints below the code that made it"


def case_output_captures_text_displays_results_and_errors_of_its_cell(k):
    reply, messages = k.run(
        IMPORT
        + "const out = new Output();\n"
        + "console.log('outside');\n"
        + "const given = await out.capture(async () => {\n"
        + "  console.log('inside'); console.error('warned');\n"
        + "  await display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>', 'text/plain': 'x' }) });\n"
        + "  await new Promise((done) => setTimeout(done, 20)); console.log('after');\n"
        + "  return 42;\n"
        + "});\n"
        + "await out.capture(() => { throw new RangeError('bad'); });\n"
        + "given"
    )
    assert reply["status"] == "ok" and result(messages) == "42", reply
    assert text(messages) == "outside\n" and text(messages, "stderr") == "", messages
    out, _ = opened(messages, "OutputModel")
    kinds = [(o["output_type"], o.get("text") or o.get("data", {}).get("text/plain") or o.get("ename")) for o in outputs(messages, out)]
    assert kinds == [
        ("stream", "inside\n"),
        ("stream", "warned\n"),
        ("display_data", "x"),
        ("stream", "after\n"),
        ("display_data", "42"),
        ("error", "RangeError"),
    ], kinds
    trace = "\n".join(outputs(messages, out)[-1]["traceback"])
    assert "line 10" in trace and "throw new RangeError" in trace and "dist/" not in trace, trace


def case_output_of_timers_that_were_set_inside_comes_late_to_the_same_place(k):
    _, messages = k.run(
        IMPORT
        + "const late = new Output();\n"
        + "await late.capture(() => { setTimeout(() => console.log('late'), 300); setTimeout(() => { throw new Error('later'); }, 400); });"
    )
    out, _ = opened(messages, "OutputModel")
    messages = []
    end = time.time() + LIMIT
    while time.time() < end and len(outputs(messages, out)) < 2:
        messages += k.quiet(0.2)
    assert [(o["output_type"], o.get("text") or o.get("evalue")) for o in outputs(messages, out)] == [
        ("stream", "late\n"),
        ("error", "later"),
    ], outputs(messages, out)
    assert not [m for m in messages if m["msg_type"] in ("stream", "error")]


def case_ten_thousand_captured_lines_are_all_there_in_few_messages(k):
    _, messages = k.run(IMPORT + "const many = new Output();\nawait many.capture(() => { for (let i = 0; i < 10000; i++) console.log(i); });")
    out, _ = opened(messages, "OutputModel")
    lines = outputs(messages, out)[0]["text"].split("\n")[:-1]
    assert lines == [str(i) for i in range(10000)], len(lines)
    assert len(of(messages, out)) <= 20, len(of(messages, out))
    return f"{len(of(messages, out))} messages"


def case_an_interrupt_ends_a_cell_that_captures_and_says_so(k):
    ident = k.client.execute(IMPORT + "const stuck = new Output();\nawait stuck.capture(() => { while (true) {} });\nconsole.log('went on');")
    time.sleep(1)
    k.manager.interrupt_kernel()
    reply, messages = k.collect(ident)
    assert reply["status"] == "error" and reply["ename"] == "Interrupted", reply
    assert "went on" not in text(messages)


def case_interact_shows_its_result_before_the_cell_is_over_and_draws_the_last_value(k):
    _, messages = k.run(IMPORT + "interact(({ n }) => `n is ${n}`, { n: [0, 10] });")
    out, _ = opened(messages, "OutputModel")
    slider, _ = opened(messages, "IntSliderModel")
    shown = [o["data"]["text/plain"] for o in outputs(messages, out)]
    assert shown == ["'n is 5'"], shown
    for value in (6, 7, 8):
        k.comm("comm_msg", {"comm_id": slider, "data": update(value=value)})
    messages = []
    end = time.time() + LIMIT
    while time.time() < end and [o["data"]["text/plain"] for o in outputs(messages, out)] != ["'n is 8'"]:
        messages += k.quiet(0.2)
    assert [o["data"]["text/plain"] for o in outputs(messages, out)] == ["'n is 8'"], outputs(messages, out)


def case_an_error_of_interact_is_in_its_output_with_the_line_of_the_cell(k):
    _, messages = k.run(IMPORT + "interact(({ n }) => {\n  if (n > 4) throw new RangeError('too far');\n}, { n: [0, 10] });")
    out, _ = opened(messages, "OutputModel")
    (shown,) = outputs(messages, out)
    assert shown["ename"] == "RangeError" and "line 3" in "\n".join(shown["traceback"]), shown
    assert not [m for m in messages if m["msg_type"] == "error"]


def case_stop_ends_a_loop_that_awaits_and_the_variables_stay(k):
    ident = k.client.execute(
        IMPORT
        + "let reached = 0;\nfor (const n of progress(1000, { title: 'slow' })) { reached = n; await new Promise((done) => setTimeout(done, 20)); }"
    )
    messages = []
    while not [m for m in messages if m["msg_type"] == "display_data"]:
        messages.append(k.client.get_iopub_msg(timeout=LIMIT))
    bar, state = opened(messages, "ProgressModel")
    assert state["operation"] == "slow" and state["total"] == 1000, state
    time.sleep(0.5)
    k.comm("comm_msg", {"comm_id": bar, "data": {"method": "custom", "content": {"kind": "stop"}}})
    reply, more = everything(k, ident)
    assert reply["status"] == "error" and reply["ename"] == "Stopped", reply
    assert any("line 3" in line for line in reply["traceback"]), reply["traceback"]
    states = [state for _, method, state in of(messages + more, bar) if method == "update"]
    assert any(state.get("state") == "stopped" for state in states), states
    shown = [m["content"]["data"] for m in more if m["msg_type"] == "update_display_data"]
    assert list(shown[-1]) == ["text/plain"] and shown[-1]["text/plain"].startswith("slow: stopped after"), shown
    _, messages = k.run("reached > 3 && reached < 500")
    assert result(messages) == "true"


def main():
    kernel = Kernel()
    cases = [(name, run) for name, run in globals().items() if name.startswith("case_")]
    for name, run in cases:
        begin = time.time()
        try:
            detail, ok = run(kernel), True
        except Exception:
            detail, ok = traceback.format_exc(), False
        print(json.dumps({"name": name[5:].replace("_", " "), "ok": ok, "detail": detail, "seconds": time.time() - begin}))
    kernel.client.stop_channels()
    kernel.manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main()
