/** Remembers what was made last: `make` is called again when one of its arguments is another. */
export function lastOf<Of extends readonly unknown[], Made>(make: (...of: Of) => Made): (...of: Of) => Made {
  let known: { readonly of: Of; readonly made: Made } | undefined;
  return (...of) => {
    if (known === undefined || of.some((part, k) => part !== known!.of[k])) known = { of, made: make(...of) };
    return known.made;
  };
}
