"""Comms: two-way channels between the page and a cell's code, with binary buffers."""

from suite.case import MESSAGING, group
from suite.client import cause, kind, of_kind, only, text

case = group("comms")

SYMMETRICAL = (
    "Custom Messages",
    "These messages are fully symmetrical - both the Kernel and the Frontend can send each message, and no messages "
    "expect a reply.",
)
BUFFERS = ("Buffers", "Finally, a list of additional binary buffers can be associated with a message.")
BOTH_SIDES = (
    "Opening a Comm",
    "After a ``comm_open`` message has been sent, there should be a corresponding Comm instance on both sides.",
)


def opened(kernel, target: str, comm_id: str, data: dict | None = None) -> str:
    """Opens a comm as a page does."""
    ident = kernel.send("comm_open", {"comm_id": comm_id, "target_name": target, "data": data or {}})
    kernel.idle(ident)
    return ident


def answer(kernel, ident: str, wanted: str = "comm_msg", limit: float = 10):
    """The first comm message published while or after a message was handled."""
    return kernel.until("iopub", lambda m: kind(m) == wanted, wanted, limit)


@case(MESSAGING, *BOTH_SIDES)
def a_comm_that_the_page_opens_reaches_its_target(kernel, code):
    kernel.well(code.on_open("reached", code.show_value(code.item("data", "words"))))
    opened(kernel, "reached", "open-1", {"words": "hello"})
    kernel.said("hello\n")


@case(MESSAGING, *SYMMETRICAL)
def data_travel_both_ways(kernel, code):
    kernel.well(code.echo("both-ways"))
    opened(kernel, "both-ways", "both-1")
    data = {"text": "Zoë 😀", "number": 1.5, "list": [1, [2, {"a": None}]], "flag": True, "none": None, "": "empty key"}
    ident = kernel.send("comm_msg", {"comm_id": "both-1", "data": data})
    content = answer(kernel, ident)["content"]
    assert content["comm_id"] == "both-1" and content["data"] == data, content


@case(
    MESSAGING,
    "Metadata",
    "The ``metadata`` dict contains information about the message that is not part of the content.",
)
def metadata_travel_both_ways(kernel, code):
    kernel.well(code.echo("with-metadata"))
    opened(kernel, "with-metadata", "metadata-1")
    ident = kernel.send(
        "comm_msg", {"comm_id": "metadata-1", "data": {}}, metadata={"version": "2.1.0", "deep": {"a": [1]}}
    )
    metadata = answer(kernel, ident)["metadata"]
    assert metadata.get("version") == "2.1.0" and metadata.get("deep") == {"a": [1]}, metadata


@case(MESSAGING, *BUFFERS)
def buffers_travel_both_ways(kernel, code):
    kernel.well(code.echo("with-buffers"))
    opened(kernel, "with-buffers", "buffers-1")
    sent = [bytes(range(256)), b"", b"\x00" * 7, b"<IDS|MSG>", b'{"no": "json"}']
    ident = kernel.send("comm_msg", {"comm_id": "buffers-1", "data": {}}, buffers=sent)
    assert [bytes(buffer) for buffer in answer(kernel, ident)["buffers"]] == sent


@case(MESSAGING, *BUFFERS)
def a_buffer_of_sixteen_mebibytes_travels_both_ways(kernel, code):
    kernel.well(code.echo("with-large-buffers"))
    opened(kernel, "with-large-buffers", "large-1")
    sent = bytes(range(256)) * 65536
    ident = kernel.send("comm_msg", {"comm_id": "large-1", "data": {}}, buffers=[sent])
    [came] = answer(kernel, ident, limit=20)["buffers"]
    assert bytes(came) == sent


@case(MESSAGING, *BUFFERS)
def five_hundred_buffers_travel_in_order(kernel, code):
    kernel.well(code.echo("many-buffers"))
    opened(kernel, "many-buffers", "many-1")
    sent = [number.to_bytes(2, "big") * (1 + number % 5) for number in range(500)]
    ident = kernel.send("comm_msg", {"comm_id": "many-1", "data": {}}, buffers=sent)
    assert [bytes(buffer) for buffer in answer(kernel, ident)["buffers"]] == sent


@case(MESSAGING, *BUFFERS)
def buffers_made_by_a_cell_arrive(kernel, code):
    kernel.well(code.open_comm("maker", "made-by-a-cell", {}, {}, b"first"))
    run = kernel.well(code.send_sevens("maker", 3 * 1024 * 1024))
    [buffer] = only(run.messages, "comm_msg")["buffers"]
    assert bytes(buffer) == b"\x07" * (3 * 1024 * 1024)


