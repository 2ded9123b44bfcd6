"""A long session: a thousand cells of many kinds, then five hundred widgets that are shown, used and closed. Prints what
the kernel's process holds, as one JSON object: `soak.py --kernel NAME`."""

import argparse
import json
import sys
import time

import psutil

from suite.client import of_kind
from suite.launcher import Kernel, Launcher

#: Seconds that one cell may take on a busy machine.
LIMIT = 60
#: With a pause after each: longer than the 30 s after which the library's threads end when they have nothing to do.
READINGS = 70

PREPARE = """
import { histogram, samples } from "voxbook";
import { FloatSlider, histogramOf, IntSlider, interactive, Label, slices, Text, VBox } from "voxbook/widgets";
const builtin = (process as any).getBuiltinModule;
builtin("node:v8").setFlagsFromString("--expose-gc");
const gc = builtin("node:vm").runInNewContext("gc");
// Also gives back what the engine keeps for new objects, up to 48 MiB that come and go.
const collect = () => gc({ type: "major", flavor: "last-resort", execution: "sync" });
const scan = await samples.electrode({ shape: [8, 24, 24] });
"""

#: Taken in turn; `{k}` is the cell's number.
CELLS = [
    "const a{k} = {k};\nfunction twice(x: number) {{ return 2 * x; }}\ntwice(a{k})",
    "for (let line = 0; line < 100; line++) console.log('line', line, 'of cell', {k});",
    "class Reading {{ constructor(readonly value: number) {{}} get half() {{ return this.value / 2; }} }}\nnew Reading({k})",
    "await new Promise((done) => setTimeout(done, 1));\nlet waited = {k};",
    "function broken(): never {{ throw new RangeError('cell {k}'); }}\nbroken();",
    "const wrong{k}: number = 'no number' as any as string;",
    "await display({{ cell: {k} }}, {{ displayId: 'one' }});\nawait display({{ cell: -{k} }}, {{ displayId: 'one', update: true }});",
    "let block = new Float64Array(2 ** 17).fill({k});\nblock.length",
    "const counts = await histogram(scan, {{ bins: 16 }});\ncounts",
    "setTimeout(() => console.log('late, of cell', {k}), 1);",
]

WIDGETS = [
    "new IntSlider({{ value: {k} % 100 }})",
    "new VBox({{ children: [new FloatSlider(), new Text({{ value: 'widget {k}' }}), new Label()] }})",
    "await histogramOf(scan)",
    "await slices(scan)",
    "interactive((n: number) => n * {k}, {{ n: [0, 10] }})",
]


class Session:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.process = psutil.Process(kernel.pid)
        self.run(PREPARE)

    def run(self, source: str, *, fails: bool = False):
        run = self.kernel.run(source, LIMIT)
        assert (run.content["status"] == "error") == fails, f"{source!r}: {run.content}"
        self.kernel.settle()
        return run

    def cell(self, k: int) -> None:
        source = CELLS[k % len(CELLS)].format(k=k)
        self.run(source, fails="broken()" in source)
        self.kernel.ask("complete_request", {"code": "Math.sq", "cursor_pos": 7}, limit=LIMIT)
        self.kernel.ask("inspect_request", {"code": "scan", "cursor_pos": 2, "detail_level": 0}, limit=LIMIT)

    def widget(self, k: int) -> None:
        """Shows a widget as a page would, asks each of its models for its state, and closes it."""
        source = WIDGETS[k % len(WIDGETS)].format(k=k)
        made = self.run(f"const widget = {source};\nawait display(widget);")
        for opened in of_kind(made.messages, "comm_open"):
            ident = opened["content"]["comm_id"]
            self.kernel.idle(self.kernel.send("comm_msg", {"comm_id": ident, "data": {"method": "request_state"}}))
        # What a reader puts into a box outlives the box.
        self.run("for (const child of (widget as any).children ?? []) child.close();\nwidget.close();")

    def comms(self) -> int:
        return len(self.kernel.ask("comm_info_request").content["comms"])

    def memory(self) -> int:
        """
        Bytes that stay after collections: the least of many readings. The language thread collects when it has gathered
        24 MiB and nobody has asked for 0.4 s; that many cells with pauses between them see it do so.
        """
        readings: list[int] = []
        for _ in range(READINGS):
            self.kernel.run("collect();", LIMIT, silent=True)
            time.sleep(0.6)
            readings.append(self.process.memory_info().rss)
        return min(readings)


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--widgets", type=int, default=500)
    options = parser.parse_args()
    launcher = Launcher(options.kernel)
    try:
        session = Session(launcher.kernel())
        cells = {}
        for k in range(1, options.cells + 1):
            session.cell(k)
            if k in (options.cells // 10, options.cells // 2, options.cells):
                cells[k] = session.memory()
        # The first few bring the library's modules in.
        for k in range(len(WIDGETS) * 4):
            session.widget(k)
        comms = session.comms()
        widgets = {0: session.memory()}
        for k in range(1, options.widgets + 1):
            session.widget(k)
            if k in (options.widgets // 2, options.widgets):
                widgets[k] = session.memory()
        report = {"cells": cells, "widgets": widgets, "comms": [comms, session.comms()]}
        print(json.dumps(report), flush=True)
    finally:
        launcher.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
