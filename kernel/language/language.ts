/**
 * What the notebook knows of its own code: types, completion and documentation. Each cell is a virtual module beside the
 * notebook (see cell-module.ts). Only the newest cell is a root of the program: the others are in it as far as something
 * imports them, so that the hundredth cell is checked as fast as the fifth.
 */
import { join } from "node:path";
import type TS from "typescript";
import { ts } from "../cells/typescript.js";
import { type CellSource, cellModule, type Origin, readCell } from "./cell-module.js";
import { LanguageHost } from "./host.js";

/** A type error of a cell; `line` counts from 1. */
export interface Warning {
  readonly line: number;
  readonly message: string;
}

export interface Completion {
  readonly matches: string[];
  /** Range of the source that a match replaces, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly types: { text: string; type: string }[];
}

/** What is wrong only for the virtual module: await at its top level, names that it imports and declares, import by require. */
const NOT_FOR_CELLS = new Set([1378, 1375, 2440, 2300, 1202]);
const ASSIGNED_TO_IMPORT = 2632;
const UNKNOWN_NAME = 2304;

/** The service's own measure of likeness, which its types leave out. */
interface Spelling {
  getSpellingSuggestion<T>(name: string, candidates: Iterable<T>, nameOf: (one: T) => string): T | undefined;
}

/** Names that the kernel gives to every cell. */
const AMBIENT = `
/** Shows a value below the cell, like the last expression of a cell. Give \`displayId\` to renew it later. */
declare function display(value: unknown, options?: { displayId?: string; update?: boolean }): Promise<void>;
/** Clears the output of the cell; with \`wait\`, once something new comes. */
declare function clearOutput(wait?: boolean): void;
/** Shows a value in the pager, beside the notebook. */
declare function page(value: unknown): Promise<void>;
/** Asks the reader of the notebook for a line of text; with \`password\`, without showing it. */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;
/** This notebook, and how its cells are run. */
declare const notebook: {
  /** Folder of the notebook: relative paths, imports and packages are looked up from here. */
  readonly folder: string;
  /** What a type error does: "warn" (default) shows it and runs the cell, "stop" does not run the cell, "off" looks at no types. */
  typeErrors: "warn" | "stop" | "off";
};
`;

/** The little that most cells use of Node: its own types take half a second and 50 MB, and come when a cell needs more. */
const WITHOUT_NODE = `
declare const console: Record<"log" | "error" | "warn" | "info" | "debug" | "table", (...values: unknown[]) => void>;
`;

const NEWEST = "__cell__";
const DRAFT = "__draft__";

export class Language {
  private readonly host: LanguageHost;
  private readonly service: TS.LanguageService;
  private readonly ambient: string;
  /** Where a name comes from now. */
  private readonly origins = new Map<string, Origin>();
  /** Cells that add to global declarations stay in the program. */
  private readonly augmenting: string[] = [];
  private newest: { index: number; cell: CellSource; text: string } | undefined;
  private node = false;
  private drafting = false;

  /**
   * @param folder the notebook's folder: relative imports and packages resolve from here
   * @param home the folder of the kernel's own package, whose dependencies resolve after the notebook's
   * @param aliases type files of packages that resolve anywhere: name → path of a `.d.ts`
   */
  constructor(
    private readonly folder: string,
    home: string,
    aliases: Readonly<Record<string, string>>,
  ) {
    this.ambient = join(folder, "__voxbook__.d.ts");
    this.host = new LanguageHost(folder, home, aliases);
    this.host.write(this.ambient, AMBIENT + WITHOUT_NODE);
    this.host.write(this.path(NEWEST), "export {};");
    this.setRoots();
    this.service = ts.createLanguageService(this.host, ts.createDocumentRegistry());
  }

  private path(name: string): string {
    return join(this.folder, `${name}.ts`);
  }

  private setRoots(): void {
    const drafts = this.drafting ? [this.path(DRAFT)] : [];
    this.host.setRoots([this.ambient, this.path(NEWEST), ...this.augmenting, ...drafts]);
  }

  private addNodeTypes(): void {
    if (this.node) return;
    this.node = true;
    this.host.write(this.ambient, AMBIENT);
    this.host.addNodeTypes();
  }

  /** Reads the standard library and checks an empty cell, in steps between which a request can be answered. */
  *warm(): Generator<void> {
    // A cell that came first has done it all.
    if (this.newest !== undefined) return;
    for (const _ of this.host.libraryParts()) {
      this.service.getProgram();
      yield;
    }
    this.service.getSemanticDiagnostics(this.path(NEWEST));
  }

  /**
   * Makes a cell known, as the newest one, and checks it.
   * @returns its type errors, in the order of its lines
   */
  check(index: number, source: string): Warning[] {
    this.host.wholeLibrary();
    this.keepNewest();
    const cell = readCell(source);
    const { text, start } = cellModule(cell, this.origins);
    this.newest = { index, cell, text };
    this.host.write(this.path(NEWEST), text);
    if (/\b(?:import|require)\b/.test(source)) {
      this.host.lookAgain();
      this.addNodeTypes();
    }
    const found = this.diagnostics(start);
    if (found.length === 0 || this.node) return found;
    // What is wrong may be only that Node's names are not known yet.
    this.addNodeTypes();
    return this.diagnostics(start);
  }

