"""Python on ipykernel, with ipywidgets: the reference."""

from pathlib import Path

from suite.case import NotApplicable

from .snippets import Snippets, quoted


def python(value: object) -> str:
    """A Python literal; `quoted` would write true, false and null."""
    return repr(value)


class Ipykernel(Snippets):
    language = "python"
    complete = ("6 * 7", "whole = {'b': 2}", "def f(): return 1\n")
    incomplete = ("def f():", "opened = [1,", "if True:\n  6 * 7")
    invalid = ("6 = 7", "1 +* 2")
    completion = ("import math", "math.sq", "math.sqrt")
    inspection = ("import math", "math.sqrt", "square root")
    error_name = "ValueError"
    broken = "6 = 7"
    comment = "# nothing"

    def assign(self, name: str, value: object) -> str:
        return f"{name} = {python(value)}"

    def repeated(self, name: str, times: int) -> str:
        return f"{name} * {times}"

    def item(self, name: str, key: str) -> str:
        return f"{name}[{key!r}]"

    def show(self, text: str) -> str:
        return f"print({quoted(text)}, flush=True)"

    def write(self, text: str) -> str:
        return f"print({quoted(text)}, end='')"

    def warn(self, text: str) -> str:
        return f"print({quoted(text)}, file=__import__('sys').stderr)"

    def show_value(self, expression: str) -> str:
        return f"print({expression})"

    def count_to(self, lines: int) -> str:
        return f"for line in range({lines}):\n    print(line)"

    def display(self, data: dict) -> str:
        return f"__import__('IPython').display.display({python(data)}, raw=True)"

    def display_bytes(self, mime: str, data: bytes) -> str:
        shown = f"type('Picture', (), {{'_repr_mimebundle_': lambda self, **_: {{{mime!r}: {data!r}}}}})()"
        return f"from IPython.display import display\ndisplay({shown})"

    def display_named(self, name: str, text: str) -> str:
        return f"from IPython.display import display, update_display\ndisplay({text!r}, display_id={name!r});"

    def update_named(self, name: str, text: str) -> str:
        return f"from IPython.display import update_display\nupdate_display({text!r}, display_id={name!r})"

    def clear(self, wait: bool) -> str:
        return f"from IPython.display import clear_output\nclear_output(wait={wait})"

    def fail(self, message: str) -> str:
        return f"raise ValueError({message!r})"

    def fail_oddly(self) -> str:
        return (
            "class Odd(Exception):\n"
            "    def __str__(self): raise ValueError('no text')\n"
            "    def __repr__(self): raise ValueError('no text')\n"
            "raise Odd()"
        )

    def leave(self) -> str:
        return "__import__('sys').exit(0)"

    def sleep(self, milliseconds: int) -> str:
        return f"import asyncio\nawait asyncio.sleep({milliseconds / 1000})"

    def await_forever(self, marker: Path) -> str:
        return self.lines("import asyncio", self.touch(marker), "await asyncio.sleep(3600)")

    def later(self, milliseconds: int, statement: str) -> str:
        body = statement.replace("\n", "\n    ")
        return (
            f"import asyncio\ndef late():\n    {body}\n"
            f"_timer = asyncio.get_running_loop().call_later({milliseconds / 1000}, late)"
        )

    def later_in_promise(self, milliseconds: int, statement: str) -> str:
        return (
            f"import asyncio\nasync def late():\n    await asyncio.sleep({milliseconds / 1000})\n    {statement}\n"
            "_task = asyncio.create_task(late())"
        )

    def later_on_message(self, milliseconds: int, statement: str) -> str:
        return (
            f"import asyncio, threading, time\n_loop = asyncio.get_running_loop()\ndef late():\n    {statement}\n"
            f"def send():\n    time.sleep({milliseconds / 1000})\n    _loop.call_soon_threadsafe(late)\n"
            "threading.Thread(target=send).start()"
        )

    def later_in_thread(self, milliseconds: int, text: str) -> str:
        return (
            f"import threading, time\ndef late():\n    time.sleep({milliseconds / 1000})\n    {self.show(text)}\n"
            "threading.Thread(target=late).start()"
        )

    def touch(self, marker: Path) -> str:
        return f"open({str(marker)!r}, 'w').close()"

    def spin(self, marker: Path) -> str:
        return f"{self.touch(marker)}\nwhile True: pass"

    def spin_after_await(self, marker: Path) -> str:
        return self.lines(self.sleep(20), self.spin(marker))

    def spin_in_timer(self, marker: Path) -> str:
        return self.later(100, self.spin(marker))

    def spin_in_wasm(self, marker: Path) -> str:
        raise NotApplicable("Python has no WebAssembly of its own")

    def spin_counting(self, name: str, marker: Path) -> str:
        return f"{self.touch(marker)}\nwhile True: {name} += 1"

    def show_and_spin(self, text: str, marker: Path) -> str:
        return self.lines(f"print({text!r})", self.spin(marker))

    def await_threads(self, marker: Path) -> str:
        return self.lines(
            "import asyncio, threading", self.touch(marker), "await asyncio.to_thread(threading.Event().wait, 30)"
        )

    def ask(self, name: str, prompt: str, password: bool = False) -> str:
        if password:
            return f"import getpass\n{name} = getpass.getpass({prompt!r})"
        return f"{name} = input({prompt!r})"

    def on_open(self, target: str, statement: str = "pass") -> str:
        body = (statement or "pass").replace("\n", "\n    ")
        return (
            f"def opened(comm, message):\n    data = message['content']['data']\n    {body}\n"
            f"get_ipython().kernel.comm_manager.register_target({target!r}, opened)"
        )

    def on_message(self, target: str, statement: str) -> str:
        return self.handler(target, "on_msg", statement)

    def on_close(self, target: str, statement: str) -> str:
        return self.handler(target, "on_close", statement)

    def handler(self, target: str, event: str, statement: str) -> str:
        body = statement.replace("\n", "\n    ")
        inner = f"def handle(message):\n    data = message['content']['data']\n    {body}\ncomm.{event}(handle)"
        return self.on_open(target, inner)

    def echo(self, target: str) -> str:
        reply = "comm.send(m['content']['data'], metadata=m['metadata'], buffers=m['buffers'])"
        return self.on_open(target, f"comm.on_msg(lambda m: {reply})")

    def open_comm(self, name: str, target: str, data: dict, metadata: dict, buffer: bytes) -> str:
        extras = f"metadata={python(metadata)}, buffers=[{buffer!r}]"
        return (
            f"from comm import create_comm\n{name} = create_comm(target_name={target!r}, data={python(data)}, {extras})"
        )

    def open_and_listen(self, name: str, target: str, statement: str) -> str:
        body = statement.replace("\n", "\n    ")
        opened = f"from comm import create_comm\n{name} = create_comm(target_name={target!r}, data={{}})"
        return (
            f"{opened}\ndef handle(message):\n    data = message['content']['data']\n    {body}\n{name}.on_msg(handle)"
        )

    def send_comm(self, name: str, data: dict) -> str:
        return f"{name}.send({python(data)})"

    def send_sevens(self, name: str, count: int) -> str:
        return f"{name}.send({{}}, buffers=[bytes([7]) * {count}])"

    def close_comm(self, name: str, data: dict) -> str:
        return f"{name}.close({python(data)})"

    widget_change = ({"value": 5}, {"value": 3})

    def widget(self, name: str) -> str:
        return f"from ipywidgets import IntSlider\n{name} = IntSlider(value=3)"

    def show_widget(self, name: str) -> str:
        return f"from IPython.display import display\ndisplay({name})"

    def close_widget(self, name: str) -> str:
        return f"{name}.close()"
