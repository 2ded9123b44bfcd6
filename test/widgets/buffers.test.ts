/** Bytes beside a state: the specification's examples, every state there and back, and paths that lead nowhere. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "#kernel/comm.js";
import { putBuffers, removeBuffers, type Wire, type WireObject } from "#widgets/model/core/buffers.js";
import { same } from "#widgets/model/core/same.js";

const [one, two, three] = [Uint8Array.of(1), Uint8Array.of(2, 2), Uint8Array.of(3, 3, 3)];

// The example in the doc comment of `_remove_buffers` of ipywidgets 8.
test("bytes leave objects without their key and lists with null in their place", () => {
  const state: WireObject = { plain: [0, "text"], x: { ar: one }, y: { shape: [10, 10], data: two }, z: [three, 5] };
  expect(removeBuffers(state)).toEqual({
    state: { plain: [0, "text"], x: {}, y: { shape: [10, 10] }, z: [null, 5] },
    buffer_paths: [
      ["x", "ar"],
      ["y", "data"],
      ["z", 0],
    ],
    buffers: [one, two, three],
  });
  expect(state.z).toEqual([three, 5]);
});

// The example in the doc comment of `put_buffers` of @jupyter-widgets/base.
test("bytes come back to where their paths say", () => {
  const state = { a: 1, b: {}, c: [0, null] };
  const paths = [
    ["b", "data"],
    ["c", 1],
  ];
  expect(putBuffers(state, paths, [one, two])).toEqual({ a: 1, b: { data: one }, c: [0, two] });
});

const key = fc.string({ maxLength: 4 }).filter((name) => name !== "__proto__");
const { wire } = fc.letrec<{ wire: Wire }>((tie) => ({
  wire: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie("wire"), { maxLength: 3 }),
    fc.dictionary(key, tie("wire"), { maxKeys: 3 }),
  ),
}));

test("every state arrives as it was sent", () => {
  fc.assert(
    fc.property(fc.dictionary(key, wire, { maxKeys: 4 }), (state) => {
      const { state: sent, buffer_paths, buffers } = removeBuffers(state);
      const received = JSON.parse(JSON.stringify(sent)) as Record<string, Json>;
      const back = putBuffers(received, JSON.parse(JSON.stringify(buffer_paths)), buffers);
      expect(same(back, { ...state })).toBe(true);
    }),
    { numRuns: 1000, seed: 4 },
  );
});

test.each<[string, unknown]>([
  ["no list", { 0: ["a"] }],
  ["a path that is no list", ["a"]],
  ["an empty path", [[]]],
  ["a place that is not there", [["a", "b", "c"]]],
  ["an index beyond the list", [["list", 7]]],
  ["an index that is no number", [["list", "length"]]],
  ["the prototype", [["__proto__", "polluted"]]],
  ["the prototype of a part", [["object", "__proto__"]]],
  ["the prototype of everything", [["object", "constructor", "prototype", "polluted"]]],
])("a page cannot put bytes where nothing is: %s", (_name, paths) => {
  const state = { a: 1, list: [1, 2], object: { x: 1 } };
  const before = structuredClone(state);
  putBuffers(state, paths, [one]);
  expect(state).toEqual(before);
  expect(Object.getPrototypeOf(state.object)).toBe(Object.prototype);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
