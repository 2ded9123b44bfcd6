"""The history of inputs."""

from suite.case import MESSAGING, group
from suite.client import kind

case = group("history")

ACCESS = ("History", "# So far, this can be 'range', 'tail' or 'search'.")


def ask(kernel, access: str, **content: object) -> list:
    request = {"output": False, "raw": True, "session": 0, "hist_access_type": access, **content}
    run = kernel.ask("history_request", request)
    assert kind(run.reply) == "history_reply" and run.content["status"] == "ok", run.content
    return run.content["history"]


def inputs(entries: list) -> list[str]:
    return [entry[2] for entry in entries]


def remembered(kernel, code, *words: str) -> list[int]:
    """Runs a cell for each word; their numbers."""
    return [kernel.well(code.assign(word, 1)).content["execution_count"] for word in words]


@case(MESSAGING, "History", "# If hist_access_type is 'tail' or 'search', get the last n cells.")
def the_tail_is_the_last_cells_in_order(kernel, code):
    words = [f"tail_{n}" for n in range(5)]
    remembered(kernel, code, *words)
    assert inputs(ask(kernel, "tail", n=3)) == [code.assign(word, 1) for word in words[-3:]]


@case(MESSAGING, "History", "# (session, line_number, input) or")
def an_entry_is_session_number_and_input(kernel, code):
    [number] = remembered(kernel, code, "entry_of_three")
    [entry] = ask(kernel, "tail", n=1)
    assert len(entry) == 3 and isinstance(entry[0], int), entry
    assert entry[1] == number and entry[2] == code.assign("entry_of_three", 1), entry


@case(MESSAGING, "History", "# start and stop are line (cell) numbers within that session.")
def a_range_is_from_start_up_to_stop(kernel, code):
    numbers = remembered(kernel, code, *(f"range_{n}" for n in range(5)))
    found = ask(kernel, "range", start=numbers[1], stop=numbers[3])
    assert inputs(found) == [code.assign(f"range_{n}", 1) for n in (1, 2)], found
    assert [entry[1] for entry in found] == numbers[1:3], found


@case(MESSAGING, "History", "# start and stop are line (cell) numbers within that session.")
def a_range_of_nothing_is_empty(kernel, code):
    [number] = remembered(kernel, code, "empty_range")
    assert ask(kernel, "range", start=number, stop=number) == []
    assert ask(kernel, "range", start=number + 1000, stop=number + 2000) == []


@case(MESSAGING, "History", "# pattern (with * and ? as wildcards).")
def a_search_knows_both_wildcards(kernel, code):
    remembered(kernel, code, "search_abc", "search_abd", "search_abbc")
    found = inputs(ask(kernel, "search", n=10, pattern=code.assign("search_ab?", 1)))
    assert found == [code.assign(word, 1) for word in ("search_abc", "search_abd")], found
    found = inputs(ask(kernel, "search", n=10, pattern=code.assign("search_a*c", 1)))
    assert found == [code.assign(word, 1) for word in ("search_abc", "search_abbc")], found


@case(MESSAGING, "History", "# pattern (with * and ? as wildcards).")
def a_search_takes_other_signs_as_they_are(kernel, code):
    remembered(kernel, code, "dots_axb")
    assert ask(kernel, "search", n=10, pattern="*dots_a.b*") == []
    assert ask(kernel, "search", n=10, pattern="*(dots_axb|x)*") == []


@case(MESSAGING, "History", "# If hist_access_type is 'tail' or 'search', get the last n cells.")
def a_search_gives_the_last_n(kernel, code):
    remembered(kernel, code, *(f"limited_{n}" for n in range(6)))
    found = inputs(ask(kernel, "search", n=2, pattern="*limited_?*"))
    assert found == [code.assign(f"limited_{n}", 1) for n in (4, 5)], found


@case(MESSAGING, "History", "# If hist_access_type is 'search' and unique is true, do not")
def a_unique_search_gives_each_input_once(kernel, code):
    remembered(kernel, code, "unique_a", "unique_b", "unique_a")
    found = inputs(ask(kernel, "search", n=10, pattern="*unique_?*", unique=True))
    assert sorted(found) == sorted(code.assign(word, 1) for word in ("unique_a", "unique_b")), found


@case(MESSAGING, "History", "# include duplicated history.  Default is false.")
def a_search_gives_repeated_inputs_by_default(kernel, code):
    remembered(kernel, code, "repeated_a", "repeated_a")
    assert len(ask(kernel, "search", n=10, pattern="*repeated_a*")) == 2


@case(MESSAGING, "History", "# (session, line_number, (input, output)),")
def with_outputs_an_entry_has_a_pair(kernel, code):
    number = kernel.well(code.answer[0]).content["execution_count"]
    [entry] = ask(kernel, "range", start=number, stop=number + 1, output=True)
    source, output = entry[2]
    assert source == code.answer[0], entry
    assert output is None or isinstance(output, str), entry


@case(MESSAGING, "History", "# If True, also return output history in the resulting dict.")
def with_outputs_the_pair_has_the_result(kernel, code):
    number = kernel.well(code.answer[0]).content["execution_count"]
    [entry] = ask(kernel, "range", start=number, stop=number + 1, output=True)
    assert entry[2] == [code.answer[0], code.answer[1]], entry


@case(MESSAGING, "Execute", "# A boolean flag which, if True, signals the kernel to populate history")
def cells_that_store_no_history_are_not_in_it(kernel, code):
    kernel.well(code.assign("unstored", 1), store_history=False)
    kernel.well(code.assign("silent_cell", 1), silent=True)
    remembered(kernel, code, "stored")
    assert inputs(ask(kernel, "tail", n=1)) == [code.assign("stored", 1)]
    for word in ("unstored", "silent_cell"):
        assert ask(kernel, "search", n=10, pattern=code.assign(word, 1)) == [], word


@case(MESSAGING, "History", "The kernel has all the actual execution history stored in a single location")
def a_cell_that_fails_is_in_the_history(kernel, code):
    kernel.run(code.fail("remembered failure"))
    assert inputs(ask(kernel, "tail", n=1)) == [code.fail("remembered failure")]


@case(MESSAGING, "History", "# If True, return the raw input history, else the transformed input.")
def the_raw_input_is_what_was_typed(kernel, code):
    source = f"{code.comment} 😀\n{code.assign('typed_so', 1)}\n"
    kernel.well(source)
    [found] = inputs(ask(kernel, "tail", n=1))
    assert found.rstrip("\n") == source.rstrip("\n"), found


@case(MESSAGING, "History", "# So far, this can be 'range', 'tail' or 'search'.")
def an_access_that_is_not_known_is_survived(kernel, code):
    for content in ({}, {"hist_access_type": "surely_unknown"}, {"hist_access_type": "tail", "n": "many"}):
        kernel.send("history_request", content)
    kernel.well(code.answer[0])
