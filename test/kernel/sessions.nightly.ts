/** What only many repetitions show: that Stop works each time, and that a long session does not grow. */
import { expect, test } from "vitest";
import { lacks } from "../support/require.js";
import { kernels, program, records } from "./conformance/run.mjs";

interface Stops {
  name: string;
  times: number[];
  after: number[];
  kept: number;
  failures: string[];
}

const TIMES = 50;
/** Loose, for a busy machine: the figures that matter are printed. */
const MOST_MILLISECONDS = 5000;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;

const line = ({ name, times, after, kept }: Stops): string =>
  `${name.padEnd(34)} ${kept} of ${TIMES}; stopped after ${quantile(times, 0.5).toFixed(0)} ms (at most ${Math.max(...times).toFixed(0)}), next cell done in ${quantile(after, 0.5).toFixed(0)} ms (at most ${Math.max(...after).toFixed(0)})`;

test.skipIf(lacks("python"))(
  "Stop ends a cell 50 times of 50, wherever it is, and keeps its variables",
  { timeout: 1_800_000 },
  async () => {
    const { stdout, stderr } = await program("stops.py", ["--kernel", kernels.voxbook, "--times", String(TIMES)]);
    const kinds = records<Stops>(stdout);
    console.log(kinds.map(line).join("\n"));
    expect(kinds.length, stderr.slice(-2000)).toBe(11);
    for (const { name, times, after, kept, failures } of kinds) {
      expect(failures, name).toEqual([]);
      expect(kept, name).toBe(TIMES);
      expect(Math.max(...times, ...after), name).toBeLessThan(MOST_MILLISECONDS);
    }
  },
);

interface Soak {
  /** Bytes of the process after so many. */
  cells: Record<string, number>;
  widgets: Record<string, number>;
  /** Comms that are open before and after the widgets. */
  comms: [number, number];
}

const MOST_GROWTH = 1.1;

test.skipIf(lacks("python"))(
  "a thousand cells and five hundred widgets leave the kernel as large as it was",
  { timeout: 1_800_000 },
  async () => {
    const { stdout, stderr } = await program("soak.py", ["--kernel", kernels.voxbook]);
    const [report] = records<Soak>(stdout);
    expect(report, stderr.slice(-2000)).toBeDefined();
    const { cells, widgets, comms } = report!;
    for (const [what, held] of Object.entries({ cells, widgets })) {
      const mebibytes = Object.entries(held).map(([count, bytes]) => `${count}: ${(bytes / 2 ** 20).toFixed(1)} MiB`);
      console.log(`${what} ${mebibytes.join(", ")}`);
      const [first, ...later] = Object.values(held);
      expect(Math.max(...later) / first!, what).toBeLessThanOrEqual(MOST_GROWTH);
    }
    expect(comms[1]).toBe(comms[0]);
  },
);
