/** Room for texts over a picture: each is inside of it, and none over another. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const EDGE = 3;

const meet = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export class LabelRoom {
  readonly #size: { readonly width: number; readonly height: number };
  readonly #taken: Rectangle[] = [];

  constructor(size: { readonly width: number; readonly height: number }) {
    this.#size = size;
  }

  /** Keeps a place free of texts. */
  keep(place: Rectangle): void {
    this.#taken.push(place);
  }

  /**
   * Where a text is written: at the first of some places where it meets no other, moved to be all inside.
   * @param middles where it may be, the best first
   * @param always whether it is written in any case, if need be over others
   * @returns undefined: nowhere
   */
  place(
    { width, height }: { readonly width: number; readonly height: number },
    middles: readonly Point[],
    always = false,
  ): Rectangle | undefined {
    const inside = (at: number, length: number, room: number): number =>
      Math.max(EDGE, Math.min(room - length - EDGE, at - length / 2));
    const boxes = middles.map(({ x, y }) => ({
      x: inside(x, width, this.#size.width),
      y: inside(y, height, this.#size.height),
      width,
      height,
    }));
    const found =
      boxes.find((box) => !this.#taken.some((other) => meet(box, other))) ?? (always ? boxes[0] : undefined);
    if (found !== undefined) this.keep(found);
    return found;
  }
}

/** As much of a text as is at most so wide, with `…` where the rest was. @param widthOf what a text takes */
export function shortened(text: string, most: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= most) return text;
  const letters = [...text];
  let [low, high] = [0, letters.length];
  const cut = (count: number): string => `${letters.slice(0, count).join("")}…`;
  while (low < high) {
    const half = (low + high + 1) >> 1;
    if (widthOf(cut(half)) <= most) low = half;
    else high = half - 1;
  }
  return cut(low);
}
