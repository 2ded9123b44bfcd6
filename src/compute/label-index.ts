/** Gives labels the numbers 0, 1, 2, … in the order in which they come: a table with open addressing. */
export class LabelIndex {
  /** Label of each number. */
  labels = new Float64Array(64);
  count = 0;
  /** 1 more than the number whose label hashes to here or before; 0 where there is none. */
  #slots = new Int32Array(256);
  readonly #largest: number;

  /** @param largest how many labels there may be; one more is a RangeError */
  constructor(largest = 2 ** 30) {
    this.#largest = largest;
  }

  /** The number of a label, which gets the next one if it has none. */
  numberOf(label: number): number {
    const mask = this.#slots.length - 1;
    for (let at = hash(label) & mask; ; at = (at + 1) & mask) {
      const number = this.#slots[at]! - 1;
      if (number < 0) return this.#add(label, at);
      if (this.labels[number] === label) return number;
    }
  }

  #add(label: number, at: number): number {
    if (this.count >= this.#largest) throw new RangeError("too many labels");
    if (this.count === this.labels.length) {
      const labels = new Float64Array(2 * this.count);
      labels.set(this.labels);
      this.labels = labels;
    }
    this.labels[this.count] = label;
    this.#slots[at] = ++this.count;
    if (4 * this.count > 3 * this.#slots.length) this.#spread();
    return this.count - 1;
  }

  #spread(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let k = 0; k < this.count; k++) {
      let at = hash(this.labels[k]!) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = k + 1;
    }
    this.#slots = slots;
  }
}

/** Neighbouring labels come far apart. */
function hash(label: number): number {
  const mixed = Math.imul(label | 0, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
