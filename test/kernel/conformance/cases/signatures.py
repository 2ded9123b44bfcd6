"""Who may speak to the kernel: signatures, forged messages, messages sent again."""

import json
import random

from suite.case import API, KERNELS, MESSAGING, group
from suite.client import PATIENCE, cause
from suite.launcher import until
from suite.wire import DELIMITER, Parcel, Wire, execution, header, signature

case = group("signatures")

VALIDATED = (
    "Handling messages",
    "Messages on the control and shell sockets should be parsed, and their signature validated.",
)
DIGEST = ("The Wire Protocol", "The signature is the HMAC hex digest of the concatenation of:")


def refused(kernel, code, forge) -> None:
    """Sends what `forge` makes of a well-formed cell, then a true one on the same socket: only the second may run."""
    with Wire(kernel.connection) as wire:
        head = header("execute_request")
        wire.post(forge(wire, head, execution(code.show("forged"))))
        run = wire.execute(code.show("true"))
        published = wire.idle(run)
        assert wire.reply(run).about(run["msg_id"]), "the first reply is the forged message's"
        caused = [parcel.kind for parcel in published if parcel.about(head["msg_id"])]
        assert not caused, f"the forged message was acted on: {caused}"


@case(KERNELS, *VALIDATED)
def a_message_signed_with_another_key_is_not_acted_on(kernel, code):
    refused(kernel, code, lambda wire, head, content: wire.frames(head, content, key=b"another key"))


@case(MESSAGING, "The Wire Protocol", "If authentication is disabled, this should be an empty string.")
def a_message_without_a_signature_is_not_acted_on(kernel, code):
    refused(kernel, code, lambda wire, head, content: [DELIMITER, b"", *wire.frames(head, content)[2:]])


@case(MESSAGING, *DIGEST)
def the_first_half_of_the_right_signature_is_not_enough(kernel, code):
    def forge(wire, head, content):
        frames = wire.frames(head, content)
        return [DELIMITER, frames[1][:32], *frames[2:]]

    refused(kernel, code, forge)


@case(MESSAGING, *DIGEST)
def a_signature_with_more_behind_it_is_refused(kernel, code):
    def forge(wire, head, content):
        frames = wire.frames(head, content)
        return [DELIMITER, frames[1] + b"00", *frames[2:]]

    refused(kernel, code, forge)


@case(MESSAGING, "The Wire Protocol", "By default, the hashing function used for computing these signatures is sha256.")
def a_signature_by_another_hash_is_refused(kernel, code):
    def forge(wire, head, content):
        parts = wire.frames(head, content)[2:]
        return [DELIMITER, signature(wire.key, parts, "hmac-md5"), *parts]

    refused(kernel, code, forge)


def changed(place: int):
    """Forges a message whose dict number `place` was changed after it was signed."""

    def forge(wire, head, content):
        frames = wire.frames(head, content, parent={"msg_id": "1"}, metadata={"a": 1})
        at = 2 + place
        frames[at] = json.dumps({**json.loads(frames[at]), "added": True}).encode()
        return frames

    return forge


@case(MESSAGING, "The Wire Protocol", "- The serialized header dict")
def a_header_changed_after_signing_is_refused(kernel, code):
    refused(kernel, code, changed(0))


@case(MESSAGING, "The Wire Protocol", "- The serialized parent header dict")
def a_parent_header_changed_after_signing_is_refused(kernel, code):
    refused(kernel, code, changed(1))


@case(MESSAGING, "The Wire Protocol", "- The serialized metadata dict")
def metadata_changed_after_signing_are_refused(kernel, code):
    refused(kernel, code, changed(2))


@case(MESSAGING, "The Wire Protocol", "- The serialized content dict")
def content_changed_after_signing_is_refused(kernel, code):
    refused(kernel, code, changed(3))


