/**
 * Before Node 24 the runtime keeps a stack of asynchronous contexts that a terminated callback never leaves. Node then
 * ends the process at its next check of that stack; and what runs later would be taken for part of the terminated cell.
 * Here the checks are switched off, and the stack is cleared after a termination. There is no public way to either.
 */

interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly constants: { readonly kTotals: number; readonly kCheck: number };
  clearAsyncIdStack(): void;
}

const wrap: AsyncWrap | undefined = Number(process.versions.node.split(".")[0]) < 24 ? binding() : undefined;

function binding(): AsyncWrap | undefined {
  const before = process.noDeprecation;
  // The warning would be shown to the reader, who can do nothing about it.
  process.noDeprecation = true;
  try {
    const { binding } = process as unknown as { binding(name: string): AsyncWrap };
    return binding.call(process, "async_wrap");
  } catch {
    return undefined;
  } finally {
    process.noDeprecation = before ?? false;
  }
}

/** To be called before code runs that may be terminated: hooks that cells install switch the checks on again. */
export function dropChecks(): void {
  if (wrap === undefined) return;
  const { async_hook_fields: fields, constants } = wrap;
  fields[constants.kTotals] = 0;
  fields[constants.kCheck] = 0;
}

/** To be called first after a termination, outside any cell's context. */
export function clearStack(): void {
  dropChecks();
  wrap?.clearAsyncIdStack();
}
