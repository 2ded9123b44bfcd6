/** Attributes that follow each other: in the page, or in the kernel. */
import { InvalidArgument } from "../../src/core/errors.js";
import { DirectionalLink, Link } from "./controls/links.js";
import { Widget } from "./core/widget.js";

function checkEnd(caller: string, widget: unknown, name: string, travelling: boolean): void {
  if (!(widget instanceof Widget))
    throw new InvalidArgument(`${caller} takes widgets, each with a name of an attribute`);
  if (widget.hasAttribute(name, travelling)) return;
  const why = widget.hasAttribute(name)
    ? "the page does not know it (its `index` may be what you want)"
    : "it has none";
  throw new InvalidArgument(`${caller}: ${widget.constructor.name} cannot be linked by \`${name}\`: ${why}`);
}

/**
 * Links two attributes in the page: a change of one is at once a change of the other, without the kernel, and works in an
 * exported page, too. Both begin with the value of the first.
 *
 *   jslink(slider, "value", bar, "value");
 *
 * @returns the link; its `close()` ends it
 * @throws InvalidArgument if an attribute does not exist, or the page does not know it
 */
export function jslink<A extends Widget, B extends Widget>(
  a: A,
  name: keyof A & string,
  b: B,
  other: keyof B & string,
): Link {
  checkEnd("jslink", a, name, true);
  checkEnd("jslink", b, other, true);
  return new Link({ source: [a, name], target: [b, other] });
}

/** Like {@link jslink}, but only the second attribute follows the first. */
export function jsdlink<A extends Widget, B extends Widget>(
  source: A,
  name: keyof A & string,
  target: B,
  other: keyof B & string,
): DirectionalLink {
  checkEnd("jsdlink", source, name, true);
  checkEnd("jsdlink", target, other, true);
  return new DirectionalLink({ source: [source, name], target: [target, other] });
}

/** Values on their way from one attribute to another. */
type Transform<From, To> = (value: From) => To;

/**
 * Links two attributes in the kernel: a change of one, by code or in the page, changes the other. Both begin with the value
 * of the first. `transform` turns a value of the first into one of the second, `back` the other way round.
 *
 *   const end = link(celsius, "value", fahrenheit, "value", (c) => 1.8 * c + 32, (f) => (f - 32) / 1.8);
 *
 * @returns a function that ends it
 * @throws InvalidArgument if an attribute does not exist
 */
export function link<A extends Widget, N extends keyof A & string, B extends Widget, M extends keyof B & string>(
  a: A,
  name: N,
  b: B,
  other: M,
  transform: Transform<A[N], B[M]> = (value) => value as unknown as B[M],
  back: Transform<B[M], A[N]> = (value) => value as unknown as A[N],
): () => void {
  checkEnd("link", a, name, false);
  checkEnd("link", b, other, false);
  // A transform that rounds would otherwise answer its own change for ever.
  let busy = false;
  const once = (run: () => void): void => {
    if (busy) return;
    busy = true;
    try {
      run();
    } finally {
      busy = false;
    }
  };
  b[other] = transform(a[name]);
  const ends = [
    a.observe(name, () =>
      once(() => {
        b[other] = transform(a[name]);
      }),
    ),
    b.observe(other, () =>
      once(() => {
        a[name] = back(b[other]);
      }),
    ),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Like {@link link}, but only the second attribute follows the first. */
export function dlink<A extends Widget, N extends keyof A & string, B extends Widget, M extends keyof B & string>(
  source: A,
  name: N,
  target: B,
  other: M,
  transform: Transform<A[N], B[M]> = (value) => value as unknown as B[M],
): () => void {
  checkEnd("dlink", source, name, false);
  checkEnd("dlink", target, other, false);
  target[other] = transform(source[name]);
  return source.observe(name, () => {
    target[other] = transform(source[name]);
  });
}
