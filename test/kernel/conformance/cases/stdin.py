"""Asking the reader."""

from suite.case import MESSAGING, group
from suite.client import cause, is_status, kind, text

case = group("stdin")


def asked(kernel, source: str, **options: object):
    """Runs a cell that asks; returns its id and the request that came."""
    ident = kernel.execute(source, **{"allow_stdin": True, **options})
    request = kernel.until("stdin", lambda message: cause(message) == ident, "input_request")
    return ident, request


def shown(kernel, code, name: str) -> str:
    return text(kernel.well(code.show_value(name)).messages)


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "# the text to show at the prompt")
def the_prompt_reaches_the_reader_and_the_answer_the_cell(kernel, code):
    ident, request = asked(kernel, code.ask("answer", "Name? "))
    assert kind(request) == "input_request" and request["content"]["prompt"] == "Name? ", request["content"]
    assert request["content"]["password"] is False, request["content"]
    kernel.send("input_reply", {"value": "Ada 😀"}, "stdin", parent=request)
    assert kernel.finish(ident).content["status"] == "ok"
    assert shown(kernel, code, "answer") == "Ada 😀\n"


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "# Is the request for a password?")
def a_password_is_asked_for_as_one(kernel, code):
    ident, request = asked(kernel, code.ask("secret", "Password: ", password=True))
    kernel.send("input_reply", {"value": "s3cret"}, "stdin", parent=request)
    kernel.finish(ident)
    assert request["content"]["password"] is True, request["content"]
    assert shown(kernel, code, "secret") == "s3cret\n"


@case(
    MESSAGING,
    "Messages on the stdin (ROUTER/DEALER) channel",
    "The kernel may decide what to do instead, but it's most likely that calls to the 'prompt for input' function "
    "should fail immediately in this case.",
)
def a_cell_that_may_not_ask_fails_at_once(kernel, code):
    run = kernel.run(code.ask("unanswered", "? "), allow_stdin=False)
    assert run.content["status"] == "error", run.content
    assert not kernel.log["stdin"], [kind(message) for message in kernel.log["stdin"]]


@case(MESSAGING, "Compatibility", "In this case, the kernel may not send stdin requests.")
def the_permission_to_ask_is_that_of_each_cell(kernel, code):
    ident, request = asked(kernel, code.ask("allowed", "? "))
    kernel.send("input_reply", {"value": "a"}, "stdin", parent=request)
    kernel.finish(ident)
    kernel.settle()
    assert kernel.run(code.ask("forbidden", "? "), allow_stdin=False).content["status"] == "error"
    assert not kernel.log["stdin"]


@case(
    MESSAGING,
    "Messages on the stdin (ROUTER/DEALER) channel",
    "an ``input_request`` message and wait for a corresponding ``input_reply``.",
)
def two_questions_are_asked_one_after_the_other(kernel, code):
    ident, request = asked(kernel, code.lines(code.ask("first", "First? "), code.ask("second", "Second? ")))
    assert len(kernel.log["stdin"]) == 1
    kernel.send("input_reply", {"value": "1"}, "stdin", parent=request)
    second = kernel.until("stdin", lambda message: message["content"]["prompt"] == "Second? ", "second question")
    kernel.send("input_reply", {"value": "2"}, "stdin", parent=second)
    kernel.finish(ident)
    assert shown(kernel, code, "first + second") == "12\n"


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "content = { 'value' : str }")
def an_empty_answer_is_an_answer(kernel, code):
    ident, request = asked(kernel, code.ask("nothing_typed", "? "))
    kernel.send("input_reply", {"value": ""}, "stdin", parent=request)
    assert kernel.finish(ident).content["status"] == "ok"
    assert shown(kernel, code, "nothing_typed") == "\n"


