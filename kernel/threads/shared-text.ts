/**
 * Text in memory that two threads share: one writes, the other may take what is there at any moment, also while the first
 * is lost in a loop. No locks, for the writer can be terminated anywhere: the text lies in one of two halves, and a single
 * word says which one, how much of it, and whose it is. The writer adds and takes; when the reader takes, the writer goes
 * on in the other half, so that neither ever writes where the other reads.
 */

/** Bytes that fit in one half. */
const ROOM = 2 ** 16;
/** The word: length in 17 bits, half in one, number of the owner in 12. */
const LENGTH = 2 ** 17 - 1;
const HALF = 17;
const OWNER = 18;
export const OWNERS = 2 ** 12;

export type StreamName = "stdout" | "stderr";

const encoder = new TextEncoder();
const SURROGATE_SPLIT = /^[\udc00-\udfff]|[\ud800-\udbff]$/;

export class SharedText {
  private readonly word: Int32Array;
  private readonly halves: readonly [Uint8Array, Uint8Array];

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4 + 2 * ROOM)) {
    this.word = new Int32Array(memory, 0, 1);
    this.halves = [new Uint8Array(memory, 4, ROOM), new Uint8Array(memory, 4 + ROOM, ROOM)];
  }

  /** Writer's side: whether all has been taken; it stays so until the writer adds something. */
  get isEmpty(): boolean {
    return (Atomics.load(this.word, 0) & LENGTH) === 0;
  }

  /**
   * Writer's side: adds text. Into an empty half only with a number that the reader may still learn of: `next`.
   * @param owner number of the text that the writer believes to be there
   * @returns the number under which the text stands; undefined, and nothing is written, if there is no room for it
   */
  append(owner: number, next: number, text: string): number | undefined {
    // Half a character would be lost; whoever gathers strings can still join it with the other half.
    if (text.length > ROOM || SURROGATE_SPLIT.test(text)) return undefined;
    for (;;) {
      const word = Atomics.load(this.word, 0);
      const length = word & LENGTH;
      const half = (word >> HALF) & 1;
      const number = length === 0 ? next : owner;
      const { read, written } = encoder.encodeInto(text, this.halves[half]!.subarray(length));
      if (read < text.length) return undefined;
      const added = (number << OWNER) | (half << HALF) | (length + written);
      if (Atomics.compareExchange(this.word, 0, word, added) === word) return number;
    }
  }

  /** Writer's side: takes back what the reader has not taken. */
  takeBack(): string {
    const word = Atomics.load(this.word, 0);
    // Only the reader can be quicker, and then there is nothing left.
    if ((word & LENGTH) === 0 || Atomics.compareExchange(this.word, 0, word, word & ~LENGTH) !== word) return "";
    return this.text(word);
  }

  /** Reader's side: takes the text of this owner; "" if there is none, or if it is another's. */
  take(owner: number): string {
    for (;;) {
      const word = Atomics.load(this.word, 0);
      if ((word & LENGTH) === 0 || word >> OWNER !== owner) return "";
      const other = (word ^ (1 << HALF)) & ~LENGTH;
      if (Atomics.compareExchange(this.word, 0, word, other) === word) return this.text(word);
    }
  }

  private text(word: number): string {
    const bytes = this.halves[(word >> HALF) & 1]!;
    return Buffer.from(bytes.buffer, bytes.byteOffset, word & LENGTH).toString("utf8");
  }
}
