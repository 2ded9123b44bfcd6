"""Completion, inspection, is_complete: what an editor asks. Positions count code points, not UTF-16 units or bytes."""

from suite.case import MESSAGING, group
from suite.client import brief, kind

completion = group("completion and inspection")
completeness = group("is_complete")

RANGE = (
    "Completion",
    "# The range of text that should be replaced by the above matches when a completion is accepted.",
)
CODE_POINTS = (
    "Completion",
    "In 5.2, cursor_pos **must be** the actual encoding-independent offset in unicode codepoints.",
)


def complete(kernel, source: str, cursor: int | None = None) -> dict:
    content = {"code": source, "cursor_pos": len(source) if cursor is None else cursor}
    run = kernel.ask("complete_request", content, limit=20)
    assert kind(run.reply) == "complete_reply" and run.content["status"] == "ok", run.content
    return run.content


def accepted(source: str, reply: dict) -> set[str]:
    """What each match makes of the source."""
    start, end = reply["cursor_start"], reply["cursor_end"]
    return {source[:start] + match + source[end:] for match in reply["matches"]}


def prepared(kernel, code) -> tuple[str, str]:
    first, typed, whole = code.completion
    kernel.well(first)
    return typed, whole


@completion(MESSAGING, "Completion", "# The list of all matches to the completion request, such as")
def a_completion_has_matches_range_and_metadata(kernel, code):
    typed, _ = prepared(kernel, code)
    reply = complete(kernel, typed)
    assert reply["matches"] and all(isinstance(match, str) for match in reply["matches"]), reply
    assert isinstance(reply["metadata"], dict), reply
    assert 0 <= reply["cursor_start"] <= reply["cursor_end"] <= len(typed), reply


@completion(MESSAGING, *RANGE)
def an_accepted_completion_makes_the_whole_name(kernel, code):
    typed, whole = prepared(kernel, code)
    assert whole in accepted(typed, complete(kernel, typed))


@completion(MESSAGING, *RANGE)
def a_name_in_the_middle_of_the_code_is_completed_there(kernel, code):
    typed, whole = prepared(kernel, code)
    before, after = f"{code.assign('middle', 1)}\n", f"(4)\n{code.show('end')}"
    source = before + typed + after
    assert before + whole + after in accepted(source, complete(kernel, source, len(before + typed)))


@completion(MESSAGING, "Completion", "# this may be up to an entire multiline cell")
def a_name_on_the_second_line_is_completed(kernel, code):
    typed, whole = prepared(kernel, code)
    source = f"{code.assign('line_one', 1)}\n{typed}"
    reply = complete(kernel, source)
    assert reply["cursor_start"] > len(source) - len(typed) - 1, "the range is counted within the line"
    assert f"{source[: -len(typed)]}{whole}" in accepted(source, reply), brief(reply)


@completion(MESSAGING, *CODE_POINTS)
def a_cursor_behind_an_emoji_counts_code_points(kernel, code):
    typed, whole = prepared(kernel, code)
    before = "'😀👩\u200d🔬𝐚'; "
    reply = complete(kernel, before + typed)
    assert before + whole in accepted(before + typed, reply), brief(reply)


@completion(MESSAGING, *CODE_POINTS)
def a_cursor_before_an_emoji_counts_code_points(kernel, code):
    typed, whole = prepared(kernel, code)
    before, after = f"'𝐚'; {code.assign('astral', '😀')}\n", f"\n{code.show('😀')}"
    source = before + typed + after
    reply = complete(kernel, source, len(before + typed))
    assert before + whole + after in accepted(source, reply), brief(reply)


@completion(MESSAGING, "Completion", "The code context in which completion is requested")
def a_variable_of_an_earlier_cell_is_completed(kernel, code):
    kernel.well(code.assign("distinctive_name", 1))
    assert "distinctive_name" in accepted("distinctive_na", complete(kernel, "distinctive_na"))


@completion(MESSAGING, "Completion", "# The list of all matches to the completion request, such as")
def where_nothing_fits_there_are_no_matches(kernel, code):
    reply = complete(kernel, "surely_nothing_begins_like_this")
    assert reply["matches"] == [] and reply["cursor_start"] <= reply["cursor_end"], reply


@completion(MESSAGING, "Completion", "# status should be 'ok' unless an exception was raised during the request,")
def odd_requests_for_completion_are_survived(kernel, code):
    complete(kernel, "")
    for content in ({"code": "a"}, {"code": "a", "cursor_pos": 99}, {"code": "a", "cursor_pos": -1}, {"cursor_pos": 1}):
        kernel.idle(kernel.send("complete_request", content))
    kernel.well(code.answer[0])


