"""Errors, and what becomes of the cells that wait behind one."""

from suite.case import MESSAGING, group
from suite.client import brief, kind, of_kind, only, text

case = group("errors and abort")

FIELDS = ("Request-Reply", "instead the following fields should be present:")


@case(MESSAGING, *FIELDS)
def an_error_reply_has_name_value_and_traceback(kernel, code):
    reply = kernel.run(code.fail("on purpose")).content
    assert reply["status"] == "error" and reply["ename"] == code.error_name and reply["evalue"] == "on purpose", reply
    assert isinstance(reply["traceback"], list) and all(isinstance(line, str) for line in reply["traceback"]), reply


@case(MESSAGING, "Execution errors", "# Similar content to the execute_reply messages for the 'error' case,")
def an_error_is_broadcast_as_it_is_replied(kernel, code):
    run = kernel.run(code.fail("on purpose"))
    error = only(run.messages, "error")["content"]
    for field in ("ename", "evalue", "traceback"):
        assert error[field] == run.content[field], (field, error[field], run.content[field])
    # "except the 'status' and 'execution_count' fields are omitted."
    assert not {"status", "execution_count"} & set(error), sorted(error)
    assert not of_kind(run.messages, "execute_result")


@case(
    MESSAGING,
    "Request-Reply",
    "When status is 'error', the usual content of a successful reply should be omitted,",
)
def an_error_reply_omits_what_a_successful_one_has(kernel, code):
    reply = kernel.run(code.fail("on purpose"), user_expressions={"value": code.answer[0]}).content
    assert reply["status"] == "error" and "user_expressions" not in reply and "payload" not in reply, sorted(reply)


@case(
    MESSAGING,
    "Request-Reply",
    "``execute_reply`` messages (see :ref:`execution_results`) have an ``execution_count`` field regardless of their "
    "status.",
)
def an_error_reply_has_its_number(kernel, code):
    run = kernel.run(code.fail("on purpose"))
    assert run.content["execution_count"] == only(run.messages, "execute_input")["content"]["execution_count"], (
        run.content
    )


@case(MESSAGING, "Request-Reply", "- ``status='error'``: The request failed due to an error.")
def code_that_does_not_parse_is_an_error(kernel, code):
    run = kernel.run(code.broken)
    assert run.content["status"] == "error", run.content


@case(MESSAGING, *FIELDS)
def something_odd_that_is_thrown_is_an_error_too(kernel, code):
    run = kernel.run(code.fail_oddly())
    assert run.content["status"] == "error", brief(run.content)
    kernel.recovered(code.answer[0])


@case(MESSAGING, *FIELDS)
def an_error_of_one_mebibyte_is_told(kernel, code):
    run = kernel.run(code.fail("x" * 1024 * 1024), 30)
    assert run.content["status"] == "error", brief(run.content)
    assert any("xxx" in str(message["content"]) for message in run.outputs), "its text is nowhere"


@case(MESSAGING, "Request-Reply", "After processing the request and publishing associated IOPub messages, if any,")
def what_was_printed_before_an_error_comes_before_it(kernel, code):
    run = kernel.run(code.lines(code.show("before"), code.warn("warned"), code.fail("on purpose")))
    assert [message["content"].get("text") for message in run.outputs[:2]] == ["before\n", "warned\n"], run.outputs
    assert "on purpose" in str(run.outputs[-1]["content"]), "the error is not the last of the outputs"


@case(MESSAGING, "Execute", "in a namespace reserved to the user's variables")
def variables_of_earlier_cells_outlive_an_error(kernel, code):
    kernel.well(code.assign("outliving", 42))
    kernel.run(code.fail("on purpose"))
    assert text(kernel.recovered(code.show_value("outliving")).messages) == "42\n"


@case(
    MESSAGING,
    "Execute",
    "in a namespace reserved to the user's variables",
    beyond="the specification does not say what a cell that fails leaves behind",
)
def a_cell_that_fails_keeps_what_it_assigned_before(kernel, code):
    kernel.run(code.lines(code.assign("half_done", 42), code.fail("on purpose")))
    assert text(kernel.recovered(code.show_value("half_done")).messages) == "42\n"


