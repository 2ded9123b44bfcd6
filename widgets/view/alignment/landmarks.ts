/** The table of landmark pairs: how far they are apart, and how far the others would miss them. */
import { formatLength } from "../../../src/core/length.js";
import type { PairFacts } from "../../protocol/alignment.js";
import { button, element } from "../dom.js";
import { nextNumber } from "../request-number.js";
import { lookAt } from "./camera.js";
import type { AlignmentStage } from "./stage.js";

const micrometres = (metres: number | null): string => (metres === null ? "–" : (metres * 1e6).toFixed(3));

/** What a pair is judged by: leaving it out tells more than its residual. */
const badness = ({ leaveOneOut, residual }: PairFacts): number => leaveOneOut ?? residual ?? -1;

/** Pairs from the worst on. */
export const worstFirst = (pairs: readonly PairFacts[]): number[] =>
  pairs.map((_, k) => k).sort((a, b) => badness(pairs[b]!) - badness(pairs[a]!));

export interface LandmarkTable {
  readonly root: HTMLElement;
  follow(): void;
  /** Goes to the worst pair, then to the next one. */
  nextWorst(): void;
}

export function landmarkTable(stage: AlignmentStage): LandmarkTable {
  const root = element("div", { class: "voxbook-landmarks" });
  let shown: unknown;
  let at = 0;
  const goTo = (k: number): void => {
    const pair = stage.facts.pairs[k];
    const point = pair?.fixed ?? pair?.moving;
    if (pair === undefined || point === null || point === undefined) return;
    lookAt(stage, point);
    const miss = pair.residual === null ? "not complete" : `residual ${formatLength(pair.residual)}`;
    stage.say(`landmark ${k + 1}: ${miss}`);
  };
  function row(pair: PairFacts, k: number, worst: boolean): HTMLElement {
    const place = (point: PairFacts["fixed"]): string =>
      point === null ? "–" : point.map((n) => (n * 1e6).toFixed(2)).join(", ");
    const cells = [
      element("td", {}, String(k + 1)),
      element("td", {}, place(pair.fixed)),
      element("td", {}, place(pair.moving)),
      element("td", { class: "voxbook-number" }, micrometres(pair.residual)),
      element("td", { class: "voxbook-number" }, micrometres(pair.leaveOneOut)),
      element(
        "td",
        {},
        button("Go", `show landmark ${k + 1}`, () => goTo(k)),
        button("×", `delete landmark ${k + 1}`, () => stage.handle.send({ kind: "unmark", id: nextNumber(), pair: k })),
        ...(worst ? [element("small", {}, " worst")] : []),
      ),
    ];
    return element("tr", { "data-pair": String(k) }, ...cells);
  }
  const heads = ["pair", "fixed z, y, x µm", "moving, as seen", "residual µm", "leave-one-out µm", ""];
  return {
    root,
    follow() {
      const { facts } = stage;
      const { pairs } = facts;
      // While something is dragged the numbers are those from before.
      if (shown === facts.pairs) return;
      shown = facts.pairs;
      if (pairs.length === 0) {
        root.replaceChildren(
          element("small", {}, "no landmarks yet: press l, then click the same point in both volumes"),
        );
        return;
      }
      const worst = pairs.length > 2 ? worstFirst(pairs)[0] : undefined;
      const foot = element(
        "tr",
        { "data-pair": "all" },
        ...[
          "root mean square",
          "",
          "",
          micrometres(facts.rootMeanSquare),
          micrometres(facts.leaveOneOutRootMeanSquare),
          "",
        ].map((text) => element("td", {}, text)),
      );
      root.replaceChildren(
        element(
          "table",
          { "aria-label": "landmarks" },
          element("thead", {}, element("tr", {}, ...heads.map((text) => element("th", { scope: "col" }, text)))),
          element("tbody", {}, ...pairs.map((pair, k) => row(pair, k, k === worst)), foot),
        ),
      );
    },
    nextWorst() {
      const order = worstFirst(stage.facts.pairs);
      if (order.length === 0) return stage.say("there are no landmarks");
      goTo(order[at % order.length]!);
      at++;
    },
  };
}
