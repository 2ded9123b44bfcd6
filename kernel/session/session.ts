/** Runs cells one after the other: the state that they share, their results, their errors. Knows nothing of sockets. */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { MessagePort } from "node:worker_threads";
import { Bindings } from "../cells/bindings.js";
import type { TransformedCell } from "../cells/cell.js";
import { CellSyntaxError } from "../cells/cell-error.js";
import { type KernelApi, kernelSymbol, type MimeBundle } from "../comm.js";
import { type CellError, Tracebacks } from "../errors/traceback.js";
import { home, Modules, ownEntries } from "../imports/modules.js";
import { Compiler } from "../language/compiler.js";
import { dropChecks } from "../threads/async-stack.js";
import { type Halt, type Interrupted, install, newHalt } from "../threads/halt.js";
import { displayIdOf, firstBundle, mimeBundle } from "./display.js";
import { guardExits } from "./exits.js";
import type { InputSettings } from "./input.js";
import { contexts, currentContext, fallback, type OutputContext } from "./output.js";
import { type CellSurroundings, compile, nativeImport, surroundings } from "./surroundings.js";

export interface SessionOptions {
  /** The notebook's folder. */
  readonly folder: string;
  readonly api: KernelApi;
  readonly input?: (prompt: unknown, settings?: InputSettings) => Promise<string>;
  /** While it is up, loops of cells throw. Another thread raises it to interrupt; see halt.ts. */
  readonly halt?: Halt;
  /** Gets a port to the language thread for another thread, each time that has started. */
  readonly onLanguage?: (port: MessagePort) => void;
}

/** What a type error does: "warn" shows it and runs the cell, "stop" does not run the cell, "off" looks at no types. */
export type TypeErrors = "warn" | "stop" | "off";
const TYPE_ERRORS: readonly unknown[] = ["warn", "stop", "off"] satisfies TypeErrors[];

export type CellResult = { status: "ok" } | { status: "error"; error: CellError };

/** One cell on its way. */
interface Attempt {
  readonly source: string;
  readonly context: OutputContext;
  /** As the reader knows the cell. */
  readonly number: number;
  /** Rejects when the reader interrupts. */
  readonly interrupted: Promise<never>;
}

/**
 * After a cell has imported the package, its entry `widgets` is loaded in the background and told of the kernel: it
 * brings the progress bars of long functions. The kernel itself knows only this name.
 */
const COMPANION = "/widgets";

export class Session {
  readonly compiler: Compiler;
  readonly tracebacks: Tracebacks;
  /** What the reply of the running cell carries besides its status. */
  readonly payload: { source: string; data: MimeBundle; start: number }[] = [];
  private readonly modules: Modules;
  private readonly bindings = new Bindings();
  private readonly folder: string;
  private rejectRunning: ((reason: unknown) => void) | undefined;
  /** What ended a loop of the running cell, should nobody live to tell. */
  private stoppedLoop: Interrupted | undefined;
  private companion: Promise<unknown> | undefined;
  private last = 0;
  private runs = 0;
  private readonly halt: Halt;
  private typeErrors: TypeErrors = "warn";
  private readonly allowExits: () => void;

  constructor(private readonly options: SessionOptions) {
    this.folder = resolve(options.folder);
    this.halt = options.halt ?? newHalt();
    install(this.halt, (error) => {
      this.stoppedLoop = error;
    });
    this.allowExits = guardExits();
    this.tracebacks = new Tracebacks(this.folder);
    const settings = { folder: this.folder, home, aliases: ownEntries("types") };
    this.compiler = new Compiler(settings, options.onLanguage);
    this.modules = new Modules(
      this.folder,
      nativeImport(this.folder),
      (entry) => this.attachCompanion(entry),
      this.tracebacks.imported,
    );
    const { api, input = noInput } = options;
    const clearOutput = (wait?: boolean): void => api.clearOutput(wait);
    const { display, page, notebook } = this;
    Object.assign(globalThis, { [kernelSymbol]: api, display, clearOutput, page, input, notebook: notebook() });
  }

  /** What cells know as `notebook`. */
  private readonly notebook = (): object => {
    const session = this;
    return {
      folder: this.folder,
      get typeErrors() {
        return session.typeErrors;
      },
      set typeErrors(value: TypeErrors) {
        if (!TYPE_ERRORS.includes(value))
          throw new TypeError(`notebook.typeErrors is ${String(value)}; allowed are "warn", "stop" and "off"`);
        session.typeErrors = value;
      },
    };
  };

  /** Number of the last cell. */
  get count(): number {
    return this.last;
  }

