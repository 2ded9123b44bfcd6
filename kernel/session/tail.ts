/** The text that the running cell wrote last, where the I/O thread finds it: a reader sees it while the cell spins. */
import { OWNERS, type SharedText, type StreamName } from "../threads/shared-text.js";
import type { OutputContext } from "./output.js";

export class Tail {
  private context: OutputContext | undefined;
  private owner = 0;

  /** @param announce tells the I/O thread whose text it will find under a number */
  constructor(
    private readonly shared: SharedText,
    private readonly announce: (owner: number, name: StreamName, context: OutputContext) => void,
  ) {}

  /** Adds text of a context. False if it has no room here, or another context's text has not been taken yet. */
  append(context: OutputContext, name: StreamName, text: string): boolean {
    if (this.context !== context && !this.shared.isEmpty) return false;
    const next = (this.owner + 1) % OWNERS;
    const owner = this.shared.append(this.owner, next, text);
    if (owner === undefined) return false;
    this.context = context;
    if (owner === next) {
      this.owner = next;
      // Behind everything that was sent before this text, so that the I/O thread cannot send it too early.
      this.announce(next, name, context);
    }
    return true;
  }

  /** Lets the context whose text may lie here send it. */
  flush(): void {
    this.context?.flush();
  }

  /** Takes back what a context wrote and nobody has sent; the place is free for another one then. */
  take(context: OutputContext): string {
    if (this.context !== context) return "";
    this.context = undefined;
    return this.shared.takeBack();
  }
}
