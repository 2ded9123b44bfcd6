/** Asks the language thread, from whichever thread holds a port to it: one promise a request. */
import type { TransformedCell } from "../cells/cell.js";
import { CellSyntaxError } from "../cells/cell-error.js";
import type { Completion, Warning } from "./language.js";
import type { LanguageReply, LanguageRequest } from "./worker.js";

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;

export class LanguageClient {
  private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private last = 0;

  /** @param post sends a request on its way */
  constructor(private readonly post: (request: LanguageRequest) => void) {}

  /** Whether a reply is outstanding. */
  get busy(): boolean {
    return this.waiting.size > 0;
  }

  settle({ id, value, error }: LanguageReply): void {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiter?.resolve(value);
    else if (error.line !== undefined)
      waiter?.reject(new CellSyntaxError(error.message, error.line, error.column ?? 1));
    else waiter?.reject(new Error(error.message));
  }

  /** The thread has died, and all requests with it. */
  fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }

  private ask<T>(request: Unnumbered<LanguageRequest>): Promise<T> {
    const id = ++this.last;
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.post({ ...request, id });
    });
  }

  transform(source: string, known: Iterable<string>): Promise<TransformedCell> {
    return this.ask({ kind: "transform", source, known: [...known] });
  }

  check(index: number, source: string): Promise<Warning[]> {
    return this.ask({ kind: "check", index, source });
  }

  complete(source: string, position: number): Promise<Completion> {
    return this.ask({ kind: "complete", source, position });
  }

  inspect(source: string, position: number): Promise<{ text: string; markdown: string } | undefined> {
    return this.ask({ kind: "inspect", source, position });
  }

  completeness(source: string): Promise<{ status: string; indent?: string }> {
    return this.ask({ kind: "completeness", source });
  }
}