STOP = (
    "Execute",
    "# A boolean flag, which, if True, aborts the execution queue if an exception is encountered.",
)


def queue(kernel, code, behind: int = 3, **options: object):
    """A cell that fails while others wait behind it; runs of all of them."""
    first = kernel.execute(code.lines(code.sleep(300), code.fail("on purpose")), **options)
    rest = [kernel.execute(code.show(f"waiting {number}")) for number in range(behind)]
    return kernel.finish(first), [kernel.finish(ident) for ident in rest]


@case(MESSAGING, *STOP)
def cells_that_wait_behind_an_error_are_not_run(kernel, code):
    first, rest = queue(kernel, code)
    assert first.content["status"] == "error", first.content
    assert not [message for run in rest for message in of_kind(run.messages, "stream")], "a cell behind the error ran"


@case(MESSAGING, "Execution results", "# One of: 'ok' OR 'error' OR 'aborted'")
def the_status_of_a_cell_that_was_not_run_is_one_of_the_specification(kernel, code):
    _, rest = queue(kernel, code)
    statuses = {run.content["status"] for run in rest}
    assert statuses <= {"error", "aborted"}, statuses


@case(MESSAGING, "Request-Reply", "No fields should be present other that ``status``.")
def an_aborted_reply_says_nothing_but_its_status(kernel, code):
    _, rest = queue(kernel, code)
    for run in rest:
        # The counter is the exception that the next paragraph makes.
        assert run.content["status"] == "aborted" and set(run.content) <= {"status", "execution_count"}, run.content


@case(
    MESSAGING,
    "Kernel status",
    "Busy and idle messages should be sent before/after handling every request, not just execution.",
)
def an_aborted_cell_is_busy_and_idle_and_nothing_else(kernel, code):
    _, rest = queue(kernel, code)
    for run in rest:
        states = [m["content"].get("execution_state") for m in run.messages if kind(m) != "execute_input"]
        assert states == ["busy", "idle"], [kind(message) for message in run.messages]


@case(
    MESSAGING, "Execution counter (prompt number)", "all execution requests that are made with ``store_history=True``"
)
def aborted_cells_take_no_number(kernel, code):
    first, _ = queue(kernel, code)
    after = kernel.recovered(code.answer[0])
    assert after.content["execution_count"] == first.content["execution_count"] + 1, after.content


@case(MESSAGING, *STOP)
def a_cell_sent_after_the_error_is_known_runs(kernel, code):
    for _ in range(5):
        ident = kernel.execute(code.fail("on purpose"))
        assert kernel.reply(ident)["content"]["status"] == "error"
        assert kernel.run(code.answer[0]).content["status"] == "ok", "a cell sent after the error's reply was aborted"


@case(
    MESSAGING,
    "Execute",
    "# If False, queued execute_requests will execute even if this request generates an exception.",
)
def cells_behind_an_error_run_where_that_is_asked(kernel, code):
    first, rest = queue(kernel, code, stop_on_error=False)
    assert first.content["status"] == "error", first.content
    assert [text(run.messages) for run in rest] == [f"waiting {number}\n" for number in range(3)]


@case(MESSAGING, *STOP)
def only_cells_are_aborted(kernel, code):
    failing = kernel.execute(code.lines(code.sleep(300), code.fail("on purpose")))
    idents = {
        name: kernel.send(name, content)
        for name, content in {
            "kernel_info_request": {},
            "comm_info_request": {},
            "complete_request": {"code": code.completion[1], "cursor_pos": len(code.completion[1])},
        }.items()
    }
    replies = {name: kernel.reply(ident)["content"].get("status", "ok") for name, ident in idents.items()}
    kernel.finish(failing)
    assert set(replies.values()) == {"ok"}, replies


@case(MESSAGING, *STOP)
def an_error_in_an_expression_aborts_nothing(kernel, code):
    first = kernel.execute(code.sleep(200), user_expressions={"bad": "surely_not_defined"})
    second = kernel.execute(code.show("ran"))
    kernel.finish(first)
    assert text(kernel.finish(second).messages) == "ran\n"
