/** What a reader learns when memory runs out. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kernelspec } from "../../kernel/bin/jupyter.mjs";
import { lacks, python, root } from "../support/require.js";

interface Seen {
  stream: string;
  result: string | null;
  error: [ename: string, evalue: string] | null;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "voxbook-memory-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(lacks("python"))(
  "a cell is stopped before the kernel dies of it, and a kernel that died tells the next one why",
  { timeout: 300_000 },
  () => {
    const spec = join(folder, "kernels/voxbook-small");
    mkdirSync(spec, { recursive: true });
    writeFileSync(join(spec, "kernel.json"), JSON.stringify(kernelspec()));
    const { status, stdout, stderr } = spawnSync(python()!, [join(root, "test/kernel/out_of_memory.py")], {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        JUPYTER_PATH: folder,
        JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
        JUPYTER_PLATFORM_DIRS: "1",
        VOXBOOK_KERNEL_NAME: "voxbook-small",
        VOXBOOK_KERNEL_CWD: folder,
      },
    });
    expect(status, stderr).toBe(0);
    const report = JSON.parse(stdout) as Record<string, Seen> & { died: boolean; left: string[] };
    for (const name of ["loop", "library"]) {
      const [ename, evalue] = report[name]!.error!;
      expect(ename, name).toBe("OutOfMemory");
      expect(evalue, name).toMatch(/cells hold \d\.\d\d GiB of JavaScript objects and the limit is \d\.\d\d GiB/);
    }
    expect(report.kept!.result).toBe("42");
    expect(report.freed!.error).toBeNull();
    expect(report.after!.result).toBe("41");
    expect(report.died).toBe(true);
    expect(report["first after death"]!.stream).toMatch(/ended for want of memory.*variables are lost.*GiB/);
    expect(report["first after death"]!.result).toBe("2");
    expect(report["second after death"]!.stream).toBe("");
    expect(report.left).toEqual([]);
  },
);
