/** Runs cells one after the other: the state that they share, their results, their errors. Knows nothing of sockets. */
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import type { TransformedCell } from "./cell.js";
import { CellSyntaxError } from "./cell-error.js";
import { displayIdSymbol, type KernelApi, kernelSymbol, type MimeBundle } from "./comm.js";
import { Compiler } from "./compiler.js";
import { mimeBundle } from "./display.js";
import { home, Modules, ownEntries } from "./modules.js";
import { contexts, currentContext, fallback, type OutputContext } from "./output.js";
import { type CellError, Tracebacks } from "./traceback.js";

export interface SessionOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly api: KernelApi;
  /** Whether Ctrl-C and the interrupt signal stop the synchronous part of a cell. */
  readonly breakOnSigint?: boolean;
  /** Whether type errors are shown as warnings. Default true. */
  readonly typeWarnings?: boolean;
  readonly input?: (prompt: string) => Promise<string>;
  /** One number in shared memory: while it is not 0, loops of cells throw. Another thread sets it to interrupt. */
  readonly halt?: Int32Array;
}

export type CellResult = { status: "ok" } | { status: "error"; error: CellError };

type Accessors = Record<string, [read: () => unknown, write: (value: unknown) => void]>;
type CellFunction = (
  scope: object,
  cell: object,
  halt: Int32Array,
  importer: unknown,
  require: NodeJS.Require,
  meta: object,
) => Promise<void>;

const START = Symbol.for("voxbook.start");
const starter = new vm.Script("globalThis[Symbol.for('voxbook.start')]()", {
  filename: fileURLToPath(import.meta.url),
});

/** Thrown into a cell that was interrupted. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("the cell was interrupted; its variables are kept");
    this.stack = `${this.name}: ${this.message}`;
  }
}

function interruptNow(): never {
  throw new Interrupted();
}

/**
 * After a cell has imported the package, its entry `widgets` is loaded in the background and told of the kernel: it
 * brings the progress bars of long functions. The kernel itself knows only this name.
 */
const COMPANION = "/widgets";

export class Session {
  readonly compiler: Compiler;
  readonly tracebacks = new Tracebacks();
  /** What the reply of the running cell carries besides its status. */
  readonly payload: { source: string; data: MimeBundle; start: number }[] = [];
  private readonly modules: Modules;
  private readonly scope: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  private readonly known = new Set<string>();
  private readonly folder: string;
  private rejectRunning: ((reason: unknown) => void) | undefined;
  private companion: Promise<unknown> | undefined;
  private last = 0;
  private readonly halt: Int32Array;

  constructor(private readonly options: SessionOptions) {
    this.folder = resolve(options.folder);
    this.halt = options.halt ?? new Int32Array(1);
    this.compiler = new Compiler({ folder: this.folder, home, aliases: ownEntries("types") });
    this.modules = new Modules(this.folder, (entry) => this.attachCompanion(entry));
    const { api, input = noInput } = options;
    const clearOutput = (wait?: boolean): void => api.clearOutput(wait);
    Object.assign(globalThis, { [kernelSymbol]: api, display: this.display, clearOutput, page: this.page, input });
  }

  /** Number of the last cell. */
  get count(): number {
    return this.last;
  }

  /** What cells call as `display(value)`. */
  readonly display = async (value: unknown, options: { displayId?: string; update?: boolean } = {}): Promise<void> => {
    const own = (value as Record<symbol, unknown> | null | undefined)?.[displayIdSymbol];
    const ids = typeof own === "string" ? { displayId: own } : {};
    this.options.api.display(await mimeBundle(value), { ...ids, ...options });
  };

  /** What cells call as `page(value)`: the front end shows it beside the notebook once the cell has ended. */
  private readonly page = async (value: unknown): Promise<void> => {
    this.payload.push({ source: "page", data: await mimeBundle(value), start: 0 });
  };

  private attachCompanion(entry: string): void {
    if (entry.includes("/") && !entry.endsWith(COMPANION)) return;
    const name = `${entry.split("/")[0]}${COMPANION}`;
    const file = ownEntries("default")[name];
    if (this.companion !== undefined || file === undefined) return;
    this.companion = import(pathToFileURL(file).href).then(
      (module: { attach?: (api: KernelApi) => void }) => module.attach?.(this.options.api),
      // A library without its widgets is still a library.
      () => undefined,
    );
  }

  /** Rejects the running cell and lets loops run again; what the cell started in other threads is stopped by the interrupt handlers. */
  interrupt(): void {
    this.rejectRunning?.(new Interrupted());
    Atomics.store(this.halt, 0, 0);
  }

