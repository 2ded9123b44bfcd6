import { expect, test } from "vitest";
import { History } from "#kernel/io/history.js";

function filled(): History {
  const history = new History();
  for (const [k, source] of ["a = 1", "b = 2", "a = 1", "f(x)"].entries()) history.add(k + 1, source);
  history.addResult(4, "42");
  return history;
}
const lines = (found: unknown[]) => (found as [number, number, unknown][]).map(([, line]) => line);

test("tail gives the last n, and none for 0", () => {
  expect(lines(filled().search({ hist_access_type: "tail", n: 2 }))).toEqual([3, 4]);
  expect(filled().search({ hist_access_type: "tail", n: 0 })).toEqual([]);
});

test("range holds its start and not its stop, and only the current session", () => {
  expect(lines(filled().search({ hist_access_type: "range", session: 0, start: 2, stop: 4 }))).toEqual([2, 3]);
  expect(filled().search({ hist_access_type: "range", session: -1, start: 0, stop: 9 })).toEqual([]);
});

test("search takes shell patterns over the whole input, and unique keeps the newest of equal ones", () => {
  expect(lines(filled().search({ hist_access_type: "search", pattern: "a*" }))).toEqual([1, 3]);
  expect(lines(filled().search({ hist_access_type: "search", pattern: "a*", unique: true }))).toEqual([3]);
  expect(lines(filled().search({ hist_access_type: "search", pattern: "f(?)" }))).toEqual([4]);
  expect(lines(filled().search({ hist_access_type: "search", pattern: "*", n: 1 }))).toEqual([4]);
});

test("with output comes the result's text, null where there was none", () => {
  expect(filled().search({ hist_access_type: "tail", n: 2, output: true })).toEqual([
    [0, 3, ["a = 1", null]],
    [0, 4, ["f(x)", "42"]],
  ]);
});
