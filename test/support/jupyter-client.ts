/** Python programs that drive the kernel as Jupyter does. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelspec } from "../../kernel/bin/jupyter.mjs";
import { python, root } from "./require.js";

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
  const folder = mkdtempSync(join(tmpdir(), "voxbook-client-"));
  const spec = join(folder, "kernels/voxbook-under-test");
  mkdirSync(spec, { recursive: true });
  mkdirSync(join(folder, "empty"));
  writeFileSync(join(spec, "kernel.json"), JSON.stringify(kernelspec()));
  const env = {
    ...process.env,
    JUPYTER_PATH: folder,
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTER_PLATFORM_DIRS: "1",
    VOXBOOK_KERNEL_NAME: "voxbook-under-test",
    VOXBOOK_KERNEL_CWD: join(folder, "empty"),
  };
  return {
    folder,
    run: (script) =>
      new Promise((resolve) => {
        const child = spawn(python()!, [join(root, "test", script)], { cwd: folder, env });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (chunk) => {
          stdout += chunk;
        });
        child.stderr.on("data", (chunk) => {
          stderr += chunk;
        });
        child.on("close", (status) => {
          const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
          resolve({ cases: lines.map((line) => JSON.parse(line) as Case), stderr, status });
        });
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