@case(
    MESSAGING,
    "Opening a Comm",
    "If the ``target_name`` key is not found on the receiving side, then it should immediately reply with a "
    "``comm_close`` message to avoid an inconsistent state.",
)
def a_comm_to_an_unknown_target_is_closed(kernel, code):
    ident = kernel.send("comm_open", {"comm_id": "lost-1", "target_name": "surely-unknown", "data": {}})
    kernel.idle(ident)
    closed = answer(kernel, ident, "comm_close")
    assert closed["content"]["comm_id"] == "lost-1" and cause(closed) == ident, closed["content"]
    assert "lost-1" not in kernel.ask("comm_info_request", {}).content["comms"]


@case(MESSAGING, *BOTH_SIDES)
def a_comm_that_a_cell_opens_is_announced(kernel, code):
    data = {"value": 1, "list": ["a"]}
    run = kernel.well(code.open_comm("announced", "announced-target", data, {"version": "2.1.0"}, b"\x00\x01\x02"))
    message = only(run.messages, "comm_open")
    assert message["content"]["target_name"] == "announced-target" and message["content"]["data"] == data, message
    assert isinstance(message["content"]["comm_id"], str) and message["metadata"].get("version") == "2.1.0", message
    assert [bytes(buffer) for buffer in message["buffers"]] == [b"\x00\x01\x02"]


@case(MESSAGING, *SYMMETRICAL)
def a_cell_sends_on_its_comm(kernel, code):
    run = kernel.well(code.open_comm("sender", "sent-by-a-cell", {}, {}, b""))
    comm_id = only(run.messages, "comm_open")["content"]["comm_id"]
    later = kernel.well(code.send_comm("sender", {"n": 7}))
    message = only(later.messages, "comm_msg")
    assert message["content"] == {**message["content"], "comm_id": comm_id, "data": {"n": 7}}, message["content"]
    assert cause(message) == later.ident


@case(
    MESSAGING,
    "Tearing Down Comms",
    "Since comms live on both sides, when a comm is destroyed the other side must be notified.",
)
def a_comm_that_a_cell_closes_is_announced(kernel, code):
    run = kernel.well(code.open_comm("closer", "closed-by-a-cell", {}, {}, b""))
    comm_id = only(run.messages, "comm_open")["content"]["comm_id"]
    closed = only(kernel.well(code.close_comm("closer", {"last": "words"})).messages, "comm_close")
    assert closed["content"]["comm_id"] == comm_id and closed["content"]["data"] == {"last": "words"}, closed
    assert comm_id not in kernel.ask("comm_info_request", {}).content["comms"]


@case(
    MESSAGING,
    "Tearing Down Comms",
    "Since comms live on both sides, when a comm is destroyed the other side must be notified.",
)
def a_comm_that_the_page_closes_tells_its_handler(kernel, code):
    kernel.well(code.on_close("closed-by-page", code.show_value(code.item("data", "words"))))
    opened(kernel, "closed-by-page", "closing-1")
    kernel.send("comm_close", {"comm_id": "closing-1", "data": {"words": "goodbye"}})
    kernel.said("goodbye\n")
    assert "closing-1" not in kernel.ask("comm_info_request", {}).content["comms"]
    assert not of_kind(kernel.log["iopub"], "comm_close"), "the kernel closed it once more"


@case(MESSAGING, "Tearing Down Comms", "when a comm is destroyed the other side must be notified.")
def a_message_to_a_closed_comm_reaches_nobody(kernel, code):
    kernel.well(code.echo("closed-then-sent"))
    opened(kernel, "closed-then-sent", "closed-1")
    kernel.send("comm_close", {"comm_id": "closed-1", "data": {}})
    kernel.idle(kernel.send("comm_msg", {"comm_id": "closed-1", "data": {}}))
    assert not of_kind(kernel.log["iopub"], "comm_msg")
    kernel.well(code.answer[0])


@case(MESSAGING, "Comm info", "When a client needs the currently open comms in the kernel, it can issue a request")
def comm_info_lists_what_either_side_opened(kernel, code):
    kernel.well(code.echo("listed-page"))
    opened(kernel, "listed-page", "listed-1")
    run = kernel.well(code.open_comm("listed", "listed-cell", {}, {}, b""))
    comm_id = only(run.messages, "comm_open")["content"]["comm_id"]
    reply = kernel.ask("comm_info_request", {}).content
    assert reply["status"] == "ok", reply
    assert reply["comms"]["listed-1"]["target_name"] == "listed-page", reply
    assert reply["comms"][comm_id]["target_name"] == "listed-cell", reply


