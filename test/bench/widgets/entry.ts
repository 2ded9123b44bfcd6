/** A row of the bench: what is measured, how well it is to be, and how. */
import type { LabSession, OpenNotebook } from "../../support/lab.js";

export interface Row {
  readonly name: string;
  readonly unit: "ms" | "bytes" | "frames" | "widgets" | "contexts";
  /** What the statistic may be at most; left out: a baseline of the machine, or told beside another row. */
  readonly goal?: number;
  /** Default p95. */
  readonly statistic?: "p50" | "p95" | "max";
  /** Takes samples. One of undefined: it cannot be measured here. */
  measure(bench: Bench): Promise<readonly number[]>;
}

/** What rows measure with: JupyterLabs and notebooks are closed behind the last row of a file. */
export interface Bench {
  /** Smaller volume, fewer samples: to try a row. */
  readonly quick: boolean;
  /** How many samples of what takes a moment. */
  readonly samples: number;
  /** JupyterLab on the processor's own pictures. */
  lab(): Promise<LabSession>;
  /** JupyterLab with WebGL in software. */
  labWithWebgl(): Promise<LabSession>;
  /** JupyterLab on Jupyter Server as it comes, without our extension. */
  stockLab(): Promise<LabSession>;
  /** Path of a volume file, uint16, whose planes tell their own number: see coded-volume.ts. */
  volume(): Promise<{ readonly path: string; readonly edge: number }>;
  /** Runs `make` the first time, and remembers: several rows come from one run. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** A notebook with these cells, all of them run; once for each key. @param lab default {@link lab} */
  notebook(key: string, cells: readonly string[], lab?: Promise<LabSession>): Promise<OpenNotebook>;
}
