/** Random programs: one cell, one cell a statement, and a plain function must all give the same values. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { install, newHalt } from "#kernel/threads/halt.js";
import { Cells } from "../support/cells.js";

/** Writes a program as a tape of numbers decides; every value in it is a number. */
class Writer {
  readonly statements: string[] = [];
  private readonly values: string[] = [];
  private readonly writable: string[] = [];
  private readonly functions: string[] = [];
  private at = 0;
  private names = 0;

  constructor(private readonly tape: readonly number[]) {
    this.add(`let ${this.fresh("let")} = 3, ${this.fresh("let")} = 5;`);
    this.add(`var ${this.fresh("var")} = 7; const ${this.fresh("const")} = 11;`);
  }

  private next(below: number): number {
    return (this.tape[this.at++ % this.tape.length] ?? 0) % below;
  }

  private fresh(kind: "let" | "const" | "var"): string {
    const name = `n${this.names++}`;
    this.values.push(name);
    if (kind !== "const") this.writable.push(name);
    return name;
  }

  private value = (): string => this.values[this.next(this.values.length)] ?? "";
  private target = (): string => this.writable[this.next(this.writable.length)] ?? "";

  private expression(depth = 0): string {
    const inner = (): string => this.expression(depth + 1);
    if (depth > 2) return this.value();
    switch (this.next(12)) {
      case 0:
        return String(this.next(100));
      case 1:
        return `(${inner()} + ${inner()}) % 1000`;
      case 2:
        return `(${inner()} > ${inner()} ? ${inner()} : ${this.value()})`;
      case 3:
        return `[1, 2].map((v) => v + ${this.value()}).reduce((${this.value()}, v) => v + ${this.value()})`;
      case 4:
        return `${this.functions[this.next(this.functions.length)] ?? "Math.abs"}(${inner()})`;
      case 5:
        return `(({ ${this.value()}: shorthand = 3 }) => shorthand)({ ${this.value()} })`;
      case 6:
        return `((x, y = x + ${this.value()}) => x * y % 97)(${inner()})`;
      case 7:
        return `\`\${${this.value()}}\`.length`;
      case 8:
        return `(typeof ${this.value()}).length`;
      case 9:
        return `({ a: ${inner()}, get b() { return this.a + ${this.value()}; } }).b`;
      case 10:
        return `(${this.target()} = ${inner()})`;
      default:
        return this.value();
    }
  }

  write(): void {
    const [a, b, c] = [this.value(), this.target(), this.target()];
    const e = this.expression();
    switch (this.next(20)) {
      case 0:
        return this.declare("let", (n) => `let ${n} = ${e};`);
      case 1:
        return this.declare("const", (n) => `const ${n} = ${e};`);
      case 2:
        return this.declare("var", (n) => `var ${n} = ${e}, ${this.fresh("var")} = ${e};`);
      case 3:
        return this.add(`${b} += ${e}; ${c}++;`);
      case 4:
        return this.add(`[${b}, ${c} = ${a}] = [${e}];`);
      case 5:
        return this.add(`({ p: ${b}, q: [${c} = ${e}] } = { p: ${a}, q: [] });`);
      case 6:
        return this.declare(
          "const",
          (n) => `const { p: ${n}, q: [${this.fresh("const")} = ${n}] } = { p: ${e}, q: [] };`,
        );
      case 7:
        return this.callable(
          (f) => `function ${f}(${a}) { let own = ${a} % 50; ${b === a ? "" : `${b} = own;`} return own + ${c}; }`,
        );
      case 8:
        return this.callable((f) => `const ${f} = (x) => { ${b} = (x + ${c}) % 100; return ${b}; };`);
      case 9:
        return this.add(`for (let i = 0; i < 3; i++) ${b} = (${b} + i * ${a}) % 1000;`);
      case 10:
        return this.declare(
          "var",
          (n) => `for (var ${n} = 0; ${n} < 3; ${n}++) { ${b} += ${n}; if (${n} > 5) break; }`,
        );
      case 11:
        return this.add(`for (${b} of [1, 2, ${a}]) { if (${b} === 2) continue; ${c} = ${b}; }`);
      case 12:
        return this.add(`{ const ${a} = 5; let shadow = ${a}; ${b === a ? "" : `${b} = shadow;`} }`);
      case 13:
        return this.add(
          `try { throw ${e}; } catch (${a}) { let k = ${a}; ${b === a ? "" : `${b} = k % 100;`} } finally { ${c === a ? "" : `${c} += 1;`} }`,
        );
      case 14:
        return this.callable((f) => {
          const name = `C${this.names++}`;
          return `class ${name} { static s = ${a}; f = ${a}; #p = 1; m(x) { return x % 10 + this.f + ${name}.s + this.#p; } } function ${f}(x) { return new ${name}().m(x); }`;
        });
      case 15:
        return this.callable(
          (f) =>
            `function* g${f}() { yield ${a}; yield* [1, ${b}]; } const ${f} = (x) => [...g${f}()].length + x % 10;`,
        );
      case 16:
        return this.add(
          `outer: for (const x of [1, 2, 3]) { let n = 0; while (true) { if (++n > x) continue outer; ${b} = n; } }`,
        );
      case 17:
        return this.declare("var", (n) => `if (${a} > 10) { var ${n} = ${e}; } else ${n} = 7;`);
      case 18:
        return this.add(
          `switch (${a} % 3) { case 0: ${b} = 1; break; case 1: { let ${a} = 2; ${c} = 3; break; } default: do ${b}--; while (${b} > 500); }`,
        );
      default:
        return this.add(`${b} = await Promise.resolve(${e});`);
    }
  }

  private add(text: string): void {
    this.statements.push(text);
  }

  /** Statements first: a declaration may not use the name that it declares. */
  private declare(kind: "let" | "const" | "var", text: (name: string) => string): void {
    this.add(text(this.fresh(kind)));
  }

  private callable(text: (name: string) => string): void {
    const name = `f${this.names++}`;
    this.add(text(name));
    this.functions.push(name);
  }

  get result(): string {
    return `[${this.values.join(", ")}]`;
  }
}

beforeAll(() => install(newHalt()));

test("a program gives the same values as one cell, as a cell a statement, and as a plain function", async () => {
  const AsyncFunction = (async () => {}).constructor as new (code: string) => () => Promise<unknown>;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(10_000), { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 1, max: 14 }),
      async (tape, length) => {
        const writer = new Writer(tape);
        for (let k = 0; k < length; k++) writer.write();
        const { statements, result } = writer;
        const expected = await new AsyncFunction(`"use strict";\n${statements.join("\n")}\nreturn ${result};`)();
        // Semicolons where those put them who have as few as possible.
        const lines = [...statements, result].map((statement) => statement.replace(/;$/, ""));
        const whole = await new Cells().run(lines.join("\n;"));
        const split = await new Cells().all(...statements, result);
        expect(whole, statements.join("\n")).toEqual(expected);
        expect(split, statements.join("\n")).toEqual(expected);
      },
    ),
    { numRuns: 150, seed: 4 },
  );
}, 300_000);
