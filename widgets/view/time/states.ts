/** What the kernel tells of the states: names, what the cycler says, and what is measured of each, as it comes. */
import type { StateAbout, TimeReply, TimeRequest, TimeState } from "../../protocol/time.js";
import { isolated } from "../dom.js";
import type { ModelHandle } from "../handle.js";
import { askVolumes } from "../several/volumes.js";
import type { ChartLine } from "./chart.js";

type Told = Extract<TimeReply, { kind: "volumes" }>;

/** Seconds in the largest unit of which there is at least one. */
export function timeText(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ] as const;
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (["s", 1] as const);
  return `${Number((seconds / size).toPrecision(4))} ${unit}`;
}

export class States {
  list: readonly StateAbout[] = [];
  #told: Told | undefined;
  readonly #measured = new Map<number, Float64Array>();
  readonly #failures = new Map<number, string>();
  readonly #count: number;
  readonly #stops: readonly (() => void)[];

  /** @param changed is called when something has come */
  constructor(
    handle: ModelHandle<TimeState, TimeRequest, TimeReply>,
    changed: () => void,
    failed: (message: string) => void,
  ) {
    this.#count = handle.get("count");
    const stop = handle.onMessage((reply, buffers) => {
      if (reply.kind !== "measured") return;
      this.#failures.delete(reply.state);
      if (reply.failed !== null) this.#failures.set(reply.state, reply.failed);
      const { buffer, byteOffset, byteLength } = buffers[0]!;
      // As an array of its own: buffers come unaligned.
      this.#measured.set(
        reply.state,
        new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer),
      );
      changed();
    });
    const told = (answer: Told): void => {
      this.#told = answer;
      this.list = answer.volumes;
      changed();
    };
    this.#stops = [stop, askVolumes(handle, told, failed)];
  }

  name(state: number): string {
    return this.list[state]?.name ?? `state ${state}`;
  }

  /** Voltage, charge and time of a state, as far as they are known. */
  facts(state: number): string {
    const { voltage, charge, time } = this.list[state] ?? {};
    const facts = [
      ...(voltage === undefined ? [] : [`${Number(voltage.toPrecision(5))} V`]),
      ...(charge === undefined ? [] : [`${Number(charge.toPrecision(5))} ${isolated(this.#told?.chargeUnit ?? "")}`]),
      ...(time === undefined ? [] : [timeText(time)]),
    ];
    return facts.join(" · ");
  }

  #line(number: number): number[] {
    return Array.from({ length: this.#count }, (_, state) => this.#measured.get(state)?.[number] ?? Number.NaN);
  }

  /** Fractions of the phases. */
  get fractions(): ChartLine[] {
    return (this.#told?.lines ?? []).map((line, k) => ({ ...line, values: this.#line(k) }));
  }

  /** Thickness, where the view was asked for it. */
  get thickness(): (ChartLine & { unit: string }) | undefined {
    const about = this.#told?.thickness;
    if (about === undefined || about === null) return undefined;
    return { ...about, colour: "#d55e00", values: this.#line(this.#told!.lines.length) };
  }

  /** How far measuring is, and what failed; empty when all is there. */
  get progress(): string {
    const failed = [...this.#failures][0];
    if (failed !== undefined) return `${this.name(failed[0])} could not be measured: ${failed[1]}`;
    const done = this.#measured.size;
    return done < this.#count ? `measured ${done} of ${this.#count} states` : "";
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
  }
}