  /**
   * Runs one cell and waits for its value, its output and its type warnings.
   * @param numbered whether the cell takes a new number; silent ones do not
   */
  async execute(source: string, context: OutputContext, numbered = true): Promise<CellResult> {
    const index = numbered ? ++this.last : this.last;
    if (source.trim() === "") return { status: "ok" };
    let cell: TransformedCell;
    try {
      cell = await this.compiler.transform(source, this.known);
    } catch (error) {
      if (!(error instanceof CellSyntaxError)) throw error;
      return this.failed(this.tracebacks.syntax(index, source, error), context);
    }
    const warnings =
      this.options.typeWarnings === false ? undefined : this.compiler.check(index, source).catch(() => []);
    const outcome = await this.run(index, source, cell, context);
    for (const { line, message } of (await warnings) ?? [])
      context.write("stderr", `Cell [${index}], line ${line}: ${message}\n`);
    context.flush();
    return outcome;
  }

  private async run(index: number, source: string, cell: TransformedCell, context: OutputContext): Promise<CellResult> {
    const path = join(this.folder, `cell-${index}.ts`);
    this.tracebacks.register(path, index, source, cell.map);
    const state: { result?: unknown; declare(accessors: Accessors): void; halt(): never } = {
      declare: (accessors) => this.declare(accessors),
      halt: interruptNow,
    };
    const before = new Map(cell.names.map((name) => [name, Object.getOwnPropertyDescriptor(this.scope, name)]));
    const meta = { url: pathToFileURL(path).href, dirname: this.folder, filename: path };
    const interrupted = new Promise<never>((_, reject) => {
      this.rejectRunning = reject;
    });
    try {
      const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
      const script = new vm.Script(cell.code, { filename: path, importModuleDynamically });
      const call = script.runInThisContext() as CellFunction;
      const importer = (native: (specifier: string) => Promise<Record<string, unknown>>) =>
        this.modules.importer(native);
      const begin = (): Promise<void> =>
        contexts.run(context, () => call(this.scope, state, this.halt, importer, this.modules.require, meta));
      Object.assign(globalThis, { [START]: begin });
      const running = starter.runInThisContext({ breakOnSigint: this.options.breakOnSigint ?? false }) as Promise<void>;
      await Promise.race([running, interrupted]);
      if (state.result !== undefined && state.result !== null) {
        const data = await Promise.race([contexts.run(context, () => mimeBundle(state.result)), interrupted]);
        const display_id = (state.result as Record<symbol, unknown>)[displayIdSymbol];
        context.send(
          typeof display_id === "string"
            ? { output_type: "display_data", data, metadata: {}, transient: { display_id } }
            : { output_type: "execute_result", data, metadata: {}, execution_count: index },
        );
      }
      return { status: "ok" };
    } catch (error) {
      this.restore(before);
      const stopped = (error as { code?: string } | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
      return this.failed(this.tracebacks.describe(stopped ? new Interrupted() : error), context);
    } finally {
      this.rejectRunning = undefined;
      for (const name of cell.names) if (name in this.scope) this.known.add(name);
    }
  }

  /** Value of an expression in the notebook's scope; takes no number and shows nothing. */
  async evaluate(source: string, context: OutputContext): Promise<unknown> {
    let value: unknown;
    const cell = await this.compiler.transform(`(\n${source}\n)`, this.known);
    const script = new vm.Script(cell.code, { filename: join(this.folder, "expression.ts") });
    const call = script.runInThisContext() as CellFunction;
    const state = {
      declare: () => {},
      halt: interruptNow,
      set result(result: unknown) {
        value = result;
      },
    };
    await contexts.run(context, () =>
      call(this.scope, state, this.halt, () => () => undefined, this.modules.require, {}),
    );
    return value;
  }

  private failed(error: CellError, context: OutputContext): CellResult {
    context.send({ output_type: "error", ...error });
    return { status: "error", error };
  }

  private declare(accessors: Accessors): void {
    for (const [name, [get, set]] of Object.entries(accessors))
      Object.defineProperty(this.scope, name, { get, set, configurable: true, enumerable: true });
  }

  /** After an error: names that the cell never reached keep what an earlier cell gave them. */
  private restore(before: ReadonlyMap<string, PropertyDescriptor | undefined>): void {
    for (const [name, descriptor] of before) {
      try {
        void this.scope[name];
      } catch {
        if (descriptor === undefined) delete this.scope[name];
        else Object.defineProperty(this.scope, name, descriptor);
      }
    }
  }

  /** An error that no cell awaits (a timer, a forgotten promise): shown with the cell that caused it. */
  uncaught(error: unknown): void {
    const context = currentContext() ?? fallback.context;
    context?.send({ output_type: "error", ...this.tracebacks.describe(error) });
  }

  async close(): Promise<void> {
    await this.companion;
    await this.compiler.close();
  }
}

function noInput(): Promise<string> {
  return Promise.reject(new Error("input() needs a reader: this notebook runs without one"));
}
