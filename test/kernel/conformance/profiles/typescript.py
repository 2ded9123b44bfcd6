"""TypeScript, as any kernel for it on Node runs it."""

from pathlib import Path

from .snippets import Snippets, quoted

#: (module (func (export "spin") (loop (br 0))))
WASM_LOOP = "0061736d0100000001040160000003020100070801047370696e00000a0901070003400c000b0b"


class TypeScript(Snippets):
    language = "typescript"
    complete = ("6 * 7", "const whole = { b: 2 };", "function f() { return 1 }")
    incomplete = ("function f() {", "const open = [1,", "if (true) {\n  6 * 7")
    invalid = ("const = 3", "1 +* 2")
    completion = ("", "Math.sq", "Math.sqrt")
    inspection = ("", "Math.sqrt", "number")
    error_name = "RangeError"
    broken = "const = 3"
    comment = "// nothing"

    def assign(self, name: str, value: object) -> str:
        return f"let {name} = {quoted(value)};"

    def repeated(self, name: str, times: int) -> str:
        return f"{name}.repeat({times})"

    def item(self, name: str, key: str) -> str:
        return f"{name}[{quoted(key)}]"

    def show(self, text: str) -> str:
        return f"console.log({quoted(text)});"

    def write(self, text: str) -> str:
        return f"void process.stdout.write({quoted(text)});"

    def warn(self, text: str) -> str:
        return f"console.error({quoted(text)});"

    def show_value(self, expression: str) -> str:
        return f"console.log({expression});"

    def count_to(self, lines: int) -> str:
        return f"for (let line = 0; line < {lines}; line++) console.log(line);"

    def fail(self, message: str) -> str:
        return f"throw new RangeError({quoted(message)});"

    def fail_oddly(self) -> str:
        return "throw { get message(): string { throw new Error('none') }, toString() { throw new Error('none') } };"

    def leave(self) -> str:
        return "process.exit(0);"

    def sleep(self, milliseconds: int) -> str:
        return f"await new Promise((done) => setTimeout(done, {milliseconds}));"

    def await_forever(self, marker: Path) -> str:
        return f"{self.touch(marker)}\nawait new Promise(() => {{}});"

    def later(self, milliseconds: int, statement: str) -> str:
        return f"void setTimeout(() => {{ {statement} }}, {milliseconds});"

    def later_in_promise(self, milliseconds: int, statement: str) -> str:
        return f"void (async () => {{ {self.sleep(milliseconds)} {statement} }})();"

    def later_on_message(self, milliseconds: int, statement: str) -> str:
        program = f"setTimeout(() => require('node:worker_threads').parentPort.postMessage(1), {milliseconds})"
        return (
            'import { Worker } from "node:worker_threads";\n'
            f"void new Worker({quoted(program)}, {{ eval: true }}).on('message', () => {{ {statement} }});"
        )

    def later_in_thread(self, milliseconds: int, text: str) -> str:
        program = f"setTimeout(() => console.log({quoted(text)}), {milliseconds})"
        return (
            'import { Worker } from "node:worker_threads";\n'
            f"const thread = new Worker({quoted(program)}, {{ eval: true }});"
        )

    def touch(self, marker: Path) -> str:
        # No import, so that it can stand inside a function.
        return f'(process as any).getBuiltinModule("node:fs").writeFileSync({quoted(str(marker))}, "");'

    def spin(self, marker: Path) -> str:
        return f"{self.touch(marker)}\nwhile (true) {{}}"

    def spin_after_await(self, marker: Path) -> str:
        return self.lines(self.sleep(20), self.spin(marker))

    def spin_in_timer(self, marker: Path) -> str:
        return self.later(100, self.spin(marker))

    def spin_in_wasm(self, marker: Path) -> str:
        return self.lines(
            f'const bytes = Buffer.from("{WASM_LOOP}", "hex");',
            "const { Instance, Module } = (globalThis as any).WebAssembly;",
            "const { spin } = new Instance(new Module(bytes)).exports;",
            self.touch(marker),
            "spin();",
        )

    def spin_counting(self, name: str, marker: Path) -> str:
        return f"{self.touch(marker)}\nwhile (true) {name}++;"

    def show_and_spin(self, text: str, marker: Path) -> str:
        return self.lines(self.show(text), self.spin(marker))

    def await_threads(self, marker: Path) -> str:
        return self.lines(
            'import { Worker } from "node:worker_threads";',
            'const spinning = new Worker("while (true) {}", { eval: true });',
            self.touch(marker),
            "await new Promise((done) => spinning.on('exit', done));",
        )
