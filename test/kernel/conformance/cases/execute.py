"""Execution: results, counters, silence, expressions, the queue."""

from suite.case import MESSAGING, group
from suite.client import brief, cause, kind, of_kind, only, text

case = group("execute")

COUNTER = (
    "Execution counter (prompt number)",
    "The kernel should have a single, monotonically increasing counter of all execution requests that are made with "
    "``store_history=True``.",
)


@case(MESSAGING, "Execution results", "Results of an execution are published as an ``execute_result``.")
def the_value_of_a_cell_is_its_execute_result(kernel, code):
    source, value = code.answer
    result = only(kernel.well(source).messages, "execute_result")["content"]
    assert result["data"]["text/plain"] == value, result


@case(
    MESSAGING,
    "Execution results",
    "A plain text representation should always be provided in the ``text/plain`` mime-type.",
)
def a_result_has_plain_text_metadata_and_its_number(kernel, code):
    run = kernel.well(code.answer[0])
    result = only(run.messages, "execute_result")["content"]
    assert isinstance(result["data"]["text/plain"], str) and isinstance(result["metadata"], dict), result
    assert result["execution_count"] == run.content["execution_count"], result


@case(MESSAGING, "Execution results", "the *result* of the execution.")
def a_cell_without_a_value_has_no_result(kernel, code):
    for source in (code.assign("no_result", 1), code.comment, ""):
        run = kernel.well(source)
        assert not of_kind(run.messages, "execute_result"), f"{source!r} has a result"


@case(MESSAGING, "Execute", "the kernel *always* sends a reply, with a status code indicating what happened")
def a_reply_has_status_counter_and_expressions(kernel, code):
    reply = kernel.well(code.answer[0]).content
    assert reply["status"] == "ok" and isinstance(reply["execution_count"], int), reply
    assert reply.get("user_expressions") == {}, reply
    assert isinstance(reply.get("payload", []), list), reply


@case(MESSAGING, "Code inputs", "these messages contain a re-broadcast of the ``code`` portion of an")
def the_code_is_broadcast_as_it_came(kernel, code):
    source = f"{code.comment} 😀 Zoë\r\n\n{code.assign('broadcast', 1)}\n\t\n"
    run = kernel.well(source)
    broadcast = only(run.messages, "execute_input")["content"]
    assert broadcast["code"] == source, brief(broadcast)
    assert broadcast["execution_count"] == run.content["execution_count"], broadcast


@case(MESSAGING, *COUNTER)
def the_counter_goes_up_by_one(kernel, code):
    first = kernel.well(code.answer[0]).content["execution_count"]
    counts = [
        kernel.well(source).content["execution_count"] for source in (code.answer[0], code.comment, code.show("a"))
    ]
    assert counts == [first + 1, first + 2, first + 3], [first, *counts]


@case(MESSAGING, *COUNTER, needs="own kernel")
def the_counter_begins_at_one(kernel, code):
    count = kernel.well(code.answer[0]).content["execution_count"]
    assert count == 1, count


@case(
    MESSAGING,
    "Execution results",
    "If the request did not store history, this will be the current value of the counter in the kernel.",
)
def a_cell_that_stores_no_history_leaves_the_counter(kernel, code):
    before = kernel.well(code.answer[0]).content["execution_count"]
    unstored = kernel.well(code.answer[0], store_history=False)
    after = kernel.well(code.answer[0]).content["execution_count"]
    assert after == before + 1, (before, after)
    assert unstored.content["execution_count"] in (before, before + 1), unstored.content
    assert only(unstored.messages, "execute_result"), "a cell that stores no history has its result all the same"


@case(MESSAGING, "Execute", "# silent=True forces store_history to be False,")
def a_silent_cell_leaves_the_counter(kernel, code):
    before = kernel.well(code.answer[0]).content["execution_count"]
    kernel.well(code.answer[0], silent=True, store_history=True)
    assert kernel.well(code.answer[0]).content["execution_count"] == before + 1


@case(MESSAGING, "Execute", "#   - have an execute_result")
def a_silent_cell_has_no_result_and_is_not_broadcast(kernel, code):
    run = kernel.well(code.answer[0], silent=True)
    assert not run.outputs and not of_kind(run.messages, "execute_input"), [kind(m) for m in run.messages]


@case(MESSAGING, "Execute", "#   - broadcast output on the IOPUB channel")
def what_a_silent_cell_prints_is_not_broadcast(kernel, code):
    run = kernel.well(code.lines(code.show("a"), code.warn("b")), silent=True)
    late = [message for message in kernel.quiet(0.3) if cause(message) == run.ident]
    assert not run.outputs and not late, [kind(m) for m in [*run.outputs, *late]]


@case(MESSAGING, "Execute", "this code as quietly as possible.")
def a_silent_cell_runs(kernel, code):
    kernel.well(code.assign("made_silently", 41), silent=True)
    assert text(kernel.well(code.show_value("made_silently + 1")).messages) == "42\n"


@case(MESSAGING, "Execute", "# The default is True if silent is False.")
def history_is_stored_unless_the_request_says_otherwise(kernel, code):
    before = kernel.well(code.answer[0]).content["execution_count"]
    ident = kernel.send("execute_request", {"code": code.answer[0], "silent": False})
    assert kernel.finish(ident).content["execution_count"] == before + 1
    history = kernel.ask("history_request", {"hist_access_type": "tail", "n": 1, "output": False, "raw": True})
    assert history.content["history"][-1][2] == code.answer[0], history.content


