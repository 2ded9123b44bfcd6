"""Several clients at once, and messages that no well-meaning client sends."""

import time

from suite.case import MESSAGING, group
from suite.client import PATIENCE, Silence, brief, cause, kind, of_kind, only, text
from suite.wire import Wire

clients = group("several clients")
limits = group("limits")

SIMULTANEOUS = ("Introduction", "A single kernel can be simultaneously connected to one or more frontends.")
ALL_KNOW = (
    "Introduction",
    "in a multi-client scenario, we want all frontends to be able to know what each other has sent to the kernel",
)


@clients(MESSAGING, *ALL_KNOW)
def all_clients_see_what_one_runs(kernel, code):
    other = kernel.another_client()
    run = kernel.well(code.lines(code.show("seen by all"), code.answer[0]))
    seen = other.idle(run.ident)
    assert [kind(message) for message in seen] == [kind(message) for message in run.messages]
    assert only(seen, "execute_input")["content"]["code"] == only(run.messages, "execute_input")["content"]["code"]


@clients(MESSAGING, *SIMULTANEOUS)
def a_reply_goes_to_the_client_that_asked_only(kernel, code):
    other = kernel.another_client()
    run = kernel.well(code.answer[0])
    other.idle(run.ident)
    assert not other.log["shell"], [kind(message) for message in other.log["shell"]]
    assert cause(other.ask("kernel_info_request").reply) not in {cause(m) for m in kernel.log["shell"]}


@clients(MESSAGING, *SIMULTANEOUS)
def two_clients_take_turns(kernel, code):
    other = kernel.another_client()
    idents = []
    for number in range(6):
        client = (kernel, other)[number % 2]
        idents.append((client, client.execute(code.lines(code.sleep(20), code.show(f"turn {number}")))))
    for client, ident in idents:
        client.reply(ident)
        kernel.idle(ident)
    said = text([m for m in kernel.log["iopub"] if kind(m) == "stream"])
    assert sorted(said.splitlines()) == [f"turn {number}" for number in range(6)], said


@clients(
    MESSAGING,
    "Parent header",
    "This parent is used by clients to route message handling to the right place, such as outputs to a cell.",
)
def clients_can_tell_their_sessions_apart(kernel, code):
    other = kernel.another_client()
    mine, theirs = kernel.well(code.show("mine")), other.well(code.show("theirs"))
    for run, client in ((mine, kernel), (theirs, other)):
        sessions = {message["parent_header"]["session"] for message in run.messages}
        assert sessions == {client.session.session}, sessions


@clients(MESSAGING, *SIMULTANEOUS)
def a_client_that_comes_late_sees_what_follows(kernel, code):
    run = kernel.well(code.later(1500, code.show("for the latecomer")))
    other = kernel.another_client()
    assert cause(other.said("for the latecomer")) == run.ident


@clients(MESSAGING, *SIMULTANEOUS)
def a_client_that_leaves_takes_nothing_with_it(kernel, code):
    for _ in range(5):
        with Wire(kernel.connection) as wire:
            head = wire.execute(code.lines(code.sleep(100), code.show("abandoned")))
            wire.until("iopub", lambda parcel, head=head: parcel.about(head["msg_id"]), "busy")
        kernel.idle(head["msg_id"])
    kernel.well(code.answer[0])


@clients(MESSAGING, "Introduction", "This socket allows both side effects and the information about communications")
def a_comm_of_one_client_is_answered_to_all(kernel, code):
    other = kernel.another_client()
    kernel.well(code.echo("for-all"))
    kernel.idle(kernel.send("comm_open", {"comm_id": "all-1", "target_name": "for-all", "data": {}}))
    kernel.idle(kernel.send("comm_msg", {"comm_id": "all-1", "data": {"n": 1}}))
    message = other.until("iopub", lambda m: kind(m) == "comm_msg", "comm_msg")
    assert message["content"]["data"] == {"n": 1}


SURVIVE = (
    "Compatibility",
    "Both sides should allow unexpected message types, and extra fields in known message types, so that additions to "
    "the protocol do not break existing code.",
)
FIELDS = "the specification says what the fields are, not what becomes of a request that has them wrong"


def survived(kernel, code, requests: list[tuple[str, object]]) -> None:
    with Wire(kernel.connection) as wire:
        for msg_type, content in requests:
            wire.send(msg_type, content)
            status = "no answer"
            # Where it is an error, cells that are sent before that is known may be aborted.
            end = time.monotonic() + PATIENCE
            while status in ("no answer", "abort", "aborted") and time.monotonic() < end:
                try:
                    status = wire.reply(wire.execute(code.comment), limit=5).content["status"]
                except Silence:
                    break
            assert status == "ok", f"after {msg_type} {content} a cell ended with {status}"


