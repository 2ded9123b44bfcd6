/** Notebooks that a test writes. */
import { writeFileSync } from "node:fs";

/** Writes a notebook of the voxbook kernel with these code cells. */
export function writeNotebook(path: string, cells: readonly string[]): void {
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "voxbook", display_name: "TypeScript (voxbook)", language: "typescript" },
      language_info: { name: "typescript" },
    },
    cells: cells.map((source, k) => ({
      cell_type: "code",
      id: `cell-${k}`,
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  };
  writeFileSync(path, JSON.stringify(notebook));
}
