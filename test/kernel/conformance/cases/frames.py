"""The wire: frames, routing prefixes, headers, and what is sent that is no message at all."""

import json
from datetime import datetime, timedelta, timezone

from suite.case import MESSAGING, group
from suite.client import cause, kind
from suite.wire import DELIMITER, Parcel, Wire, execution, header, heartbeat

case = group("wire")


def survives(kernel, code, frames_of, channel: str = "shell") -> None:
    """Sends what is no message; the next true one has to be answered, and nothing else."""
    with Wire(kernel.connection) as wire:
        for frames in frames_of(wire):
            wire.post(frames, channel)
        head = wire.send("kernel_info_request", channel=channel)
        answered = wire.until(channel, lambda parcel: True, "reply")[0]
        assert answered.about(head["msg_id"]), f"{answered.kind} was sent for what is no message"
        wire.idle(wire.execute(code.show("alive")))


SIX = ("The Wire Protocol", "Every message is serialized to a sequence of at least six blobs of bytes:")
FOUR = ("The Wire Protocol", "After the signature is the actual message, always in four frames of bytes.")


@case(MESSAGING, *SIX)
def a_message_cut_off_after_any_frame_is_survived(kernel, code):
    def cut(wire):
        whole = wire.frames(header("execute_request"), execution(code.show("cut")))
        return [whole[:length] for length in range(1, len(whole))]

    survives(kernel, code, cut)


@case(MESSAGING, "The Wire Protocol", "This is every piece of the message prior to the delimiter key ``<IDS|MSG>``.")
def frames_without_a_delimiter_are_survived(kernel, code):
    survives(kernel, code, lambda wire: [[b"hello"], [b""], [b"\x00\xff" * 50, b"{}", b"{}", b"{}", b"{}"]])


@case(MESSAGING, *FOUR)
def signed_frames_that_are_no_json_are_survived(kernel, code):
    survives(kernel, code, lambda wire: [wire.signed([b"{", b"{}", b"{}", b"{}"]), wire.signed([b"\xff\xfe"] * 4)])


@case(MESSAGING, "General Message Format", "A message is composed of five dictionaries.")
def signed_frames_that_are_json_but_no_dicts_are_survived(kernel, code):
    head = json.dumps(header("execute_request")).encode()
    bodies = [b"[]", b"null", b"7", b'"text"']
    survives(kernel, code, lambda wire: [wire.signed([head, body, body, body]) for body in bodies])


@case(MESSAGING, "Message Header", '"msg_type": str,')
def a_header_without_type_or_id_is_survived(kernel, code):
    whole = header("execute_request")
    without = [{name: value for name, value in whole.items() if name != absent} for absent in ("msg_type", "msg_id")]
    broken = [{}, *without, {**whole, "msg_type": None}, {**whole, "msg_type": 5}]
    survives(kernel, code, lambda wire: [wire.frames(head, execution("1")) for head in broken])


@case(MESSAGING, *SIX)
def a_message_cut_off_on_the_control_channel_is_survived(kernel, code):
    survives(
        kernel,
        code,
        lambda wire: [wire.frames(header("interrupt_request"), {})[:length] for length in (1, 3, 5)],
        "control",
    )


