"""The kernel of this package."""

from pathlib import Path

from .snippets import quoted
from .typescript import TypeScript

COMMS = '(globalThis as any)[Symbol.for("voxbook.kernel")].comms'


class Voxbook(TypeScript):
    def display(self, data: dict) -> str:
        return f'await display({{ [Symbol.for("Jupyter.display")]: () => ({quoted(data)}) }});'

    def display_bytes(self, mime: str, data: bytes) -> str:
        bundle = f"{{ {quoted(mime)}: new Uint8Array({list(data)}) }}"
        return f'await display({{ [Symbol.for("Jupyter.display")]: () => ({bundle}) }});'

    def display_named(self, name: str, text: str) -> str:
        return f"await display({quoted(text)}, {{ displayId: {quoted(name)} }});"

    def update_named(self, name: str, text: str) -> str:
        return f"await display({quoted(text)}, {{ displayId: {quoted(name)}, update: true }});"

    def clear(self, wait: bool) -> str:
        return f"clearOutput({quoted(wait)});"

    def await_threads(self, marker: Path) -> str:
        # The library's own pool: hours of work on every core.
        return self.lines(
            'import { median, samples } from "voxbook";',
            "const scan = await samples.electrode({ shape: [96, 96, 96] });",
            self.touch(marker),
            "await median(scan, { radius: 30 });",
        )

    def ask(self, name: str, prompt: str, password: bool = False) -> str:
        options = ", { password: true }" if password else ""
        return f"const {name} = await input({quoted(prompt)}{options});"

    def on_open(self, target: str, statement: str = "") -> str:
        return f"{COMMS}.onOpen({quoted(target)}, (comm: any, {{ data }}: any) => {{ {statement} }});"

    def on_message(self, target: str, statement: str) -> str:
        return self.on_open(target, f"comm.onMessage(({{ data }}: any) => {{ {statement} }});")

    def on_close(self, target: str, statement: str) -> str:
        return self.on_open(target, f"comm.onClose(({{ data }}: any) => {{ {statement} }});")

    def echo(self, target: str) -> str:
        reply = "comm.send(message.data, { metadata: message.metadata, buffers: message.buffers })"
        return self.on_open(target, f"comm.onMessage((message: any) => {reply});")

    def open_comm(self, name: str, target: str, data: dict, metadata: dict, buffer: bytes) -> str:
        extras = f"{{ metadata: {quoted(metadata)}, buffers: [new Uint8Array({list(buffer)})] }}"
        return f"const {name} = {COMMS}.open({quoted(target)}, {quoted(data)}, {extras});"

    def open_and_listen(self, name: str, target: str, statement: str) -> str:
        listening = f"{name}.onMessage(({{ data }}: any) => {{ {statement} }});"
        return f"const {name} = {COMMS}.open({quoted(target)}, {{}});\n{listening}"

    def send_comm(self, name: str, data: dict) -> str:
        return f"{name}.send({quoted(data)});"

    def send_sevens(self, name: str, count: int) -> str:
        return f"{name}.send({{}}, {{ buffers: [new Uint8Array({count}).fill(7)] }});"

    def close_comm(self, name: str, data: dict) -> str:
        return f"{name}.close({quoted(data)});"

    widget_change = ({"scale": "linear"}, {"scale": "log"})

    def widget(self, name: str) -> str:
        return self.lines(
            'import { samples } from "voxbook";',
            'import { histogramOf } from "voxbook/widgets";',
            f"const {name} = await histogramOf(await samples.electrode({{ shape: [16, 16, 16] }}));",
            "null",
        )

    def show_widget(self, name: str) -> str:
        return f"await display({name});"

    def close_widget(self, name: str) -> str:
        return f"{name}.close();"
