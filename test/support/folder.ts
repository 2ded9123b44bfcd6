/** A folder for the files of one test file, removed at its end. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Makes the folder; returns a function that gives paths in it, after writing `bytes` there if some are given. */
export function testFolder(): (name: string, bytes?: Uint8Array | string) => string {
  const folder = mkdtempSync(join(tmpdir(), "voxbook-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name, bytes) => {
    const path = join(folder, name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    return path;
  };
}
