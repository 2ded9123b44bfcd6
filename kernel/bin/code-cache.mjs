/** Part of the build: lets the compiler do what a first cell asks of it, and keeps what the engine compiled for that. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./project.mjs";

const kernel = join(root, "dist/kernel");
const { Language } = await import(join(kernel, "language/language.js"));
const { transformCell } = await import(join(kernel, "cells/transform.js"));
const { home, ownEntries } = await import(join(kernel, "imports/modules.js"));
const { saveCodeCache } = await import(join(kernel, "cells/typescript.js"));

const cell = `import { readFileSync } from "node:fs";
interface Point { x: number; y: number }
enum Phase { Pore, Solid }
class Box<T> { constructor(readonly value: T) {} get twice(): T[] { return [this.value, this.value]; } }
const points: Point[] = [{ x: 1, y: 2 }];
for (const { x } of points) console.log(x, Phase.Pore, await Promise.resolve(new Box(x).twice));
points.map((point) => point.x.toFixed())`;

const folder = mkdtempSync(join(tmpdir(), "voxbook-cache-"));
try {
  const language = new Language(folder, home, ownEntries("types"));
  transformCell(cell, new Set(["earlier"]));
  language.check(1, cell);
  language.complete("points.", 7);
  language.inspect("points", 3);
  saveCodeCache();
} finally {
  rmSync(folder, { recursive: true });
}
