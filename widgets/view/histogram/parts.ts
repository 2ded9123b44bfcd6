/** Which voxels are counted, and the questions to the kernel that follow from it: the newest is asked when the last was answered. */
import type { Part, Reply } from "../../protocol.js";
import { bytesOf, choice, element } from "../dom.js";
import { nextNumber } from "../request-number.js";
import type { Chart } from "./chart.js";

/** Numbers that came as a buffer. */
export const numbersOf = (part: DataView): Float64Array => new Float64Array(bytesOf(part).buffer);

/** Asks one kind of question. While one waits for its answer, only the newest is kept. */
export function asking(chart: Chart, kind: "counts" | "suggest" | "joint") {
  let open: { id: number; key: string } | undefined;
  let next: Part | undefined;
  let answered: string | undefined;
  const send = (part: Part): void => {
    open = { id: nextNumber(), key: JSON.stringify(part) };
    chart.handle.send({ kind, id: open.id, part });
  };
  return {
    /** Asks for a part, unless that is what was answered last, or is under way. */
    ask(part: Part): void {
      const key = JSON.stringify(part);
      if (open === undefined ? key === answered : key === open.key) next = undefined;
      else if (open === undefined) send(part);
      else next = part;
    },
    /** @returns whether this is the answer to what was asked last */
    take(reply: Reply): boolean {
      if (open === undefined || reply.id !== open.id) return false;
      answered = reply.kind === "error" ? undefined : open.key;
      open = undefined;
      const waiting = next;
      next = undefined;
      if (waiting !== undefined) send(waiting);
      return waiting === undefined;
    },
  };
}

export interface PartChoice {
  readonly select: HTMLElement;
  /** The part that is chosen, where the scene is now. */
  now(): Part;
  setLabels(labels: readonly { label: number; name: string }[]): void;
}

export function partChoice({ scene }: Chart, changed: () => void): PartChoice {
  const select = choice("which voxels are counted", [
    ["whole", "whole volume"],
    ["region", "box that was drawn"],
    ...["z", "y", "x"].map((axis) => [axis, `plane ${axis} at the cursor`] as const),
  ]);
  select.addEventListener("change", changed);
  return {
    select,
    now() {
      const { value } = select;
      const { region, cursor } = scene.state;
      if (value === "region") return region === null ? { of: "whole" } : { of: "region", region };
      if (value === "z" || value === "y" || value === "x")
        return { of: "plane", axis: value, index: cursor[{ z: 0, y: 1, x: 2 }[value] as 0 | 1 | 2] };
      return value.startsWith("label ") ? { of: "label", label: Number(value.slice(6)) } : { of: "whole" };
    },
    setLabels(labels) {
      for (const { label, name } of labels) select.append(element("option", { value: `label ${label}` }, name));
    },
  };
}
