/** The files that the language service sees: virtual ones of the notebook, and those on disk. */
import { join, sep } from "node:path";
import type TS from "typescript";
import { ts } from "../cells/typescript.js";
import { LIBRARY, libraryText } from "./standard-library.js";

const OPTIONS: TS.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: LIBRARY,
  strict: true,
  noImplicitAny: false,
  skipLibCheck: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
  noEmit: true,
};

interface VirtualFile {
  readonly text: string;
  readonly version: number;
}

export class LanguageHost implements TS.LanguageServiceHost {
  private readonly virtual = new Map<string, VirtualFile>();
  private readonly kept = new Map<string, TS.IScriptSnapshot>();
  private readonly resolved = new Map<string, TS.ResolvedModuleWithFailedLookupLocations>();
  private readonly packages: TS.ModuleResolutionCache;
  private roots: readonly string[] = [];
  private settings: TS.CompilerOptions;
  private version = 0;
  /** Whether somebody needs all of the standard library. */
  private whole = false;

  /**
   * @param folder the notebook's folder: relative imports and packages resolve from here
   * @param home the folder of the kernel's own package, whose dependencies resolve after the notebook's
   * @param aliases type files of packages that resolve anywhere: name → path of a `.d.ts`
   */
  constructor(
    private readonly folder: string,
    private readonly home: string,
    private readonly aliases: Readonly<Record<string, string>>,
  ) {
    this.settings = { ...OPTIONS, types: [], typeRoots: [join(home, "node_modules/@types")] };
    this.packages = ts.createModuleResolutionCache(folder, (path) => path, this.settings);
  }

  /** Gives a virtual file its text. */
  write(path: string, text: string): void {
    if (this.virtual.get(path)?.text === text) return;
    this.virtual.set(path, { text, version: ++this.version });
  }

  read(path: string): string | undefined {
    return this.virtual.get(path)?.text;
  }

  /** Files that belong to the program although none imports them. */
  setRoots(paths: readonly string[]): void {
    this.roots = paths;
    this.version++;
  }

  /**
   * Goes through the parts of the standard library; each value is a moment to read what the program has by then. Ends where the whole
   * of it has been asked for meanwhile.
   */
  *libraryParts(): Generator<void> {
    for (const [k] of LIBRARY.entries()) {
      if (this.whole) return;
      this.setLibrary(LIBRARY.slice(0, k + 1));
      yield;
    }
  }

  /** From now on the whole standard library is there, wherever {@link libraryParts} has come to. */
  wholeLibrary(): void {
    if (this.whole) return;
    this.whole = true;
    this.setLibrary(LIBRARY);
  }

  private setLibrary(lib: string[]): void {
    this.settings = { ...this.settings, lib };
    this.version++;
  }

  /** Packages may have been installed since the last look. */
  lookAgain(): void {
    this.packages.clear();
  }

  /** From now on what Node itself brings is known. */
  addNodeTypes(): void {
    this.settings = { ...this.settings, types: ["node"] };
    this.version++;
  }

  getProjectVersion = (): string => String(this.version);
  getCompilationSettings = (): TS.CompilerOptions => this.settings;
  getScriptFileNames = (): string[] => [...this.roots];
  getCurrentDirectory = (): string => this.folder;
  getDefaultLibFileName = (options: TS.CompilerOptions): string => ts.getDefaultLibFilePath(options);
  directoryExists = ts.sys.directoryExists;
  getDirectories = ts.sys.getDirectories;
  readDirectory = ts.sys.readDirectory;
  realpath = (path: string): string => (this.virtual.has(path) ? path : (ts.sys.realpath?.(path) ?? path));
  fileExists = (path: string): boolean =>
    this.virtual.has(path) || libraryText(path) !== undefined || ts.sys.fileExists(path);
  readFile = (path: string): string | undefined => this.read(path) ?? libraryText(path) ?? ts.sys.readFile(path);

  getScriptVersion = (path: string): string => {
    const file = this.virtual.get(path);
    if (file !== undefined) return String(file.version);
    return this.isKept(path) ? "0" : String(ts.sys.getModifiedTime?.(path)?.getTime() ?? 0);
  };

  getScriptSnapshot = (path: string): TS.IScriptSnapshot | undefined => {
    const kept = this.kept.get(path);
    if (kept !== undefined) return kept;
    const text = this.readFile(path);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    if (this.isKept(path)) this.kept.set(path, snapshot);
    return snapshot;
  };

  /** Not in the public interface, but asked for: without it each program reads every package.json anew. */
  getModuleResolutionCache = (): TS.ModuleResolutionCache => this.packages;

  resolveModuleNameLiterals = (
    literals: readonly TS.StringLiteralLike[],
    from: string,
    _redirected: unknown,
    options: TS.CompilerOptions,
  ): TS.ResolvedModuleWithFailedLookupLocations[] =>
    literals.map(({ text }) => {
      // TypeScript remembers what it has found, but looks again for what it has not.
      if (!this.isKept(from)) return this.resolve(text, from, options);
      const key = `${from}\0${text}`;
      const known = this.resolved.get(key);
      if (known !== undefined) return known;
      const found = this.resolve(text, from, options);
      this.resolved.set(key, found);
      return found;
    });

  private resolve(text: string, from: string, options: TS.CompilerOptions): TS.ResolvedModuleWithFailedLookupLocations {
    const sibling = join(this.folder, `${text}.ts`);
    if (text.startsWith("./") && this.virtual.has(sibling)) return resolvedTo(sibling, ts.Extension.Ts);
    const alias = this.aliases[text];
    if (alias !== undefined && this.fileExists(alias)) return resolvedTo(alias, ts.Extension.Dts);
    const found = ts.resolveModuleName(text, from, options, this, this.packages);
    if (found.resolvedModule !== undefined || /^[./]/.test(text)) return found;
    return ts.resolveModuleName(text, join(this.home, "x.ts"), options, this, this.packages);
  }

  /** The package and what it depends on do not change while a kernel runs; to ask the disk for 200 files a cell is slow. */
  private isKept(path: string): boolean {
    return path.startsWith(this.home + sep) && !path.startsWith(this.folder + sep);
  }
}

const resolvedTo = (resolvedFileName: string, extension: string): TS.ResolvedModuleWithFailedLookupLocations => ({
  resolvedModule: { resolvedFileName, extension },
});
