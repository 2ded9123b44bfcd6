"""What a case needs of a kernel's language. A profile writes each snippet; what it leaves out the kernel does not
offer. Every method returns source text of whole statements, unless it says expression. `marker` is a file that the
snippet makes when it is about to do what its name says, so that a case need not guess when that is."""

import json
from pathlib import Path

from suite.case import Lacks


def quoted(value: object) -> str:
    """A literal that TypeScript and Python read alike: text, numbers, lists and dicts of them."""
    return json.dumps(value, ensure_ascii=False)


class Snippets:
    #: `language` of the kernelspec, lower case.
    language: str
    #: Expression and the text of its value.
    answer = ("6 * 7", "42")
    #: Whole code, code that wants more lines, code that no further line makes whole.
    complete: tuple[str, ...]
    incomplete: tuple[str, ...]
    invalid: tuple[str, ...]
    #: Run first, then what is typed, and what one of the completions makes of it.
    completion: tuple[str, str, str]
    #: Code with one name in it, and a word that its description has to contain.
    inspection: tuple[str, str, str]
    #: Name of the error that `fail` raises, as `ename` gives it.
    error_name: str
    #: Text that is no code of the language.
    broken: str
    #: Seconds for which the kernel aborts all cells after an error; cases about other things begin after that time.
    aborts_for = 0.0
    #: A line that does nothing.
    comment: str

    @staticmethod
    def lines(*statements: str) -> str:
        return "\n".join(statements)

    # Values

    def assign(self, name: str, value: object) -> str:
        raise Lacks("no variables")

    def repeated(self, name: str, times: int) -> str:
        """Expression: the text in a variable, so many times over."""
        raise Lacks("no text")

    def item(self, name: str, key: str) -> str:
        """Expression: the value under a key of a dict, or a property."""
        raise Lacks("no dicts")

    # Output

    def show(self, text: str) -> str:
        """Prints a line to stdout."""
        raise Lacks("no stdout")

    def write(self, text: str) -> str:
        """Writes text to stdout as it is."""
        raise Lacks("no stdout")

    def warn(self, text: str) -> str:
        """Prints a line to stderr."""
        raise Lacks("no stderr")

    def show_value(self, expression: str) -> str:
        """Prints the value of an expression and a line break."""
        raise Lacks("no stdout")

    def count_to(self, lines: int) -> str:
        """Prints the numbers 0, 1, … one a line, each by a print of its own."""
        raise Lacks("no loops")

    def display(self, data: dict) -> str:
        """Displays a MIME bundle."""
        raise Lacks("no rich display")

    def display_bytes(self, mime: str, data: bytes) -> str:
        raise Lacks("no display of bytes")

    def display_named(self, name: str, text: str) -> str:
        """Displays text so that `update_named(name, …)` can change it."""
        raise Lacks("no displays with an id")

    def update_named(self, name: str, text: str) -> str:
        raise Lacks("no updates of displays")

    def clear(self, wait: bool) -> str:
        raise Lacks("no clear_output")

    # Errors

    def fail(self, message: str) -> str:
        """Raises an error of the name `error_name`."""
        raise Lacks("no errors")

    def fail_oddly(self) -> str:
        """Raises something whose own description raises."""
        raise Lacks("no errors")

    def leave(self) -> str:
        """Calls what ends a program of the language."""
        raise Lacks("no way to end a program")

    # Time

    def sleep(self, milliseconds: int) -> str:
        """Awaits, while the kernel's event loop turns."""
        raise Lacks("no await")

    def await_forever(self, marker: Path) -> str:
        raise Lacks("no await")

    def later(self, milliseconds: int, statement: str) -> str:
        """By a timer, after the cell has ended. Not for names that the statement assigns."""
        raise Lacks("no timers")

    def later_in_promise(self, milliseconds: int, statement: str) -> str:
        """In code after an await that no cell waits for."""
        raise Lacks("no promises")

    def later_on_message(self, milliseconds: int, statement: str) -> str:
        """When a message comes from a thread."""
        raise Lacks("no threads")

    def later_in_thread(self, milliseconds: int, text: str) -> str:
        """Printed by a thread itself."""
        raise Lacks("no threads")

    # Busy code

    def touch(self, marker: Path) -> str:
        raise Lacks("no files")

    def spin(self, marker: Path) -> str:
        raise Lacks("no loops")

    def spin_after_await(self, marker: Path) -> str:
        raise Lacks("no await")

    def spin_in_timer(self, marker: Path) -> str:
        """The cell ends; its timer does not."""
        raise Lacks("no timers")

    def spin_in_wasm(self, marker: Path) -> str:
        raise Lacks("no WebAssembly")

    def spin_counting(self, name: str, marker: Path) -> str:
        """Counts a variable up for ever."""
        raise Lacks("no loops")

    def show_and_spin(self, text: str, marker: Path) -> str:
        raise Lacks("no loops")

    def await_threads(self, marker: Path) -> str:
        """Awaits work in other threads that does not end."""
        raise Lacks("no threads")

    # Input

    def ask(self, name: str, prompt: str, password: bool = False) -> str:
        """Assigns what the reader types."""
        raise Lacks("no way to ask the reader")

    # Comms

    def on_open(self, target: str, statement: str = "") -> str:
        """Registers a target; `statement` runs for each comm that the page opens, with `comm` and `data`."""
        raise Lacks("no comms")

    def on_message(self, target: str, statement: str) -> str:
        """Registers a target; `statement` runs for each message, with `comm` and `data`."""
        raise Lacks("no comms")

    def on_close(self, target: str, statement: str) -> str:
        """Registers a target; `statement` runs when the page closes a comm."""
        raise Lacks("no comms")

    def echo(self, target: str) -> str:
        """Registers a target whose comms send data, metadata and buffers of each message back."""
        raise Lacks("no comms")

    def open_comm(self, name: str, target: str, data: dict, metadata: dict, buffer: bytes) -> str:
        raise Lacks("no comms")

    def open_and_listen(self, name: str, target: str, statement: str) -> str:
        """Opens a comm and runs `statement` for each message of the page."""
        raise Lacks("no comms")

    def send_comm(self, name: str, data: dict) -> str:
        raise Lacks("no comms")

    def send_sevens(self, name: str, count: int) -> str:
        """Sends a buffer of `count` bytes, each 7."""
        raise Lacks("no comms")

    def close_comm(self, name: str, data: dict) -> str:
        raise Lacks("no comms")

    # Widgets

    #: What a page may change of the widget's state, and what it is before.
    widget_change: tuple[dict, dict]

    def widget(self, name: str) -> str:
        """Makes a widget, without showing it."""
        raise Lacks("no widgets")

    def show_widget(self, name: str) -> str:
        raise Lacks("no widgets")

    def close_widget(self, name: str) -> str:
        raise Lacks("no widgets")