@case(
    MESSAGING,
    "Comm info",
    "When the optional ``target_name`` is specified, the reply only contains the currently open comms for the target.",
)
def comm_info_of_one_target_lists_its_comms_only(kernel, code):
    kernel.well(code.lines(code.echo("target-a"), code.echo("target-b")))
    for comm_id, target in (("a-1", "target-a"), ("a-2", "target-a"), ("b-1", "target-b")):
        opened(kernel, target, comm_id)
    comms = kernel.ask("comm_info_request", {"target_name": "target-a"}).content["comms"]
    assert comms == {"a-1": {"target_name": "target-a"}, "a-2": {"target_name": "target-a"}}, comms
    comms = kernel.ask("comm_info_request", {"target_name": "surely-unknown"}).content["comms"]
    assert comms == {}, comms


@case(MESSAGING, "Comm info", "# A dictionary of the comms, indexed by UUIDs.")
def comm_info_of_an_unknown_target_is_an_empty_dict(kernel, code):
    run = kernel.ask("comm_info_request", {"target_name": "surely-unknown"})
    assert kind(run.reply) == "comm_info_reply", kind(run.reply)
    assert run.content["status"] == "ok" and run.content["comms"] == {}, run.content


@case(MESSAGING, "Output Side Effects", "Since comm messages can execute arbitrary user code,")
def a_handler_that_fails_does_not_stop_the_kernel(kernel, code):
    kernel.well(code.on_message("failing", code.fail("in a handler")))
    opened(kernel, "failing", "failing-1")
    for _ in range(3):
        kernel.idle(kernel.send("comm_msg", {"comm_id": "failing-1", "data": {}}))
    kernel.well(code.answer[0])
    assert "failing-1" in kernel.ask("comm_info_request", {}).content["comms"], "the comm is gone"


@case(
    MESSAGING,
    "Output Side Effects",
    "publish status busy / idle, just like an execute request.",
    beyond="the specification does not say how an error of a handler is told; an error nobody sees cannot be mended",
)
def an_error_of_a_handler_is_told(kernel, code):
    run = kernel.well(code.open_and_listen("failing_comm", "failing-told", code.fail("told in a handler")))
    comm_id = only(run.messages, "comm_open")["content"]["comm_id"]
    kernel.idle(kernel.send("comm_msg", {"comm_id": comm_id, "data": {}}))
    kernel.until(
        "iopub", lambda m: kind(m) in ("error", "stream") and "told in a handler" in str(m["content"]), "error"
    )


@case(MESSAGING, "Comm Messages", "Comm messages are one-way communications to update comm state,")
def a_thousand_messages_arrive_in_order(kernel, code):
    kernel.well(code.echo("in-order"))
    opened(kernel, "in-order", "order-1")
    for number in range(1000):
        last = kernel.send("comm_msg", {"comm_id": "order-1", "data": {"n": number}})
    kernel.idle(last, 30)
    numbers = [message["content"]["data"]["n"] for message in of_kind(kernel.log["iopub"], "comm_msg")]
    assert numbers == list(range(1000)), f"{len(numbers)} answers"


@case(
    MESSAGING,
    "Custom Messages",
    "The Kernel listens for these messages on the Shell channel,",
    beyond="a kernel may take one request of shell after the other; a widget that waits for a cell looks frozen",
)
def a_message_is_answered_while_a_cell_awaits(kernel, code):
    kernel.well(code.echo("while-awaiting"))
    opened(kernel, "while-awaiting", "awaiting-1")
    ident = kernel.execute(code.lines(code.sleep(2000), code.show("the end")))
    answer(kernel, kernel.send("comm_msg", {"comm_id": "awaiting-1", "data": {"n": 1}}))
    assert "the end" not in text(kernel.log["iopub"]), "the cell had ended before"
    kernel.finish(ident)


@case(MESSAGING, "Output Side Effects", "handlers should set the parent header and publish status busy / idle,")
def a_message_that_comes_while_a_cell_awaits_has_its_own_idle(kernel, code):
    kernel.well(code.echo("idle-while-awaiting"))
    opened(kernel, "idle-while-awaiting", "awaiting-2")
    cell = kernel.execute(code.sleep(1000))
    message = kernel.send("comm_msg", {"comm_id": "awaiting-2", "data": {"n": 1}})
    kernel.idle(message)
    kernel.finish(cell)


@case(MESSAGING, "Output Side Effects", "Since comm messages can execute arbitrary user code,")
def a_handler_sees_and_changes_the_variables_of_cells(kernel, code):
    kernel.well(
        code.lines(code.assign("shared_value", 41), code.on_message("variables", code.show_value("shared_value + 1")))
    )
    opened(kernel, "variables", "variables-1")
    kernel.send("comm_msg", {"comm_id": "variables-1", "data": {}})
    kernel.said("42\n")
