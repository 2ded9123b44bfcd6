/** Who may import whom (the layers of the design): reads the import statements of every source file. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect, test } from "vitest";
import { root } from "./support/require.js";

const files = ["src", "kernel", "widgets"].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(top, name.replaceAll("\\", "/")))
    .filter((name) => /\.(?:ts|mjs)$/.test(name) && !/node_modules|labextension|\/lib\//.test(name)),
);
const text = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));

interface Import {
  from: string;
  /** Path of a file of the project without its suffix, or the name of a package. */
  to: string;
  typeOnly: boolean;
}

const statement =
  /^\s*(?:import|export)\s+(?:(type)\s+)?(?:[\w*{][^"';]*?\sfrom\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;

const imports: Import[] = files.flatMap((from) =>
  [...text.get(from)!.matchAll(statement)].map(([, type, name, dynamic]) => {
    const target = name ?? dynamic;
    const own = target.startsWith(".")
      ? posix.join(dirname(from), target)
      : target.replace(/^#(?=src|kernel|widgets)/, "");
    return { from, to: own.replace(/\.(?:m?js|ts)$/, ""), typeOnly: type !== undefined };
  }),
);

const within = (path: string, ...folders: string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
const own = (path: string) => within(path, "src", "kernel", "widgets") || within(path, "voxbook");

// An area may import the areas of the rows above its own, and itself.
const rows = [
  ["core"],
  ["compute"],
  ["io"],
  ["statistics"],
  ["filters", "artefacts"],
  ["morphology"],
  ["segment"],
  ["measure"],
  ["network"],
  ["transport"],
];
// The same inside the kernel; what lies beside the folders joins them.
const kernelRows = ["threads", "cells", "imports", "errors", "language", "io", "session"];
const free = ["register", "plan", "simulate", "learn", "recipes"];

function allowed({ from, to, typeOnly }: Import): boolean {
  if (!own(to))
    return !(
      within(from, "src/core", "widgets/draw", "widgets/view", "widgets/protocol.ts", "widgets/protocol") &&
      to.startsWith("node:")
    );
  if (within(from, "kernel/bin")) return true;
  if (within(from, "kernel")) {
    const row = kernelRows.indexOf(from.split("/").at(-2)!);
    if (row < 0) return within(to, "kernel") && !within(to, "kernel/bin");
    return to === "kernel/comm" || kernelRows.slice(0, row + 1).some((name) => within(to, `kernel/${name}`));
  }
  if (from === "src/index.ts") return within(to, "src");
  if (within(from, "src")) {
    const [, area] = from.split("/");
    if (within(to, `src/${area}`)) return true;
    const row = free.includes(area) ? rows.length : rows.findIndex((names) => names.includes(area));
    return rows.slice(0, Math.max(row, 0)).some((names) => within(to, ...names.map((name) => `src/${name}`)));
  }
  const shared = ["widgets/protocol", "widgets/draw", "src/core"];
  if (within(from, "widgets/draw", "widgets/protocol.ts", "widgets/protocol")) return within(to, ...shared);
  if (within(from, "widgets/view")) return within(to, "widgets/view", ...shared);
  if (from === "widgets/plugin.ts") return within(to, "widgets/view", ...shared);
  if (within(from, "widgets/model"))
    return (
      within(to, "widgets/model", "widgets/protocol", "widgets/draw", "src", "voxbook") ||
      (typeOnly && to === "kernel/comm")
    );
  return false;
}

test("imports are found at all, and every area has its place among the layers", () => {
  expect(imports.length).toBeGreaterThan(100);
  const areas = new Set(files.filter((file) => /^src\/[^/]+\//.test(file)).map((file) => file.split("/")[1]));
  expect([...areas].filter((area) => ![...rows.flat(), ...free].includes(area))).toEqual([]);
  const folders = files.filter((file) => /^kernel\/[^/]+\//.test(file)).map((file) => file.split("/")[1]);
  expect(new Set(folders)).toEqual(new Set([...kernelRows, "bin"]));
});

test("each file imports only what its layer may", () => {
  const wrong = imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} imports ${to}`);
  expect(wrong).toEqual([]);
});

test("no files import each other in a circle", () => {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports)
    if (own(to) && !typeOnly) {
      const name = from.replace(/\.(?:ts|mjs)$/, "");
      next.set(name, [...(next.get(name) ?? []), to]);
    }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (done.has(file) || path.includes(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test("only the entry points are files of nothing but re-exports", () => {
  const code = (file: string) =>
    text
      .get(file)!
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
      .trim();
  const barrels = files.filter((file) => /^(?:export\s[^;]*?\sfrom\s+"[^"]+";?\s*)+$/.test(code(file)));
  expect(barrels.filter((file) => !["src/index.ts", "widgets/model/index.ts"].includes(file))).toEqual([]);
});

test("no source file is longer than 400 lines", () => {
  const long = files.filter((file) => text.get(file)!.split("\n").length > 401);
  expect(long).toEqual([]);
});