  /** The newest cell becomes one of the earlier ones: a module of its own name, to import from. */
  private keepNewest(): void {
    if (this.newest === undefined) return;
    const { index, cell, text } = this.newest;
    const name = `__cell_${index}__`;
    this.host.write(this.path(name), text);
    for (const [key, declared] of cell.names) this.origins.set(key, { module: `./${name}`, declared });
    if (cell.augments) {
      this.augmenting.push(this.path(name));
      this.setRoots();
    }
    this.newest = undefined;
  }

  private diagnostics(start: number): Warning[] {
    const path = this.path(NEWEST);
    const all = this.service.getSemanticDiagnostics(path);
    const file = this.service.getProgram()?.getSourceFile(path);
    if (file === undefined) return [];
    const before = file.getLineAndCharacterOfPosition(start).line;
    const end = start + this.newest!.cell.source.length;
    return all
      .filter(({ category, code, start: at = 0 }) => {
        const shown = category === ts.DiagnosticCategory.Error && !NOT_FOR_CELLS.has(code);
        return shown && at >= start && at <= end;
      })
      .map(({ code, messageText, start: at = 0 }) => ({
        line: file.getLineAndCharacterOfPosition(at).line - before + 1,
        message: `${readable(ts.flattenDiagnosticMessageText(messageText, "\n  "), code)}${this.meant(file, code, at)} (TS${code})`,
      }));
  }

  /** The name of an earlier cell that an unknown name resembles; the service itself sees only names that are used. */
  private meant(file: TS.SourceFile, code: number, at: number): string {
    if (code !== UNKNOWN_NAME) return "";
    const typed = /^[\p{ID_Continue}$]*/u.exec(file.text.slice(at))![0];
    const near = (ts as unknown as Spelling).getSpellingSuggestion(typed, this.origins.keys(), (name) => name);
    return near === undefined ? "" : ` Did you mean '${near}'?`;
  }

  private draft(source: string): { path: string; offset: number } {
    this.host.wholeLibrary();
    this.keepNewestAsOrigin();
    this.addNodeTypes();
    if (!this.drafting) {
      this.drafting = true;
      this.setRoots();
    }
    // Positions are those of the text as it was typed.
    const { text, start } = cellModule({ ...readCell(source), source }, this.origins, true);
    const path = this.path(DRAFT);
    this.host.write(path, text);
    return { path, offset: start };
  }

  /** Drafts see the newest cell, too. */
  private keepNewestAsOrigin(): void {
    for (const [key, declared] of this.newest?.cell.names ?? [])
      this.origins.set(key, { module: `./${NEWEST}`, declared });
  }

  /** What could stand at a position (UTF-16 units) of unfinished source. */
  complete(source: string, position: number): Completion {
    const { path, offset } = this.draft(source);
    const found = this.service.getCompletionsAtPosition(path, offset + position, {
      includeCompletionsWithInsertText: false,
      includeCompletionsForModuleExports: false,
    });
    const typed = /[\p{ID_Continue}$]*$/u.exec(source.slice(0, position))![0];
    const named = (found?.entries ?? []).filter(({ name }) => !/^__(?:cell|draft|voxbook)_/.test(name));
    const exact = named.filter(({ name }) => name.startsWith(typed));
    const entries = (
      exact.length > 0 ? exact : named.filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase()))
    ).sort((a, b) => a.sortText.localeCompare(b.sortText) || a.name.localeCompare(b.name));
    return {
      matches: entries.map(({ name }) => name),
      types: entries.map(({ name, kind }) => ({ text: name, type: kind })),
      start: position - typed.length,
      end: position,
    };
  }

  /** Signature and documentation of what stands at a position, as plain text and Markdown; undefined if nothing does. */
  inspect(source: string, position: number): { text: string; markdown: string } | undefined {
    const { path, offset } = this.draft(source);
    // A cursor behind a name or behind its bracket still asks for the name.
    for (const back of [0, 1, 2]) {
      const info = this.service.getQuickInfoAtPosition(path, offset + Math.max(0, position - back));
      const signature = readable(ts.displayPartsToString(info?.displayParts));
      // What nobody has declared has no kind, and is of the type `any`.
      if (info === undefined || (info.kind === ts.ScriptElementKind.unknown && signature === "any")) continue;
      const documentation = ts.displayPartsToString(info.documentation);
      const tags = (info.tags ?? []).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`);
      const plain = [signature, documentation, tags.join("\n")].filter((part) => part !== "").join("\n\n");
      const markdown = [
        `\`\`\`ts\n${signature}\n\`\`\``,
        documentation,
        tags.map((tag) => `- \`${tag.split(" ")[0]}\` ${tag.slice(tag.indexOf(" ") + 1)}`).join("\n"),
      ];
      return { text: plain, markdown: markdown.filter((part) => part !== "").join("\n\n") };
    }
    return undefined;
  }
}

/** Messages and signatures without the virtual modules and their imports, of which a reader knows nothing. */
function readable(message: string, code = 0): string {
  const text = message
    .replace(/(?:typeof )?import\("[^"]*__(?:cell|draft)_?\d*_*"\)\./g, "")
    .replace(/^\(alias\) (?=[\p{ID_Continue}$]+[<(])/u, "function ")
    .replace(/^\(alias\) /, "")
    .replace(/\nimport [\p{ID_Continue}$]+$/u, "");
  return code === ASSIGNED_TO_IMPORT ? text.replace("it is an import", "it is a constant of another cell") : text;
}