  /** What cells call as `display(value)`. */
  readonly display = async (value: unknown, options: { displayId?: string; update?: boolean } = {}): Promise<void> => {
    const displayId = displayIdOf(value);
    const settings = { ...(displayId && { displayId }), ...options };
    // What is renewed keeps its picture until the next one is there.
    const first = options.update ? undefined : firstBundle(value);
    if (first !== undefined) this.options.api.display(first, settings);
    this.options.api.display(await mimeBundle(value), first === undefined ? settings : { ...settings, update: true });
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

  /** The error of a cell whose promises a termination has dropped. */
  abandoned(reason: Interrupted, number: number): CellError {
    return this.tracebacks.describe(this.stoppedLoop ?? reason, number);
  }

  /** Rejects the running cell. */
  interrupt(reason: Interrupted): void {
    this.rejectRunning?.(reason);
  }

  /**
   * Runs one cell and waits for its value, its output and its type warnings.
   * @param numbered whether the cell takes a new number; silent ones do not
   */
  async execute(source: string, context: OutputContext, numbered = true): Promise<CellResult> {
    const number = numbered ? ++this.last : this.last;
    this.stoppedLoop = undefined;
    if (source.trim() === "") return { status: "ok" };
    const interrupted = new Promise<never>((_, reject) => {
      this.rejectRunning = reject;
    });
    // Nobody may wait for it any more when it comes.
    interrupted.catch(() => undefined);
    try {
      return await this.attempt({ source, context, number, interrupted });
    } finally {
      this.rejectRunning = undefined;
    }
  }

  private async attempt({ source, context, number, interrupted }: Attempt): Promise<CellResult> {
    let cell: TransformedCell;
    try {
      cell = await Promise.race([this.compiler.transform(source, this.bindings.names()), interrupted]);
    } catch (error) {
      if (error instanceof CellSyntaxError) return this.failed(this.tracebacks.syntax(number, source, error), context);
      return this.failed(this.tracebacks.describe(error, number), context);
    }
    const run = ++this.runs;
    // A compiler that fails must not keep the cell from running, nor an interrupt wait for it.
    const checking = this.typeErrors === "off" ? [] : this.compiler.check(run, source);
    const checked = Promise.race([checking, interrupted]).catch(() => []);
    if (this.typeErrors === "stop") {
      const found = await checked;
      if (found.length > 0) return this.failed(this.tracebacks.types(number, source, found), context);
    }
    const outcome = await this.run(run, cell, { source, context, number, interrupted });
    for (const { line, message } of await checked)
      context.write("stderr", `Cell [${number}], line ${line}: ${message}\n`);
    context.flush();
    return outcome;
  }

  /** @param run number of this run, silent ones included: no two share a file name */
  private async run(run: number, cell: TransformedCell, attempt: Attempt): Promise<CellResult> {
    const { source, context, number, interrupted } = attempt;
    const path = join(this.folder, `cell-${run}.ts`);
    this.tracebacks.register(path, number, source, cell.map);
    const around = this.surroundings(path);
    // A cell that has been stopped while it waits goes no further when what it waits for comes.
    interrupted.catch((reason: Interrupted) => {
      around.stopped = reason;
    });
    try {
      const call = compile(cell.code, path, this.bindings.scope);
      const begin = (): Promise<void> => contexts.run(context, () => call(around));
      dropChecks();
      await Promise.race([begin(), interrupted]);
      const { result } = around;
      if (result !== undefined && result !== null) {
        const display_id = displayIdOf(result);
        const display = (output_type: "display_data" | "update_display_data", data: MimeBundle): void =>
          context.send({ output_type, data, metadata: {}, transient: { display_id: display_id! } });
        const first = firstBundle(result);
        if (first !== undefined) display("display_data", first);
        const data = await Promise.race([contexts.run(context, () => mimeBundle(result)), interrupted]);
        if (display_id === undefined)
          context.send({ output_type: "execute_result", data, metadata: {}, execution_count: number });
        else display(first === undefined ? "display_data" : "update_display_data", data);
      }
      return { status: "ok" };
    } catch (error) {
      return this.failed(this.tracebacks.describe(error, number), context);
    }
  }

  private surroundings(path: string): CellSurroundings {
    const { bindings, modules, tracebacks } = this;
    return surroundings({ bindings, modules, path, thrown: tracebacks.thrown });
  }

  /** What an expression of the notebook's scope shows as; takes no number. */
  async evaluate(source: string, context: OutputContext): Promise<MimeBundle> {
    const interrupted = new Promise<never>((_, reject) => {
      this.rejectRunning = reject;
    });
    const value = async (): Promise<MimeBundle> => {
      const cell = await this.compiler.transform(`(\n${source}\n)`, this.bindings.names());
      const path = join(this.folder, "expression.ts");
      const around = this.surroundings(path);
      await contexts.run(context, () => compile(cell.code, path, this.bindings.scope)(around));
      return contexts.run(context, () => mimeBundle(around.result));
    };
    try {
      return await Promise.race([value(), interrupted]);
    } finally {
      this.rejectRunning = undefined;
    }
  }

  private failed(error: CellError, context: OutputContext): CellResult {
    context.send({ output_type: "error", ...error });
    return { status: "error", error };
  }

  /** An error that no cell awaits (a timer, a forgotten promise): shown with the cell that caused it. */
  uncaught(error: unknown): void {
    const context = currentContext() ?? fallback.context;
    context?.send({ output_type: "error", ...this.tracebacks.describe(error, context.cell) });
  }

  async close(): Promise<void> {
    this.allowExits();
    await this.companion;
    await this.compiler.close();
  }
}

function noInput(): Promise<string> {
  return Promise.reject(new Error("input() needs a reader: this notebook runs without one"));
}