@case(
    MESSAGING,
    "The Wire Protocol",
    "The front of the message is the ZeroMQ routing prefix, which can be zero or more socket identities.",
)
def a_reply_goes_back_by_the_whole_routing_prefix(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("kernel_info_request")
        wire.post([b"hop-1", b"hop-2", *wire.frames(head, {})])
        reply = wire.reply(head)
        assert reply.prefix == [b"hop-1", b"hop-2"], f"the prefix came back as {reply.prefix}"


@case(MESSAGING, "The Wire Protocol", "In the case of IOPub, there should be just one prefix component,")
def messages_on_iopub_have_one_prefix_frame(kernel, code):
    with Wire(kernel.connection) as wire:
        _, published = wire.run(code.lines(code.show("a"), code.answer[0]))
        prefixes = {parcel.kind: parcel.prefix for parcel in published if len(parcel.prefix) != 1}
        assert not prefixes, f"prefixes of other lengths: {prefixes}"


def no_welcome(parcels: list[Parcel]) -> list[Parcel]:
    """The welcome has the subscription for its topic, and no parent (JEP 65)."""
    return [parcel for parcel in parcels if parcel.kind != "iopub_welcome"]


@case(
    MESSAGING,
    "The Wire Protocol",
    "which is the topic for IOPub subscribers, e.g. ``execute_result``, ``display_data``.",
)
def the_topic_on_iopub_tells_the_type(kernel, code):
    with Wire(kernel.connection) as wire:
        _, published = wire.run(code.answer[0])
        topics = {parcel.kind: b"".join(parcel.prefix).decode() for parcel in no_welcome(published)}
        wrong = {name: topic for name, topic in topics.items() if name not in topic}
        assert not wrong, f"topics that do not tell the type: {wrong}"


@case(MESSAGING, "Message Header", '"msg_id": str,  # typically UUID, must be unique per message')
def no_two_messages_of_the_kernel_share_an_id(kernel, code):
    for _ in range(5):
        kernel.well(code.lines(code.show("a"), code.warn("b"), code.answer[0]))
        kernel.ask("kernel_info_request")
    idents = [message["header"]["msg_id"] for log in kernel.log.values() for message in log]
    assert len(set(idents)) == len(idents) > 30, f"{len(idents) - len(set(idents))} of {len(idents)} ids came before"


@case(MESSAGING, "Message Header", "The message ``header`` contains information about the message")
def headers_are_complete(kernel, code):
    with Wire(kernel.connection) as wire:
        reply, published = wire.run(code.lines(code.show("a"), code.answer[0]))
        for parcel in [reply, *published]:
            missing = {
                name: parcel.header.get(name)
                for name in ("msg_id", "session", "username", "date", "msg_type", "version")
                if not isinstance(parcel.header.get(name), str)
            }
            assert not missing, f"{parcel.kind} has {missing}"


@case(MESSAGING, "Message Header", "# ISO 8601 timestamp for when the message is created")
def dates_are_iso_8601_and_now(kernel, code):
    with Wire(kernel.connection) as wire:
        reply, published = wire.run(code.answer[0])
        for parcel in [reply, *published]:
            date = datetime.fromisoformat(parcel.header["date"].replace("Z", "+00:00"))
            assert date.tzinfo is not None, f"{parcel.header['date']} says no time zone"
            age = datetime.now(timezone.utc) - date
            assert abs(age) < timedelta(minutes=2), f"{parcel.header['date']} is {age} away from now"


@case(
    MESSAGING,
    "Message Header",
    "A kernel session ID, in message headers from a kernel, should identify a particular kernel process.",
)
def the_kernels_session_is_its_own_and_one(kernel, code):
    with Wire(kernel.connection) as wire:
        reply, published = wire.run(code.answer[0])
        info = wire.reply(wire.send("kernel_info_request", channel="control"), "control")
        sessions = {parcel.header["session"] for parcel in [reply, info, *published]}
        assert len(sessions) == 1 and "conformance" not in sessions, f"sessions in headers: {sessions}"


@case(MESSAGING, "Message Header", "# the message protocol version")
def headers_carry_the_protocol_version_of_kernel_info(kernel, code):
    info = kernel.ask("kernel_info_request")
    versions = {message["header"]["version"] for message in [info.reply, *info.messages]}
    assert versions == {info.content["protocol_version"]}, (
        f"kernel_info says {info.content['protocol_version']}, headers say {versions}"
    )


@case(
    MESSAGING,
    "Parent header",
    'the ``parent_header`` is a copy of the ``header`` of the message that "caused" the current message.',
)
def the_parent_header_is_a_whole_copy(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("execute_request", username="Zoë 😀", subshell_id=None, extra={"a": [1, 2.5, None]})
        wire.post(wire.frames(head, execution(code.answer[0])))
        for parcel in [wire.reply(head), *no_welcome(wire.idle(head))]:
            assert instant(parcel.parent) == instant(head), f"{parcel.kind}: {parcel.parent}"


def instant(head: dict) -> dict:
    """The same moment may be written in more than one way."""
    return {**head, "date": datetime.fromisoformat(head["date"].replace("Z", "+00:00"))}


@case(MESSAGING, "Parent header", "``_reply`` messages MUST have a ``parent_header``")
def replies_name_their_request_when_many_wait(kernel, code):
    idents = [kernel.send("kernel_info_request") for _ in range(20)]
    cells = [kernel.execute(code.show(str(number))) for number in range(5)]
    for ident in [*idents, *cells]:
        kernel.idle(ident)
        kernel.reply(ident)
    replies = [cause(message) for message in kernel.log["shell"]]
    assert sorted(replies) == sorted([*idents, *cells]), "a request has no reply, or two"


@case(
    MESSAGING,
    "Compatibility",
    "Both sides should allow unexpected message types, and extra fields in known message types, so that additions to "
    "the protocol do not break existing code.",
)
def extra_fields_in_known_messages_are_allowed(kernel, code):
    ident = kernel.send("execute_request", {**execution(code.answer[0]), "future": {"a": 1}, "cell_id": "x"})
    run = kernel.finish(ident)
    assert run.content["status"] == "ok", run.content


@case(
    MESSAGING,
    "Compatibility",
    "Both sides should allow unexpected message types, and extra fields in known message types, so that additions to "
    "the protocol do not break existing code.",
)
def unknown_types_are_survived_on_every_channel(kernel, code):
    for channel in ("shell", "control", "stdin"):
        for name in ("surely_unknown_request", "execute_reply", "status", "constructor", "__proto__", ""):
            kernel.send(name, {"a": 1}, channel)
    kernel.ask("kernel_info_request", channel="control")
    assert kernel.well(code.answer[0]).content["status"] == "ok"
    results = [
        kind(m) for m in kernel.log["shell"] if kind(m) == "execute_reply" and m["content"].get("status") == "ok"
    ]
    assert len(results) == 1, f"{len(results)} cells ran"


@case(
    MESSAGING,
    "Buffers",
    "Finally, a list of additional binary buffers can be associated with a message.",
)
def buffers_on_a_message_that_has_no_use_for_them_are_allowed(kernel, code):
    with Wire(kernel.connection) as wire:
        head = wire.send("kernel_info_request", buffers=[b"\x00" * 1000, b""])
        assert wire.reply(head).kind == "kernel_info_reply"


@case(
    MESSAGING,
    "Heartbeat for kernels",
    "Clients send ping messages on a REQ socket, which are echoed right back from the Kernel's REP socket.",
)
def the_heartbeat_echoes_any_bytes(kernel, code):
    for ping in (b"ping", b"", b"\x00\xff" * 500, DELIMITER, "😀".encode()):
        assert heartbeat(kernel.connection, ping) == ping
