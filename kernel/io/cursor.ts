/** Jupyter counts a cursor in Unicode code points, JavaScript in UTF-16 units; they part ways after an emoji. */

export function codeUnits(text: string, points: number): number {
  let at = 0;
  for (let k = 0; k < points && at < text.length; k++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

export function codePoints(text: string, units: number): number {
  let points = 0;
  for (let at = 0; at < units && at < text.length; points++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return points;
}