@limits(MESSAGING, *SURVIVE, beyond=FIELDS)
def cells_with_wrong_fields_are_survived(kernel, code):
    contents = [{}, {"code": None}, {"code": 5}, {"code": ["a"]}, {"code": "", "silent": "yes"}]
    expressions = [{"code": "", "user_expressions": value} for value in ([], "a", None, {"a": 5}, {"a": None})]
    survived(kernel, code, [("execute_request", content) for content in [*contents, *expressions]])


@limits(MESSAGING, *SURVIVE, beyond=FIELDS)
def comm_messages_with_wrong_fields_are_survived(kernel, code):
    contents = [{}, {"comm_id": None}, {"comm_id": 5, "data": 5}, {"comm_id": "x", "target_name": 7, "data": []}]
    types = ("comm_open", "comm_msg", "comm_close")
    survived(kernel, code, [(msg_type, content) for msg_type in types for content in contents])


@limits(MESSAGING, *SURVIVE, beyond=FIELDS)
def questions_with_wrong_fields_are_survived(kernel, code):
    types = ("complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request")
    contents = [{}, {"code": None}, {"code": 5, "cursor_pos": "a"}, {"code": "a", "cursor_pos": 1e9, "target_name": 5}]
    survived(kernel, code, [(msg_type, content) for msg_type in types for content in contents])


@limits(MESSAGING, *SURVIVE, beyond=FIELDS)
def names_that_mean_something_to_the_language_are_only_names(kernel, code):
    kernel.well(code.echo("__proto__"))
    content = {"comm_id": "constructor", "target_name": "__proto__", "data": {"__proto__": 1, "constructor": 2}}
    kernel.idle(kernel.send("comm_open", content))
    kernel.idle(kernel.send("comm_msg", content))
    comms = kernel.ask("comm_info_request", {"target_name": "__proto__"}).content["comms"]
    assert comms == {"constructor": {"target_name": "__proto__"}}, comms
    assert of_kind(kernel.log["iopub"], "comm_msg")[0]["content"]["data"]["constructor"] == 2
    run = kernel.well(code.answer[0], user_expressions={"__proto__": code.answer[0], "toString": code.answer[0]})
    assert set(run.content["user_expressions"]) == {"__proto__", "toString"}, run.content


@limits(MESSAGING, *SURVIVE, beyond="the specification knows no largest message")
def a_message_of_sixty_four_mebibytes_is_survived(kernel, code):
    kernel.send("surely_unknown_request", {"padding": "x" * (64 * 1024 * 1024)})
    kernel.finish(kernel.execute(code.answer[0]), 30)


@limits(MESSAGING, *SURVIVE, beyond="the specification knows no deepest message")
def a_message_of_ten_thousand_levels_is_survived(kernel, code):
    with Wire(kernel.connection) as wire:
        parts = wire.frames({"msg_id": "deep", "msg_type": "comm_msg"}, {})[2:]
        parts[3] = b'{"comm_id": "x", "data": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001
        wire.post(wire.signed(parts))
        run = wire.execute(code.answer[0])
        assert wire.reply(run).content["status"] == "ok"


@limits(MESSAGING, "Buffers", "a list of additional binary buffers can be associated with a message.", beyond=FIELDS)
def a_message_of_twenty_thousand_frames_is_survived(kernel, code):
    with Wire(kernel.connection) as wire:
        head = {"msg_id": "wide", "msg_type": "comm_msg", "session": "a", "username": "a", "date": "", "version": "5.3"}
        wire.post(wire.frames(head, {"comm_id": "x", "data": {}}, buffers=[b"x"] * 20_000))
        run = wire.execute(code.answer[0])
        assert wire.reply(run).content["status"] == "ok"


@limits(MESSAGING, "Request-Reply", "In general, the ROUTER/DEALER sockets follow a request-reply pattern:")
def a_thousand_requests_at_once_are_all_answered_in_order(kernel, code):
    idents = [kernel.send("kernel_info_request") for _ in range(1000)]
    kernel.idle(idents[-1], 30)
    kernel.reply(idents[-1])
    assert [cause(message) for message in kernel.log["shell"]] == idents, f"{len(kernel.log['shell'])} replies"


@limits(MESSAGING, "Request-Reply", "In general, the ROUTER/DEALER sockets follow a request-reply pattern:")
def fifty_cells_at_once_are_all_answered_in_order(kernel, code):
    idents = [kernel.execute(code.show(str(number))) for number in range(50)]
    kernel.idle(idents[-1], 30)
    kernel.reply(idents[-1])
    assert [cause(message) for message in kernel.log["shell"]] == idents, f"{len(kernel.log['shell'])} replies"
    assert text(kernel.log["iopub"]) == "".join(f"{number}\n" for number in range(50))


@limits(MESSAGING, "Execution results", "It is often, but not always a string.")
def a_result_of_one_mebibyte_does_not_stop_the_kernel(kernel, code):
    kernel.well(code.assign("wide", "x" * 1024))
    run = kernel.well(code.repeated("wide", 1024), limit=30)
    assert only(run.messages, "execute_result")["content"]["data"]["text/plain"], brief(run.content)