@case(KERNELS, *VALIDATED, needs="own kernel")
def a_forged_shutdown_on_the_control_channel_ends_nothing(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("shutdown_request")
        wire.post(wire.frames(head, {"restart": False}, key=b"another key"), "control")
        wire.reply(wire.send("kernel_info_request", channel="control"), "control")
    kernel.well(code.show("alive"))


@case(
    KERNELS,
    "Connection file format",
    "``signature_scheme`` and ``key`` are used to cryptographically sign messages, so that other users on the system "
    "can't send code to run in this kernel.",
)
def a_forged_answer_to_a_prompt_is_not_taken(kernel, code):
    ident = kernel.execute(code.ask("typed", "? "), allow_stdin=True)
    kernel.until("stdin", lambda message: True, "input_request")
    key, kernel.session.key = kernel.session.key, b"another key"
    try:
        kernel.send("input_reply", {"value": "forged"}, "stdin")
    finally:
        kernel.session.key = key
    kernel.send("input_reply", {"value": "true"}, "stdin")
    kernel.finish(ident)
    assert "true" in kernel.well(code.show_value("typed")).outputs[0]["content"]["text"]


def runs(parcels: list[Parcel], head: dict) -> list[str]:
    """What shows that a cell ran. What a kernel writes to its own stderr about a refused message is no part of it."""
    caused = [parcel for parcel in parcels if parcel.about(head["msg_id"])]
    return [parcel.kind for parcel in caused if parcel.content.get("name") != "stderr"]


ONCE = ("Message Header", '"msg_id": str,  # typically UUID, must be unique per message')


@case(MESSAGING, *ONCE)
def a_message_that_is_sent_again_is_not_acted_on_again(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("execute_request")
        frames = wire.frames(head, execution(code.show("once")))
        for _ in range(3):
            wire.post(frames)
        wire.idle(head)
        fence = wire.execute(code.show("fence"))
        again = runs(wire.idle(fence), head)
        assert not again, f"acted on again: {again}"


@case(
    MESSAGING,
    "Parent header",
    'the ``parent_header`` is a copy of the ``header`` of the message that "caused" the current message.',
)
def what_the_kernel_notes_about_a_refused_message_is_no_output_of_a_cell(kernel, code):
    run = kernel.well(code.show("true"))
    with Wire(kernel.connection) as wire:
        wire.post(wire.frames(header("execute_request"), execution(code.show("forged")), key=b"another key"))
        wire.reply(wire.send("kernel_info_request"))
        late = [parcel.content for parcel in wire.log["iopub"] if parcel.about(run.ident)]
        late += [message["content"] for message in kernel.quiet(0.3) if cause(message) == run.ident]
    assert not late, f"published in the name of the last cell: {late}"


@case(MESSAGING, *ONCE)
def a_message_that_is_sent_again_on_another_channel_is_not_acted_on(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("kernel_info_request")
        frames = wire.frames(head, {})
        wire.post(frames, "shell")
        wire.reply(head)
        wire.idle(head)
        wire.post(frames, "control")
        fence = wire.send("kernel_info_request", channel="control")
        answered = wire.until("control", lambda parcel: True, "reply")[0]
        assert answered.about(fence["msg_id"]), "the message that had come on shell was answered on control"


@case(
    API,
    "session.Session.digest_history_size",
    "The maximum number of digests to remember.",
    beyond="the API says that digests are remembered, for 65,536 messages; the case asks for 3,000",
)
def a_message_is_still_refused_after_three_thousand_others(kernel, code):
    with Wire(kernel.connection) as wire:
        head = header("execute_request")
        frames = wire.frames(head, execution(code.show("once")))
        wire.post(frames)
        wire.idle(head)
        for _ in range(3000):
            last = wire.send("kernel_info_request")
        wire.idle(last, 30)
        wire.post(frames)
        fence = wire.execute(code.show("fence"))
        assert not runs(wire.idle(fence), head), "acted on again"


@case(MESSAGING, *DIGEST)
def every_message_of_the_kernel_is_signed(kernel, code):
    with Wire(kernel.connection) as wire:
        reply, published = wire.run(code.lines(code.show("a"), code.answer[0]))
        info = wire.reply(wire.send("kernel_info_request", channel="control"), "control")
        for parcel in [reply, info, *published]:
            assert parcel.signature == signature(wire.key, parcel.parts), f"{parcel.kind} is signed wrongly"


@case(MESSAGING, "The Wire Protocol", "After the serialized dicts are zero to many raw data buffers,")
def the_signature_of_a_message_does_not_cover_its_buffers(kernel, code):
    kernel.well(code.echo("signed-echo"))
    with Wire(kernel.connection) as wire:
        wire.send("comm_open", {"comm_id": "signed-1", "target_name": "signed-echo", "data": {}})
        wire.send("comm_msg", {"comm_id": "signed-1", "data": {}}, buffers=[b"\x00\x01\xff", b"second"])
        sent = wire.until("iopub", lambda parcel: parcel.kind == "comm_msg", "comm_msg")[0]
        assert sent.buffers == [b"\x00\x01\xff", b"second"], "the buffers came back changed"
        assert sent.signature == signature(wire.key, sent.parts), "the kernel's signature covers its buffers"


@case(
    KERNELS,
    "Connection file format",
    "``signature_scheme`` and ``key`` are used to cryptographically sign messages",
    needs="launcher",
)
def another_signature_scheme_is_obeyed_or_refused_at_the_start(launcher, code):
    process = launcher.process(signature_scheme="hmac-sha512")
    wire = Wire(process.connection, greet=False)
    wire.scheme = "hmac-sha512"
    try:
        until(lambda: process.popen.poll() is not None or answers(wire), "an end or an answer", 30)
    finally:
        wire.close()


def answers(wire: Wire) -> bool:
    head = wire.send("kernel_info_request")
    frames = wire.receive("shell", 0.5)
    if frames is None:
        return False
    parts = frames[frames.index(DELIMITER) + 1 :]
    assert parts[0] == signature(wire.key, parts[1:5], wire.scheme), (
        f"the reply to {head['msg_id']} is signed otherwise"
    )
    return True


@case(
    MESSAGING,
    "The Wire Protocol",
    "To disable authentication and signature checking, set the ``key`` field of a connection file to an empty string.",
    needs="launcher",
)
def an_empty_key_disables_signatures_or_is_refused_at_the_start(launcher, code):
    process = launcher.process(key="")
    wire = Wire(process.connection, greet=False)
    try:
        until(lambda: process.popen.poll() is not None or unsigned(wire), "an end or an answer", 30)
    finally:
        wire.close()


def unsigned(wire: Wire) -> bool:
    wire.send("kernel_info_request")
    frames = wire.receive("shell", 0.5)
    assert frames is None or frames[frames.index(DELIMITER) + 1] == b"", "the reply is signed"
    return frames is not None


@case(KERNELS, *VALIDATED, limit=60)
def ten_thousand_forged_cut_off_and_oversized_messages_are_not_acted_on(kernel, code):
    chance = random.Random(20240601)
    with Wire(kernel.connection) as wire:
        idents = set()
        for number in range(10_000):
            head = header("execute_request")
            idents.add(head["msg_id"])
            frames = wire.frames(head, execution(code.show("forged")))
            kind_of_damage = number % 4
            if kind_of_damage == 0:
                turned = bytearray(frames[1])
                turned[chance.randrange(len(turned))] ^= 1 << chance.randrange(7)
                frames[1] = bytes(turned)
            elif kind_of_damage == 1:
                del frames[chance.randrange(1, len(frames)) :]
            elif kind_of_damage == 2:
                at = chance.randrange(2, 6)
                frames[at] = frames[at][: chance.randrange(len(frames[at]))]
            else:
                frames = [DELIMITER, b"0" * 64, *[bytes(chance.randrange(100_000))] * 4]
            wire.post(frames)
        run = wire.execute(code.show("true"))
        published = wire.idle(run, 4 * PATIENCE)
        assert wire.reply(run).about(run["msg_id"]), "the first reply is to a forged message"
        assert not [parcel for parcel in published if parcel.parent.get("msg_id") in idents], "acted on"
