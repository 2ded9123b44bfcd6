/** Long work that says now and then how far it is, from 0 to 1, and can be left there; it returns what it has made. */
export type Steps<R> = Generator<number, R>;

/** All steps at once. */
export function toEnd<R>(steps: Steps<R>): R {
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Steps that are a part of others: from one share of these to another. */
export function* partOf<R>(steps: Steps<R>, from: number, to: number): Steps<R> {
  while (true) {
    const { done, value } = steps.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}
