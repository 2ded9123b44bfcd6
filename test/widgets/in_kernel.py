"""Widgets in a running kernel, by the real jupyter_client; prints one JSON line a case: name, ok, detail."""
import json
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../kernel/conformance"))
from suite.client import PATIENCE, cause, of_kind, only, text  # noqa: E402
from suite.launcher import Launcher  # noqa: E402

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


def result(messages):
    return only(messages, "execute_result")["content"]["data"]["text/plain"]


def error(messages):
    return only(messages, "error")["content"]


def since(kernel, at):
    """All that was published from a place in the log, whatever caused it."""
    return kernel.log["iopub"][at:]


def say(kernel, comm_id, data):
    """Sends a page's message; its id and all messages until its idle."""
    at = len(kernel.log["iopub"])
    ident = kernel.send("comm_msg", {"comm_id": comm_id, "data": data})
    kernel.idle(ident)
    return ident, since(kernel, at)


def shown_in(kernel, at, comm_id, wanted):
    """Waits until an Output widget shows what is wanted."""
    end = time.time() + PATIENCE
    while time.time() < end and not wanted(outputs(since(kernel, at), comm_id)):
        kernel.pump(0.2)
    return outputs(since(kernel, at), comm_id)


def update(**state):
    return {"method": "update", "state": state, "buffer_paths": []}


def case_the_echo_of_a_change_names_the_message_that_made_it(k):
    messages = k.well(IMPORT + "const slider = new IntSlider({ value: 5 });").messages
    slider, _ = opened(messages, "IntSliderModel")
    k.well("slider.observe('value', ({ new: now }) => { slider.description = `${now}`; console.log('now', now); });")
    ident, messages = say(k, slider, update(value=700))
    assert of(messages, slider) == [
        (ident, "echo_update", {"value": 700}),
        (ident, "update", {"value": 100}),
        (ident, "update", {"description": "100"}),
    ], of(messages, slider)


def case_what_a_listener_prints_belongs_to_the_cell_that_added_it(k):
    messages = k.well(IMPORT + "const other = new IntSlider();").messages
    slider, _ = opened(messages, "IntSliderModel")
    adding = k.well("other.observe('value', ({ new: now }) => { console.log('value', now); if (now > 5) throw new RangeError('too far'); });").ident
    _, messages = say(k, slider, update(value=9))
    messages += k.quiet()
    printed = of_kind(messages, "stream", "error")
    assert [cause(m) for m in printed] == [adding, adding], printed
    assert error(messages)["ename"] == "RangeError" and "Cell [" in "".join(error(messages)["traceback"])
    assert text(k.well("other.value = 2").messages) == "value 2\n", "a change by code prints below the code that made it"


def case_output_captures_text_displays_results_and_errors_of_its_cell(k):
    messages = k.well(
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
    ).messages
    assert result(messages) == "42", messages
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
    at = len(k.log["iopub"])
    messages = k.well(
        IMPORT
        + "const late = new Output();\n"
        + "await late.capture(() => { setTimeout(() => console.log('late'), 300); setTimeout(() => { throw new Error('later'); }, 400); });"
    ).messages
    out, _ = opened(messages, "OutputModel")
    shown = shown_in(k, at, out, lambda found: len(found) == 2)
    assert [(o["output_type"], o.get("text") or o.get("evalue")) for o in shown] == [
        ("stream", "late\n"),
        ("error", "later"),
    ], shown
    assert not of_kind(since(k, at), "stream", "error")


def case_ten_thousand_captured_lines_are_all_there_in_few_messages(k):
    messages = k.well(IMPORT + "const many = new Output();\nawait many.capture(() => { for (let i = 0; i < 10000; i++) console.log(i); });").messages
    out, _ = opened(messages, "OutputModel")
    lines = outputs(messages, out)[0]["text"].split("\n")[:-1]
    assert lines == [str(i) for i in range(10000)], len(lines)
    assert len(of(messages, out)) <= 20, len(of(messages, out))
    return f"{len(of(messages, out))} messages"


