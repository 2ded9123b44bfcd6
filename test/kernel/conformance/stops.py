"""Stop, again and again: how long it takes wherever the code is, and what is left afterwards. Prints one line of JSON a
kind: `stops.py --kernel NAME --times 50`."""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from profiles.voxbook import Voxbook
from suite.client import Silence, text
from suite.launcher import Kernel, Launcher

code = Voxbook()

#: Seconds after which a stop counts as failed.
LIMIT = 20
#: A file of a package: nothing of it is compiled by the kernel.
PACKAGE = "export function spin() { for (;;); }\n"


@dataclass
class Kind:
    name: str
    #: Milliseconds from the interrupt to the end of what was stopped.
    times: list[float] = field(default_factory=list)
    #: Milliseconds from then on to the end of the next cell.
    after: list[float] = field(default_factory=list)
    #: How often the variables were there as they had been.
    kept: int = 0
    failures: list[str] = field(default_factory=list)


def spin_in_package(marker: Path) -> str:
    return code.lines('import { spin } from "endless";', code.touch(marker), "spin();")


def spin_in_expression(marker: Path) -> str:
    return code.lines(code.touch(marker), '/^(a+)+$/.test("a".repeat(60) + "b");')


def cell(source: Callable[[Path], str]) -> Callable[[Kernel], Callable[[], None]]:
    """Starts a cell that does not end; returns what waits for its end."""

    def start(kernel: Kernel) -> Callable[[], None]:
        marker = kernel.marker()
        ident = kernel.spin(source(marker), marker)

        def ended() -> None:
            status = kernel.finish(ident, LIMIT).content
            assert (status["status"], status.get("ename")) == ("error", "Interrupted"), status

        return ended

    return start


def timer(kernel: Kernel) -> Callable[[], None]:
    marker = kernel.marker()
    # The timer may be quicker than the type check of the cell that sets it.
    ident = kernel.spin(code.spin_in_timer(marker), marker)

    def ended() -> None:
        kernel.finish(ident, LIMIT)
        # What has no reply of its own is over when the next cell has one.
        kernel.reply(kernel.execute(""), limit=LIMIT)

    return ended


def handler(kernel: Kernel) -> Callable[[], None]:
    marker = kernel.marker()
    target = f"spin-{marker.name}"
    kernel.well(code.on_message(target, code.spin(marker)))
    kernel.idle(kernel.send("comm_open", {"comm_id": target, "target_name": target, "data": {}}))
    ident = kernel.send("comm_msg", {"comm_id": target, "data": {}})
    kernel.await_marker(marker)
    return lambda: kernel.idle(ident, LIMIT)


STARTS: dict[str, Callable[[Kernel], Callable[[], None]]] = {
    "synchronous loop": cell(code.spin),
    "loop after an await": cell(code.spin_after_await),
    "loop in a timer": timer,
    "loop in a comm handler": handler,
    "pending await": cell(code.await_forever),
    "loop in WebAssembly": cell(code.spin_in_wasm),
    "work of the pool": cell(code.await_threads),
    "loop of a package": cell(spin_in_package),
    "regular expression": cell(spin_in_expression),
}


def stop(kernel: Kernel, kind: Kind, start: Callable[[Kernel], Callable[[], None]], presses: int = 1) -> None:
    value = random.randrange(10**9)
    kernel.settle()
    kernel.well(f"kept = {value};")
    ended = start(kernel)
    begin = time.perf_counter()
    for _ in range(presses):
        kernel.interrupt()
    ended()
    end = time.perf_counter()
    kind.times.append(round(1000 * (end - begin), 2))
    run = kernel.run(code.show_value("kept"))
    kind.after.append(round(1000 * (time.perf_counter() - end), 2))
    kind.kept += text(run.messages) == f"{value}\n"


def prepared(launcher: Launcher) -> Kernel:
    """A kernel whose compiler has read the types that all cells here need."""
    kernel = launcher.kernel()
    kernel.well(code.lines("let kept = 0;", code.touch(kernel.marker())))
    return kernel


def series(launcher: Launcher, name: str, starts: list[Callable], presses: int = 1) -> Kind:
    """One kernel for all stops of a kind: each comes right after the last."""
    kind = Kind(name)
    kernel = prepared(launcher)
    for start in starts:
        try:
            stop(kernel, kind, start, presses)
        except (AssertionError, Silence) as problem:
            kind.failures.append(f"{type(problem).__name__}: {problem} {launcher.new_errors()[-400:]}"[:800])
            kernel.kill()
            kernel = prepared(launcher)
    launcher.kill_all()
    return kind


def main() -> int:
    parser = argparse.ArgumentParser(prog="stops", description=__doc__)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args()
    random.seed(1)
    launcher = Launcher(options.kernel)
    package = launcher.cwd / "node_modules/endless"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{ "name": "endless", "type": "module", "exports": "./index.js" }')
    (package / "index.js").write_text(PACKAGE)
    mixed = random.choices(list(STARTS.values()), k=options.times)
    failed = False
    try:
        for name, starts, presses in [
            *((name, [start] * options.times, 1) for name, start in STARTS.items()),
            ("any of these after any other", mixed, 1),
            ("any of these, three stops at once", mixed, 3),
        ]:
            kind = series(launcher, name, starts, presses)
            failed = failed or bool(kind.failures)
            print(json.dumps(asdict(kind)), flush=True)
    finally:
        launcher.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
