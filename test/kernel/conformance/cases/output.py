"""Output while a cell runs: streams, displays, their order, and that nothing is lost."""

import base64

from suite.case import MESSAGING, group
from suite.client import brief, cause, kind, of_kind, only, text

case = group("output")

STREAM = ("Streams (stdout,  stderr, etc)", "# The name of the stream is one of 'stdout', 'stderr'")
ARBITRARY = ("Streams (stdout,  stderr, etc)", "# The text is an arbitrary string to be written to that stream")


@case(MESSAGING, *STREAM)
def stdout_and_stderr_are_told_apart(kernel, code):
    run = kernel.well(code.lines(code.show("out"), code.warn("err")))
    assert text(run.messages) == "out\n" and text(run.messages, "stderr") == "err\n"
    names = {message["content"]["name"] for message in of_kind(run.messages, "stream")}
    assert names == {"stdout", "stderr"}, names


@case(MESSAGING, *ARBITRARY)
def text_arrives_to_the_last_character(kernel, code):
    pieces = ["no line end", "\r50 %\r100 %\n", "\ttab\b\x07", "\x1b[31mred\x1b[0m\n", "  spaces  ", "\n\n\n", "😀"]
    run = kernel.well(code.lines(*(code.write(piece) for piece in pieces)))
    assert text(run.messages) == "".join(pieces), brief(text(run.messages))


@case(MESSAGING, *ARBITRARY)
def a_line_of_sixteen_mebibytes_arrives_whole(kernel, code):
    run = kernel.run(
        code.lines(code.assign("long_line", "x" * 1024), code.show_value(code.repeated("long_line", 16384))), 30
    )
    said = text(run.messages)
    assert len(said) == 16 * 1024 * 1024 + 1 and set(said) == {"x", "\n"}, f"{len(said)} characters arrived"


LINES = 100_000


def many_lines(kernel, code):
    """Runs the cell; its messages, and those that came after its idle."""
    ident = kernel.execute(code.count_to(LINES))
    kernel.idle(ident, 40)
    at = next(k for k, m in enumerate(kernel.log["iopub"]) if cause(m) == ident and kind(m) == "status" and at_idle(m))
    kernel.quiet(0.5)
    return kernel.log["iopub"][:at], kernel.log["iopub"][at + 1 :]


def at_idle(message: dict) -> bool:
    return message["content"]["execution_state"] == "idle"


@case(
    MESSAGING,
    "Introduction",
    "this socket is the 'broadcast channel' where the kernel publishes all side effects (stdout, stderr, debugging "
    "events etc.)",
    limit=60,
)
def a_hundred_thousand_lines_arrive_whole_and_in_order(kernel, code):
    before, after = many_lines(kernel, code)
    lines = text([*before, *after]).split("\n")
    assert lines == [*map(str, range(LINES)), ""], f"{len(lines) - 1} of {LINES} lines arrived"


@case(
    MESSAGING,
    "Request-Reply",
    "This idle status message indicates that IOPub messages associated with a given request have all been received.",
    limit=60,
)
def none_of_a_hundred_thousand_lines_comes_after_idle(kernel, code):
    before, after = many_lines(kernel, code)
    assert len(text(before).split("\n")) - 1 == LINES, f"{len(text(before).split(chr(10))) - 1} lines before idle"
    assert not of_kind(after, "stream"), f"{len(of_kind(after, 'stream'))} messages after idle"


@case(
    MESSAGING,
    "Streams (stdout,  stderr, etc)",
    "# The text is an arbitrary string to be written to that stream",
    beyond="the specification leaves open how much text a message carries; a server that counts messages drops what "
    "comes in too many",
    limit=60,
)
def a_hundred_thousand_lines_come_in_fifty_messages_at_most(kernel, code):
    before, _ = many_lines(kernel, code)
    assert len(text(before).split("\n")) - 1 == LINES, "lines were lost"
    count = len(of_kind(before, "stream"))
    assert count <= 50, f"{count} messages"


@case(MESSAGING, "Request-Reply", "After processing the request and publishing associated IOPub messages, if any,")
def output_keeps_its_order_among_kinds(kernel, code):
    bundle = {"text/plain": "shown"}
    source = code.lines(code.show("1"), code.display(bundle), code.show("2"), code.answer[0])
    shown = [message["content"].get("text", kind(message)).strip() for message in kernel.well(source).outputs]
    # The last is the value, however the kernel shows it.
    assert shown[:-1] == ["1", "display_data", "2"], shown


@case(
    MESSAGING,
    *STREAM,
    beyond="the specification speaks of two streams and does not say that they keep their order between them",
)
def stdout_and_stderr_keep_their_order(kernel, code):
    run = kernel.well(code.lines(*(code.lines(code.show(f"o{n}"), code.warn(f"e{n}")) for n in range(5))))
    said = "".join(message["content"]["text"] for message in of_kind(run.messages, "stream"))
    assert said == "".join(f"o{n}\ne{n}\n" for n in range(5)), said


