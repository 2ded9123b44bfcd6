/** A method under this symbol returns the MIME bundle that a notebook shows for an object (convention of Deno's kernel). */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A MIME bundle: type → text; binary types (image/png) as base64. */
export type MimeBundle = Record<string, unknown>;

/** Text that may stand in HTML: strings of files and users are hostile. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A number of bytes as text: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const k = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${k === 0 ? bytes : Number((bytes / 2 ** (10 * k)).toPrecision(3))} ${units[k]}`;
}
