/** Numbers of requests: one series for a page, so that no part of a view takes the answer to another's. 0 is nobody's request. */
let last = 0;

export const nextNumber = (): number => ++last;
