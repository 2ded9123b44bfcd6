"""Output that comes after its cell has ended, and while others run: it names the cell that caused it."""

from collections.abc import Callable

from suite.case import MESSAGING, group
from suite.client import Message, Silence, cause, kind, of_kind, only, text

case = group("late output")

PARENT = (
    "Parent header",
    "This parent is used by clients to route message handling to the right place, such as outputs to a cell.",
)
CAVEAT = (
    "Kernel status",
    "the Jupyter Notebook continues to handle IOPub messages associated with a given request after the idle message "
    "has arrived,",
)


def belongs(kernel, code, late: Callable[[int], str], told: Callable[[Message], bool]) -> None:
    """Runs a cell that puts something out after so many milliseconds, then two others: it has to name the first."""
    kernel.well(code.assign("warm", 1))
    for delay in (500, 2000, 8000):
        kernel.settle()
        run = kernel.well(late(delay))
        kernel.well(code.show("another cell"))
        kernel.well(code.assign("another", 1))
        if not any(told(message) for message in kernel.log["iopub"]):
            break
        # It came before the other cells had run: a slow machine, which proves nothing.
    message = kernel.until("iopub", told, "late output", 15)
    assert cause(message) == run.ident, "the output names another cell"


def saying(words: str) -> Callable[[Message], bool]:
    return lambda message: kind(message) == "stream" and words in message["content"]["text"]


@case(MESSAGING, *PARENT)
def output_of_a_timer_belongs_to_its_cell(kernel, code):
    belongs(kernel, code, lambda delay: code.later(delay, code.show("by a timer")), saying("by a timer"))


@case(MESSAGING, *PARENT)
def output_behind_a_forgotten_promise_belongs_to_its_cell(kernel, code):
    belongs(kernel, code, lambda delay: code.later_in_promise(delay, code.show("by a promise")), saying("by a promise"))


@case(MESSAGING, *PARENT)
def output_on_the_message_of_a_thread_belongs_to_its_cell(kernel, code):
    belongs(kernel, code, lambda delay: code.later_on_message(delay, code.show("on a message")), saying("on a message"))


@case(MESSAGING, *PARENT)
def output_of_a_thread_itself_belongs_to_its_cell(kernel, code):
    belongs(kernel, code, lambda delay: code.later_in_thread(delay, "by a thread"), saying("by a thread"))


@case(MESSAGING, *PARENT)
def errors_printed_late_belong_to_their_cell(kernel, code):
    belongs(kernel, code, lambda delay: code.later(delay, code.warn("late warning")), saying("late warning"))


@case(MESSAGING, *PARENT)
def a_late_display_belongs_to_its_cell(kernel, code):
    shown = code.display({"text/html": "<b>late</b>"})
    belongs(kernel, code, lambda delay: code.later_in_promise(delay, shown), lambda m: kind(m) == "display_data")


@case(
    MESSAGING,
    "Execution errors",
    "When an error occurs during code execution",
    beyond="the specification leaves open what becomes of an error that no cell waits for; silence would hide it",
)
def an_error_in_a_timer_is_told_in_its_cell_and_survived(kernel, code):
    def told(message: Message) -> bool:
        return kind(message) in ("error", "stream") and "late failure" in str(message["content"])

    belongs(kernel, code, lambda delay: code.later(delay, code.fail("late failure")), told)
    kernel.recovered(code.answer[0])


@case(MESSAGING, *CAVEAT)
def late_output_comes_while_nothing_runs(kernel, code):
    run = kernel.well(code.later(300, code.show("into the silence")))
    assert cause(kernel.said("into the silence")) == run.ident
    states = [message["content"]["execution_state"] for message in of_kind(kernel.published(run.ident), "status")]
    assert states == ["busy", "idle"], states