def case_an_interrupt_ends_a_cell_that_captures_and_says_so(k):
    marker = k.marker()
    spin = f"require('node:fs').writeFileSync({json.dumps(str(marker))}, ''); while (true) {{}}"
    ident = k.spin(IMPORT + f"const stuck = new Output();\nawait stuck.capture(() => {{ {spin} }});\nconsole.log('went on');", marker)
    run = k.stopped(ident)
    assert run.content["status"] == "error" and run.content["ename"] == "Interrupted", run.content
    assert "went on" not in text(run.messages)


def case_interact_shows_its_result_before_the_cell_is_over_and_draws_the_last_value(k):
    messages = k.well(IMPORT + "interact(({ n }) => `n is ${n}`, { n: [0, 10] });").messages
    out, _ = opened(messages, "OutputModel")
    slider, _ = opened(messages, "IntSliderModel")
    shown = [o["data"]["text/plain"] for o in outputs(messages, out)]
    assert shown == ["'n is 5'"], shown
    at = len(k.log["iopub"])
    for value in (6, 7, 8):
        k.send("comm_msg", {"comm_id": slider, "data": update(value=value)})
    texts = lambda found: [o["data"]["text/plain"] for o in found]  # noqa: E731
    found = shown_in(k, at, out, lambda found: texts(found) == ["'n is 8'"])
    assert texts(found) == ["'n is 8'"], found


def case_an_error_of_interact_is_in_its_output_with_the_line_of_the_cell(k):
    messages = k.well(IMPORT + "interact(({ n }) => {\n  if (n > 4) throw new RangeError('too far');\n}, { n: [0, 10] });").messages
    out, _ = opened(messages, "OutputModel")
    (shown,) = outputs(messages, out)
    assert shown["ename"] == "RangeError" and "line 3" in "\n".join(shown["traceback"]), shown
    assert not of_kind(messages, "error")


def case_stop_ends_a_loop_that_awaits_and_the_variables_stay(k):
    at = len(k.log["iopub"])
    ident = k.execute(
        IMPORT
        + "let reached = 0;\nfor (const n of progress(1000, { title: 'slow' })) { reached = n; await new Promise((done) => setTimeout(done, 20)); }"
    )
    k.output(ident, "display_data")
    bar, state = opened(since(k, at), "ProgressModel")
    assert state["operation"] == "slow" and state["total"] == 1000, state
    time.sleep(0.5)
    k.send("comm_msg", {"comm_id": bar, "data": {"method": "custom", "content": {"kind": "stop"}}})
    reply = k.finish(ident).content
    messages = since(k, at)
    assert reply["status"] == "error" and reply["ename"] == "Stopped", reply
    assert any("line 3" in line for line in reply["traceback"]), reply["traceback"]
    states = [state for _, method, state in of(messages, bar) if method == "update"]
    assert any(state.get("state") == "stopped" for state in states), states
    shown = [m["content"]["data"] for m in of_kind(messages, "update_display_data")]
    assert list(shown[-1]) == ["text/plain"] and shown[-1]["text/plain"].startswith("slow: stopped after"), shown
    assert result(k.well("reached > 3 && reached < 500").messages) == "true"


def main():
    launcher = Launcher(os.environ["VOXBOOK_KERNEL_NAME"])
    kernel = launcher.kernel()
    cases = [(name, run) for name, run in globals().items() if name.startswith("case_")]
    for name, run in cases:
        begin = time.time()
        try:
            kernel.settle()
            detail, ok = run(kernel), True
        except Exception:
            detail, ok = traceback.format_exc(), False
        print(json.dumps({"name": name[5:].replace("_", " "), "ok": ok, "detail": detail, "seconds": time.time() - begin}))
    launcher.close()


if __name__ == "__main__":
    main()
