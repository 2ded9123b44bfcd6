/**
 * Versions of the local files that cells import. Node loads a URL once for ever; so the URL of a local module carries a
 * fingerprint of its text and of all local files that it imports, directly or not. An edit anywhere makes new modules of
 * those that depend on it, and of no others: unchanged modules stay the same object, with their state.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { localFile } from "./local-files.js";

/** A file as it was read last. */
interface Read {
  readonly stamp: string;
  readonly fingerprint: string;
  /** Local files that it imports. */
  readonly imports: readonly string[];
}

/** A file changed twice within the resolution of its time stamp looks unchanged: one so young is read again. */
const YOUNG_MILLISECONDS = 1000;
/** Data, rather than code: its time stamp has to do. */
const LARGE = 16 * 1024 * 1024;
const IMPORT = /\b(?:from|import|require)\b\s*(?:\(\s*)?["'`]([^"'`\n]+)["'`]/g;

const hash = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

export class Versions {
  private readonly files = new Map<string, Read>();
  /** Version of each file when a module of it was last evaluated without an error. */
  private readonly whole = new Map<string, string>();
  /** How often a file's module has failed: Node would repeat the error for ever, also after its cause is gone. */
  private readonly failures = new Map<string, number>();

  /** Fingerprint of a file and of all that it imports. */
  of(file: string): string {
    const parts = [...this.closure(file)].sort().map((path) => {
      const read = this.files.get(path);
      return `${path}\0${read?.fingerprint}\0${this.failures.get(path) ?? 0}`;
    });
    return hash(parts.join("\0"));
  }

  /** A module and all that it imports run. */
  loaded(file: string): void {
    for (const path of this.closure(file)) this.whole.set(path, this.of(path));
  }

  /** A module, or one that it imports, has failed: those that never ran are other modules the next time. */
  failed(file: string): void {
    const broken = [...this.closure(file)].filter((path) => this.whole.get(path) !== this.of(path));
    for (const path of broken) this.failures.set(path, (this.failures.get(path) ?? 0) + 1);
  }

  /** A file and all local files that it imports, directly or not. */
  closure(file: string, found = new Set<string>()): Set<string> {
    if (found.has(file)) return found;
    found.add(file);
    for (const path of this.read(file)?.imports ?? []) this.closure(path, found);
    return found;
  }

  private read(file: string): Read | undefined {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    const known = this.files.get(file);
    if (stat === undefined || !stat.isFile()) {
      this.files.delete(file);
      return undefined;
    }
    const stamp = `${stat.mtimeNs} ${stat.ctimeNs} ${stat.size} ${stat.ino}`;
    const young = Date.now() - Number(stat.mtimeMs) < YOUNG_MILLISECONDS;
    if (known?.stamp === stamp && !young) return known;
    const fresh: Read =
      stat.size > LARGE ? { stamp, fingerprint: stamp, imports: [] } : { stamp, ...parts(file, readFileSync(file)) };
    this.files.set(file, fresh);
    return fresh;
  }
}

function parts(file: string, bytes: Buffer): { fingerprint: string; imports: string[] } {
  const code = /\.[cm]?[jt]s$/.test(file) ? bytes.toString("utf8") : "";
  // Finding too much (in a comment, say) costs nothing but a module made anew without need.
  const imports = Array.from(code.matchAll(IMPORT), ([, specifier]) => specifier!)
    .filter((specifier) => /^\.{0,2}\/|^\.{1,2}$|^file:/.test(specifier))
    .map((specifier) =>
      localFile(specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(dirname(file), specifier)),
    )
    .filter((path) => path !== undefined);
  return { fingerprint: hash(bytes), imports };
}
