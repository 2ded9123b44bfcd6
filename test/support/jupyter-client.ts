/** Python programs that drive the kernel as Jupyter does. */
import { join } from "node:path";
import { kernels, python, workshop } from "../kernel/conformance/run.mjs";
import { root } from "./require.js";

export interface Case {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string | null;
}

export interface Client {
  /** A folder of its own, where the kernel is installed as "voxbook-under-test". */
  readonly folder: string;
  /** Runs a program of the `test` folder, which prints a line of JSON for each of its cases. */
  run(script: string): Promise<{ cases: Case[]; stderr: string; status: number | null }>;
  remove(): void;
}

export function jupyterClient(): Client {
  const { env, folder, remove } = workshop();
  const named = {
    ...env,
    VOXBOOK_KERNEL_NAME: kernels.voxbook,
    VOXBOOK_KERNEL_CWD: join(folder, "empty"),
  };
  return {
    folder,
    async run(script) {
      const { stdout, stderr, status } = await python([join(root, "test", script)], named, folder);
      const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
      return { cases: lines.map((line) => JSON.parse(line) as Case), stderr, status };
    },
    remove,
  };
}