@case(
    MESSAGING,
    "Introduction",
    "This socket allows both side effects and the information about communications taking place with one client over "
    "the shell channel to be made available to all clients in a uniform manner.",
)
def output_is_seen_while_the_cell_awaits(kernel, code):
    ident = kernel.execute(code.lines(code.show("seen early"), code.sleep(1500)))
    assert cause(kernel.said("seen early")) == ident
    assert not [m for m in kernel.published(ident) if kind(m) == "status" and at_idle(m)], "it came at the end"
    kernel.finish(ident)


@case(
    MESSAGING,
    "Streams (stdout,  stderr, etc)",
    "# The text is an arbitrary string to be written to that stream",
    beyond="the specification does not say when text has to leave the kernel",
)
def output_is_seen_while_the_cell_spins(kernel, code):
    marker = kernel.marker()
    ident = kernel.spin(code.show_and_spin("seen before the loop", marker), marker)
    try:
        kernel.said("seen before the loop", 5)
    finally:
        kernel.stopped(ident)


@case(MESSAGING, "Display Data", "types and the values are the raw data of the representation in that")
def a_display_has_all_its_representations(kernel, code):
    bundle = {"text/html": "<b>bold</b>", "text/plain": "bold", "application/x-of-nobody": {"a": [1, 2]}}
    shown = only(kernel.well(code.display(bundle)).messages, "display_data")["content"]
    assert shown["data"] == bundle, shown


@case(MESSAGING, "Display Data", "# Any metadata that describes the data")
def a_display_has_metadata(kernel, code):
    shown = only(kernel.well(code.display({"text/plain": "a"})).messages, "display_data")["content"]
    assert isinstance(shown.get("metadata"), dict), shown
    assert isinstance(shown.get("transient", {}), dict), shown


@case(
    MESSAGING,
    "Display Data",
    "`application/json` data should be unpacked JSON data, not double-serialized as a JSON string.",
)
def json_is_displayed_unpacked(kernel, code):
    data = {"list": [1, 2.5, "three"], "inner": {"a": "b"}}
    shown = only(kernel.well(code.display({"application/json": data})).messages, "display_data")["content"]
    assert shown["data"]["application/json"] == data, shown


@case(MESSAGING, "Display Data", "Each representation should be a JSON'able data structure")
def bytes_are_displayed_in_base64(kernel, code):
    pixels = b"\x89PNG\r\n\x1a\n\x00\xff"
    shown = only(kernel.well(code.display_bytes("image/png", pixels)).messages, "display_data")["content"]
    assert base64.b64decode(shown["data"]["image/png"], validate=False) == pixels, shown


UPDATE = (
    "Update Display Data",
    "When a ``display_id`` is specified for a display, it can be updated later with an ``update_display_data`` "
    "message.",
)


@case(MESSAGING, "Display Data", "The only transient key currently defined in Jupyter is ``display_id``:")
def a_named_display_has_its_id(kernel, code):
    shown = only(kernel.well(code.display_named("named_a", "first")).messages, "display_data")["content"]
    assert isinstance(shown["transient"]["display_id"], str) and shown["transient"]["display_id"], shown


@case(MESSAGING, *UPDATE)
def an_update_has_the_id_of_its_display(kernel, code):
    shown = only(kernel.well(code.display_named("named_b", "first")).messages, "display_data")["content"]
    run = kernel.well(code.update_named("named_b", "second"))
    update = only(run.messages, "update_display_data")["content"]
    assert update["transient"]["display_id"] == shown["transient"]["display_id"], (shown, update)
    assert "second" in update["data"]["text/plain"] and isinstance(update["metadata"], dict), update
    assert not of_kind(run.messages, "display_data"), "the update is also shown anew"


@case(MESSAGING, *UPDATE)
def an_update_belongs_to_the_cell_that_made_it(kernel, code):
    kernel.well(code.display_named("named_c", "first"))
    run = kernel.well(code.update_named("named_c", "second"))
    assert cause(only(run.messages, "update_display_data")) == run.ident


@case(MESSAGING, *UPDATE)
def two_named_displays_have_two_ids(kernel, code):
    run = kernel.well(code.lines(code.display_named("named_d", "a"), code.display_named("named_e", "b")))
    shown = [message["content"]["transient"]["display_id"] for message in of_kind(run.messages, "display_data")]
    assert len(set(shown)) == 2, shown


CLEAR = ("Clear output", "# Wait to clear the output until new output is available.")


@case(MESSAGING, *CLEAR)
def clear_output_at_once_says_so(kernel, code):
    cleared = only(kernel.well(code.clear(wait=False)).messages, "clear_output")["content"]
    assert cleared["wait"] is False, cleared


@case(MESSAGING, *CLEAR)
def clear_output_that_waits_says_so(kernel, code):
    cleared = only(kernel.well(code.clear(wait=True)).messages, "clear_output")["content"]
    assert cleared["wait"] is True, cleared


@case(
    MESSAGING,
    "Clear output",
    "Clears the existing output immediately before the new output is displayed.",
)
def clear_output_has_its_place_among_outputs(kernel, code):
    run = kernel.well(code.lines(code.show("old"), code.clear(wait=True), code.show("new")))
    order = [message["content"].get("text", kind(message)) for message in run.outputs]
    assert order == ["old\n", "clear_output", "new\n"], order
