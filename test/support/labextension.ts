/** What a page loads of the labextension, as it travels. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./require.js";

export interface Chunk {
  /** Of its file. */
  readonly name: string;
  /** Whether it comes with the first chart or the first view in space: plotly.js and vtk.js. */
  readonly late: boolean;
  /** After gzip. */
  readonly bytes: number;
}

/** The files of code; none where it is not built. */
export function chunks(): Chunk[] {
  const folder = join(root, "widgets/labextension/static");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".js")) : [];
  return names.map((name) => {
    const code = readFileSync(join(folder, name));
    const text = code.toString("latin1");
    const late = text.includes("plotly_afterplot") || text.includes("vtkRenderWindow");
    return { name, late, bytes: gzipSync(code, { level: 9 }).length };
  });
}

export const bytesOf = (some: readonly Chunk[]): number => some.reduce((all, { bytes }) => all + bytes, 0);
