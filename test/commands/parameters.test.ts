import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  absolutePaths,
  declaredNames,
  injectParameters,
  type Notebook,
  parseParameters,
  serialise,
} from "../../kernel/bin/notebook.mjs";
import { root } from "../support/require.js";

const notebook = (source: string): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: "markdown", metadata: {}, source: "# Title" },
    { cell_type: "code", metadata: { tags: ["parameters"] }, source, outputs: [], execution_count: null },
    { cell_type: "code", metadata: {}, source: "radius", outputs: [], execution_count: null },
  ],
});

const injectedSource = (source: string, ...assignments: string[]) =>
  injectParameters(notebook(source), parseParameters(assignments)).cells[2].source;

describe("parameters on the command line", () => {
  test("values are JSON where they read as JSON, else strings", () => {
    const values = Object.fromEntries(
      parseParameters(["a=2", "b=true", 'c="2"', "d=[1,2]", "e=mpj_cell_can.tif", "f=", "g=1=2", "h=null"]),
    );
    expect(values).toEqual({ a: 2, b: true, c: "2", d: [1, 2], e: "mpj_cell_can.tif", f: "", g: "1=2", h: null });
  });

  test.each(["radius", "=2", "1st=2", "a b=2", "a;evil()=2"])("%s is refused as an assignment", (text) => {
    expect(() => parseParameters([text])).toThrow(`--param ${text} is not of the form name=value`);
  });

  test("a name given twice is refused, not silently overridden", () => {
    expect(() => parseParameters(["radius=1", "radius=2"])).toThrow("--param radius is given twice");
  });
});

test("a value that names a file is made absolute; a bare word is not, even where a folder has that name", () => {
  const given = parseParameters([
    "a=package.json",
    "b=src/core",
    "c=src",
    "d=absent/scan.tif",
    "e=/x/y.tif",
    "f=2",
    "g=",
  ]);
  expect(Object.fromEntries(absolutePaths(given, root))).toEqual({
    a: join(root, "package.json"),
    b: join(root, "src/core"),
    c: "src",
    d: "absent/scan.tif",
    e: "/x/y.tif",
    f: 2,
    g: "",
  });
});

describe("parameters of a notebook", () => {
  test("are the names that the tagged cell declares by let or var", () => {
    const source =
      'let input = "electrode", radius: number = 2;\nvar seed = 1;\nconst fixed = 3;\nfunction f() { let inner = 1; return inner; }';
    expect(declaredNames(source)).toEqual(["input", "radius", "seed"]);
  });

  test("get their values in a cell right after the tagged one", () => {
    expect(injectedSource("let radius = 2;\nlet input = 'x';", "radius=3", 'input=a"b\u2028.tif')).toBe(
      '// Parameters of this run\nradius = 3;\ninput = "a\\"b\u2028.tif";',
    );
  });

  test("a name that is not among them is refused with the allowed ones", () => {
    expect(() => injectedSource("let radius = 2;\nlet seed = 1;", "raduis=3")).toThrow(
      "--param raduis: this notebook has no such parameter; allowed: radius, seed",
    );
    expect(() => injectedSource("const radius = 2;", "radius=3")).toThrow("allowed: none");
  });

  test("a notebook without the tagged cell takes none", () => {
    const plain = notebook("let radius = 2;");
    plain.cells[1].metadata = {};
    expect(() => injectParameters(plain, parseParameters(["radius=3"]))).toThrow("takes no parameters");
    expect(injectParameters(plain, new Map()).cells).toHaveLength(3);
  });

  test("the cell of an earlier run is replaced, also when nothing is given", () => {
    const once = injectParameters(notebook("let radius = 2;"), parseParameters(["radius=3"]));
    const twice = injectParameters(once, parseParameters(["radius=4"]));
    expect(twice.cells).toHaveLength(4);
    expect(twice.cells[2].source).toContain("radius = 4;");
    expect(injectParameters(twice, new Map()).cells).toHaveLength(3);
  });

  test("the notebook given stays as it was", () => {
    const original = notebook("let radius = 2;");
    const before = structuredClone(original);
    injectParameters(original, parseParameters(["radius=3"]));
    expect(original).toEqual(before);
  });
});

test("a notebook is written as Jupyter writes it: sorted keys, texts as lines, pictures whole", () => {
  const text = serialise({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      {
        source: "a\nb",
        cell_type: "code",
        metadata: {},
        execution_count: 1,
        outputs: [
          { output_type: "stream", name: "stdout", text: "1\n\n2" },
          { output_type: "display_data", metadata: {}, data: { "text/plain": "x\n", "image/png": "QUJD\nREVG" } },
        ],
      },
    ],
  });
  const { cells } = JSON.parse(text);
  expect(Object.keys(cells[0])).toEqual(["cell_type", "execution_count", "metadata", "outputs", "source"]);
  expect(cells[0].source).toEqual(["a\n", "b"]);
  expect(cells[0].outputs[0].text).toEqual(["1\n", "\n", "2"]);
  expect(cells[0].outputs[1].data).toEqual({ "image/png": "QUJD\nREVG", "text/plain": ["x\n"] });
  expect(text.startsWith('{\n "cells": [\n  {')).toBe(true);
  expect(text.endsWith("}\n")).toBe(true);
});