@case(
    MESSAGING,
    "Messages on the stdin (ROUTER/DEALER) channel",
    "the ``input_request`` must be sent with the same IDENTITY routing prefix as the ``execute_reply``",
)
def only_the_client_that_ran_the_cell_is_asked(kernel, code):
    other = kernel.another_client()
    ident, request = asked(kernel, code.ask("own_answer", "? "))
    other.pump(0.3)
    assert not other.log["stdin"], "another client was asked"
    kernel.send("input_reply", {"value": "a"}, "stdin", parent=request)
    kernel.finish(ident)
    asked_other, request = asked(other, code.ask("own_answer", "? "))
    other.send("input_reply", {"value": "b"}, "stdin", parent=request)
    other.finish(asked_other)
    assert len(kernel.log["stdin"]) == 1, "the first client was asked, too"
    assert shown(kernel, code, "own_answer") == "b\n"


@case(
    MESSAGING,
    "Compatibility",
    "block waiting for a reply, so the frontend must answer.",
)
def the_cell_stays_busy_while_it_waits(kernel, code):
    ident, request = asked(kernel, code.ask("late_answer", "? "))
    kernel.quiet(0.3)
    assert not [message for message in kernel.published(ident) if is_status(message, "idle")], "idle before the answer"
    kernel.send("input_reply", {"value": "a"}, "stdin", parent=request)
    kernel.finish(ident)


@case(MESSAGING, "Introduction", "operates on a separate socket to avoid queueing behind execution requests.")
def control_answers_while_the_cell_waits_for_the_reader(kernel, code):
    ident, request = asked(kernel, code.ask("waiting", "? "))
    assert kernel.ask("kernel_info_request", channel="control", limit=5).content["protocol_version"]
    kernel.send("input_reply", {"value": "a"}, "stdin", parent=request)
    kernel.finish(ident)


@case(
    MESSAGING,
    "Kernel interrupt",
    "An interruption will then result in the following message on the ``control`` channel:",
)
def an_interrupt_ends_the_waiting(kernel, code):
    ident, _ = asked(kernel, code.ask("never", "? "))
    run = kernel.stopped(ident, 5)
    assert run.content["status"] == "error", run.content
    kernel.well(code.answer[0])


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "# the text to show at the prompt")
def the_first_question_after_an_interrupt_reaches_the_reader(kernel, code):
    ident, _ = asked(kernel, code.ask("given_up", "first? "))
    kernel.stopped(ident, 5)
    ident, request = asked(kernel, code.ask("later", "second? "))
    assert request["content"]["prompt"] == "second? ", request["content"]
    kernel.send("input_reply", {"value": "here"}, "stdin", parent=request)
    kernel.finish(ident)
    assert shown(kernel, code, "later") == "here\n"


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "wait for a corresponding ``input_reply``.")
def an_answer_that_nobody_asked_for_is_no_answer_to_a_later_question(kernel, code):
    kernel.send("input_reply", {"value": "early"}, "stdin")
    kernel.well(code.answer[0])
    ident, request = asked(kernel, code.ask("patient", "? "))
    kernel.send("input_reply", {"value": "asked"}, "stdin", parent=request)
    kernel.finish(ident)
    assert shown(kernel, code, "patient") == "asked\n"


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "wait for a corresponding ``input_reply``.")
def an_answer_after_an_interrupt_is_no_answer_to_the_next_question(kernel, code):
    ident, request = asked(kernel, code.ask("given_up", "? "))
    kernel.stopped(ident, 5)
    kernel.send("input_reply", {"value": "too late"}, "stdin", parent=request)
    kernel.well(code.answer[0])
    ident, request = asked(kernel, code.ask("fresh", "? "))
    kernel.send("input_reply", {"value": "in time"}, "stdin", parent=request)
    kernel.finish(ident)
    assert shown(kernel, code, "fresh") == "in time\n"


@case(MESSAGING, "Messages on the stdin (ROUTER/DEALER) channel", "content = { 'value' : str }")
def an_answer_that_is_no_text_is_survived(kernel, code):
    ident, request = asked(kernel, code.ask("odd", "? "))
    kernel.send("input_reply", {"value": {"a": 1}}, "stdin", parent=request)
    kernel.finish(ident)
    kernel.well(code.answer[0])