@case(MESSAGING, *PARENT)
def late_output_comes_while_another_cell_runs(kernel, code):
    first = kernel.well(code.later(300, code.show("from the first")))
    second = kernel.well(code.lines(code.show("from the second"), code.sleep(800), code.show("its end")))
    kernel.said("from the first")
    assert text(kernel.published(first.ident)) == "from the first\n"
    assert text(kernel.published(second.ident)) == "from the second\nits end\n"


@case(MESSAGING, *PARENT)
def late_output_of_three_cells_does_not_mix(kernel, code):
    runs = [
        kernel.well(code.lines(*(code.later(400 + 40 * n, code.show(f"{cell}-{n}")) for n in range(4))))
        for cell in "abc"
    ]
    for cell in "abc":
        kernel.said(f"{cell}-3")
    said = [text(kernel.published(run.ident)) for run in runs]
    assert said == ["".join(f"{cell}-{n}\n" for n in range(4)) for cell in "abc"], said


@case(
    MESSAGING,
    "Output Side Effects",
    "Since comm messages can execute arbitrary user code, handlers should set the parent header",
)
def a_message_that_a_comm_handler_sends_names_the_message_it_answers(kernel, code):
    kernel.well(code.echo("late-echo"))
    kernel.send("comm_open", {"comm_id": "late-1", "target_name": "late-echo", "data": {}})
    idents = [kernel.send("comm_msg", {"comm_id": "late-1", "data": {"n": n}}) for n in range(3)]
    for ident in idents:
        kernel.idle(ident)
    answers = {m["content"]["data"]["n"]: cause(m) for m in of_kind(kernel.log["iopub"], "comm_msg")}
    assert answers == dict(enumerate(idents)), "an answer names another request"


@case(
    MESSAGING,
    "Parent header",
    "such as outputs to a cell.",
    beyond="by the letter the parent is the comm message, which no cell shows; people look for the output of a "
    "widget's callback at the cell that made it",
)
def output_of_a_comm_handler_belongs_to_the_cell_that_made_it(kernel, code):
    run = kernel.well(code.open_and_listen("late_print", "late-print", code.show("by a handler")))
    comm_id = only(run.messages, "comm_open")["content"]["comm_id"]
    kernel.well(code.show("another cell"))
    kernel.send("comm_msg", {"comm_id": comm_id, "data": {}})
    assert cause(kernel.said("by a handler")) == run.ident, "the output names another request"


@case(
    MESSAGING,
    "Output Side Effects",
    "publish status busy / idle, just like an execute request.",
)
def output_of_a_comm_handler_comes_before_the_idle_of_its_message(kernel, code):
    kernel.well(code.on_message("late-order", code.show("ordered")))
    kernel.idle(kernel.send("comm_open", {"comm_id": "late-3", "target_name": "late-order", "data": {}}))
    ident = kernel.send("comm_msg", {"comm_id": "late-3", "data": {}})
    kernel.idle(ident)
    log = kernel.log["iopub"]
    idle = next(k for k, m in enumerate(log) if cause(m) == ident and m["content"].get("execution_state") == "idle")
    assert "ordered" in text(log[:idle]), "it came later, or not at all"


@case(MESSAGING, *PARENT)
def a_silent_cell_is_no_place_for_output_of_the_cell_before(kernel, code):
    run = kernel.well(code.later(400, code.show("not of the silent cell")))
    silent = kernel.well(code.assign("silently", 1), silent=True, store_history=False)
    message = kernel.said("not of the silent cell")
    assert cause(message) == run.ident and not [m for m in kernel.published(silent.ident) if kind(m) == "stream"]


@case(MESSAGING, *CAVEAT)
def late_output_is_gathered_as_carefully_as_any(kernel, code):
    run = kernel.well(code.later(200, code.count_to(5000)))
    try:
        kernel.said("4999\n")
    except Silence:
        lines = text(kernel.published(run.ident)).count("\n")
        raise AssertionError(f"{lines} of 5000 lines arrived") from None
    assert text(kernel.published(run.ident)) == "".join(f"{n}\n" for n in range(5000))