@case(MESSAGING, "Execute", "# The default is False.")
def a_request_with_nothing_but_code_is_run(kernel, code):
    run = kernel.finish(kernel.send("execute_request", {"code": code.show("run")}))
    assert run.content["status"] == "ok" and text(run.messages) == "run\n", run.content


@case(
    MESSAGING,
    "Execute",
    "In order to obtain the current execution counter for the purposes of displaying input prompts, frontends may make "
    "an execution request with an empty code string and ``silent=True``.",
)
def an_empty_silent_request_tells_the_counter(kernel, code):
    before = kernel.well(code.answer[0]).content["execution_count"]
    reply = kernel.well("", silent=True, store_history=False).content
    assert reply["execution_count"] in (before, before + 1), (before, reply)
    assert kernel.well("", silent=True).content["execution_count"] == reply["execution_count"], "asking changed it"


@case(MESSAGING, "Execute", "# Source code to be executed by the kernel, one or more lines.")
def empty_and_blank_cells_are_run(kernel, code):
    for source in ("", " ", "\n\n", "\t\r\n", code.comment):
        run = kernel.run(source)
        assert run.content["status"] == "ok" and not run.outputs, f"{source!r}: {run.content}"


@case(
    MESSAGING,
    "Execute",
    "The rich display-data representation of each will be evaluated after execution.",
)
def expressions_are_evaluated_after_the_cell(kernel, code):
    run = kernel.well(code.assign("expressed", 21), user_expressions={"twice": "expressed * 2"})
    twice = run.content["user_expressions"]["twice"]
    assert twice["status"] == "ok" and twice["data"]["text/plain"] == "42", twice
    assert isinstance(twice["metadata"], dict), twice


@case(
    MESSAGING,
    "Execute",
    "Any error in evaluating any expression in ``user_expressions`` will result in only that key containing a standard "
    "error message",
)
def an_expression_that_fails_fails_alone(kernel, code):
    expressions = {"bad": "surely_not_defined", "worse": code.broken, "good": code.answer[0]}
    run = kernel.run(code.assign("unharmed", 1), user_expressions=expressions)
    assert run.content["status"] == "ok", run.content
    values = run.content["user_expressions"]
    assert values["good"]["data"]["text/plain"] == code.answer[1], values["good"]
    for name in ("bad", "worse"):
        assert values[name]["status"] == "error", values[name]
        assert all(isinstance(values[name].get(field), str) for field in ("ename", "evalue")), values[name]
        assert isinstance(values[name]["traceback"], list), values[name]
    assert not run.outputs, [kind(message) for message in run.outputs]


@case(MESSAGING, "Execute", "# A dict mapping names to expressions to be evaluated in the")
def a_silent_cell_has_its_expressions(kernel, code):
    run = kernel.well("", silent=True, user_expressions={"value": code.answer[0]})
    assert run.content["user_expressions"]["value"]["data"]["text/plain"] == code.answer[1], run.content


@case(MESSAGING, "Execute", "in a namespace reserved to the user's variables")
def variables_are_there_in_later_cells(kernel, code):
    kernel.well(code.assign("kept", 20))
    kernel.well(code.assign("also_kept", 1))
    assert text(kernel.well(code.show_value("kept * 2 + also_kept * 2")).messages) == "42\n"


@case(MESSAGING, "Introduction", "a sequence of request/reply actions from each frontend and the kernel.")
def queued_cells_run_in_the_order_they_came(kernel, code):
    kernel.well(code.assign("order", 0))
    idents = [kernel.execute(code.lines(code.sleep(20 - number), code.show(f"cell {number}"))) for number in range(12)]
    for ident in idents:
        kernel.finish(ident)
    said = "".join(m["content"]["text"] for m in of_kind(kernel.log["iopub"], "stream"))
    assert said == "".join(f"cell {number}\n" for number in range(12)), said


@case(MESSAGING, "Execute", "The ``code`` field contains a single string (possibly multiline) to be executed.")
def a_cell_of_one_mebibyte_runs(kernel, code):
    filler = f"{code.comment} {'x' * 100}\n" * 10_000
    assert text(kernel.well(f"{filler}{code.show('the end')}", limit=30).messages) == "the end\n"


@case(MESSAGING, "Introduction", "string keys and values that are reasonably representable in JSON.")
def text_of_any_script_comes_back_whole(kernel, code):
    words = "Zoë – Σ – 中文 – עברית – 😀👩\u200d🔬 – \x1b[1mbold\x1b[0m – \u0000"
    kernel.well(code.assign("words", words))
    assert text(kernel.well(code.show_value("words")).messages) == f"{words}\n"


@case(MESSAGING, "Introduction", "this socket is the 'broadcast channel' where the kernel publishes all side effects")
def a_cell_that_awaits_goes_on_to_its_end(kernel, code):
    run = kernel.well(
        code.lines(code.show("before"), code.sleep(100), code.show("after"), code.sleep(100), code.show("end"))
    )
    assert text(run.messages) == "before\nafter\nend\n"
