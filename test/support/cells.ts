/** Cells alone: transformed, run, their names kept. No session, no threads, so thousands of them take a second. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bindings } from "#kernel/cells/bindings.js";
import { transformCell } from "#kernel/cells/transform.js";
import { Modules } from "#kernel/imports/modules.js";
import { compile, nativeImport, surroundings } from "#kernel/session/surroundings.js";

export class Cells {
  readonly bindings = new Bindings();
  private readonly known = new Set<string>();
  private readonly modules: Modules;
  private count = 0;

  /** @param folder where imports are looked for */
  constructor(private readonly folder: string = tmpdir()) {
    this.modules = new Modules(folder, nativeImport(folder));
  }

  /** Runs a cell. @returns the value that it shows */
  async run(source: string): Promise<unknown> {
    const { code, names } = transformCell(source, this.known);
    const path = join(this.folder, `cell-${++this.count}.ts`);
    const around = surroundings({ bindings: this.bindings, modules: this.modules, path, thrown: (value) => value });
    try {
      await compile(code, path, this.bindings.scope)(around);
    } finally {
      for (const name of names) if (this.bindings.has(name)) this.known.add(name);
    }
    return around.result;
  }

  /** Runs cells one after the other. @returns what the last one shows */
  async all(...sources: string[]): Promise<unknown> {
    let last: unknown;
    for (const source of sources) last = await this.run(source);
    return last;
  }
}
