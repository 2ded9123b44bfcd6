/**
 * A value with its ± as text, rounded to two digits of the ±: `2.078 ± 0.031 µm`.
 * @see JCGM 100:2008, 7.2.6
 */
export function withUncertainty(value: number, wide: number, unit: string): string {
  const tail = unit === "" || unit === "1" ? "" : ` ${unit}`;
  if (!Number.isFinite(value)) return `${Number.isNaN(value) ? "unknown" : value > 0 ? "∞" : "−∞"}${tail}`;
  if (!Number.isFinite(wide)) return `${Number(value.toPrecision(6))} ± ${Number.isNaN(wide) ? "unknown" : "∞"}${tail}`;
  if (wide === 0) return `${Number(value.toPrecision(6))} ± 0${tail}`;
  // What rounds up to another digit has one digit fewer behind the point.
  const exponent = Math.floor(Math.log10(Number(wide.toPrecision(2))));
  const top = Math.max(exponent, value === 0 ? exponent : Math.floor(Math.log10(Math.abs(value))));
  if (top >= 7 || top < -4) {
    const scale = 10 ** top;
    const digits = Math.min(15, Math.max(0, top - exponent + 1));
    return `(${(value / scale).toFixed(digits)} ± ${(wide / scale).toFixed(digits)}) · 10${superscript(top)}${tail}`;
  }
  const digits = Math.max(0, 1 - exponent);
  // Above 99 the last digits of the ± are no more than places.
  const step = 10 ** Math.max(0, exponent - 1);
  const rounded = (number: number): string => (step * Number((number / step).toFixed(digits))).toFixed(digits);
  return `${rounded(value)} ± ${rounded(wide)}${tail}`;
}

const superscript = (exponent: number): string =>
  [...String(exponent)].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!)).join("");