@completion(MESSAGING, "Completion", "# status should be 'ok' unless an exception was raised during the request,")
def completion_runs_no_code(kernel, code):
    kernel.well(code.assign("untouched_by_completion", 1))
    source = f"{code.assign('untouched_by_completion', 2)}\n{code.completion[1]}"
    complete(kernel, source)
    assert "1" in kernel.well(code.show_value("untouched_by_completion")).outputs[0]["content"]["text"]


def inspect(kernel, source: str, cursor: int, level: int = 0) -> dict:
    content = {"code": source, "cursor_pos": cursor, "detail_level": level}
    run = kernel.ask("inspect_request", content, limit=20)
    assert kind(run.reply) == "inspect_reply" and run.content["status"] == "ok", run.content
    return run.content


@completion(MESSAGING, "Introspection", "# found should be true if an object was found, false otherwise")
def a_name_is_described(kernel, code):
    first, name, word = code.inspection
    kernel.well(first)
    reply = inspect(kernel, name, len(name))
    assert reply["found"] is True and word in reply["data"]["text/plain"], reply
    assert isinstance(reply["metadata"], dict), reply


@completion(MESSAGING, "Introspection", "# data can be empty if nothing is found")
def what_is_no_name_is_not_found(kernel, code):
    for source in ("surely_not_defined", "", code.comment):
        reply = inspect(kernel, source, len(source))
        assert reply["found"] is False and reply["data"] == {}, (source, reply)


@completion(MESSAGING, "Introspection", "# The level of detail desired.")
def a_name_is_described_in_detail(kernel, code):
    first, name, word = code.inspection
    kernel.well(first)
    reply = inspect(kernel, name, len(name), level=1)
    assert reply["found"] is True and word in reply["data"]["text/plain"], reply


@completion(MESSAGING, "Introspection", *CODE_POINTS[1:])
def a_name_behind_an_emoji_is_described(kernel, code):
    first, name, word = code.inspection
    kernel.well(first)
    before, after = "'😀😀😀😀😀😀😀😀😀😀'; ", "; [7, 7]"
    reply = inspect(kernel, before + name + after, len(before + name) - 1)
    assert reply["found"] is True and word in reply["data"]["text/plain"], reply


@completion(MESSAGING, "Introspection", "# The code context in which introspection is requested")
def a_variable_of_an_earlier_cell_is_described(kernel, code):
    kernel.well(code.assign("described_name", 1))
    assert inspect(kernel, "described_name", 4)["found"] is True


STATUSES = ("Code completeness", "# One of 'complete', 'incomplete', 'invalid', 'unknown'")


def is_complete(kernel, source: str) -> dict:
    reply = kernel.ask("is_complete_request", {"code": source})
    assert kind(reply.reply) == "is_complete_reply", kind(reply.reply)
    return reply.content


@completeness(MESSAGING, "Code completeness", "- *complete* code is ready to be executed")
def whole_code_is_complete(kernel, code):
    found = {source: is_complete(kernel, source)["status"] for source in code.complete}
    assert set(found.values()) == {"complete"}, found


@completeness(MESSAGING, "Code completeness", "- *incomplete* code should prompt for another line")
def code_that_wants_more_is_incomplete(kernel, code):
    found = {source: is_complete(kernel, source)["status"] for source in code.incomplete}
    assert set(found.values()) == {"incomplete"}, found


@completeness(
    MESSAGING,
    "Code completeness",
    "- *invalid* code will typically be sent for execution, so that the user sees the error soonest.",
)
def code_that_no_line_can_mend_is_invalid(kernel, code):
    found = {source: is_complete(kernel, source)["status"] for source in code.invalid}
    assert set(found.values()) == {"invalid"}, found


@completeness(
    MESSAGING, "Code completeness", "# If status is 'incomplete', indent should contain the characters to use"
)
def incomplete_code_has_an_indent(kernel, code):
    reply = is_complete(kernel, code.incomplete[0])
    assert isinstance(reply["indent"], str) and reply["indent"].strip() == "", reply


@completeness(MESSAGING, "Code completeness", "For other statuses, this")
def other_code_has_no_indent(kernel, code):
    for source in [*code.complete, *code.invalid]:
        assert "indent" not in is_complete(kernel, source), source


@completeness(MESSAGING, *STATUSES)
def odd_code_has_a_status(kernel, code):
    for source in ("", " ", "\n", code.comment, "😀", "\x00", "'😀'", "(" * 1000):
        status = is_complete(kernel, source)["status"]
        assert status in ("complete", "incomplete", "invalid", "unknown"), (source[:10], status)
