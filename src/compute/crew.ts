/** A member of a team (team.ts), in its thread: takes parts of the work and waits for the others. */
import { ComputeFailed } from "../core/errors.js";
import type { Membership } from "./team.js";

type Kernel = (...numbers: number[]) => number;

const ARRIVED = 0;
const ROUND = 1;
const NEXT = 2;

export class Crew {
  readonly memory: WebAssembly.Memory;
  readonly member: number;
  readonly members: number;
  readonly #kernels: Readonly<Record<string, Kernel>>;
  readonly #gate: Int32Array;
  #alone = false;

  constructor({ module, memory, gate, member, members }: Membership) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#kernels = exports as Record<string, Kernel>;
    this.memory = memory;
    this.member = member;
    this.members = members;
    this.#gate = new Int32Array(gate);
  }

  /** A kernel by its name. */
  kernel(name: string): Kernel {
    const found = this.#kernels[name];
    if (found === undefined) throw new ComputeFailed(`there is no kernel ${name}: build the kernels again`);
    return found;
  }

  /** Does `work` for each part once, whoever takes it, and goes on when all parts are done. */
  each(parts: number, work: (part: number) => void): void {
    if (this.members === 1 || this.#alone) {
      for (let part = 0; part < parts; part++) work(part);
      return;
    }
    for (let part = Atomics.add(this.#gate, NEXT, 1); part < parts; part = Atomics.add(this.#gate, NEXT, 1)) work(part);
    this.#meet();
  }

  /** Does `work` in one thread while the others wait: for what is too little to be shared. */
  alone(work: () => void): void {
    if (this.members === 1 || this.#alone) return work();
    if (this.member === 0) {
      this.#alone = true;
      work();
      this.#alone = false;
    }
    this.#meet();
  }

  /** Waits, asleep, until all members are here. */
  #meet(): void {
    const round = Atomics.load(this.#gate, ROUND);
    if (Atomics.add(this.#gate, ARRIVED, 1) + 1 === this.members) {
      Atomics.store(this.#gate, ARRIVED, 0);
      Atomics.store(this.#gate, NEXT, 0);
      Atomics.add(this.#gate, ROUND, 1);
      Atomics.notify(this.#gate, ROUND);
    } else while (Atomics.load(this.#gate, ROUND) === round) Atomics.wait(this.#gate, ROUND, round);
  }
}
