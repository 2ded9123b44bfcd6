/**
 * Markov random fields of labels (Potts model): costs are whole numbers in float64, so that sums are the same in any order.
 * Label 255 takes part in nothing. A table has three float64 for each class: mean, 1/(2σ²) and log σ + ½ log 2π, the last
 * two in units of cost. Weights are the costs of a pair of unlike neighbours along z, y, x; along an axis with a single voxel
 * step and weight are 0.
 */

/** Cost of a grey value in class `k`; one of 11 000 σ is as far as any. */
export function costOf(value: f64, table: usize, k: usize): f64 {
  const at = table + k * 24;
  const apart = value - load<f64>(at);
  return nearest(min(apart * apart * load<f64>(at, 8) + load<f64>(at, 16), 274877906944));
}

/**
 * Gives the voxels of one colour of a plane the label that is best beside their neighbours' (iterated conditional modes).
 * Of equally good ones the present label stays, then the lowest wins.
 * @param labels the plane's first byte, `grey` its float32
 * @param colour 0 or 1: voxels with (y + x) of that parity, counted from the first one
 * @param calm two float64 for each class: grey values from the first to the second keep it among six neighbours of it
 */
export function conditionalModes(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  rows: usize,
  columns: usize,
  colour: usize,
  classes: i32,
  table: usize,
  weightZ: i32,
  weightY: i32,
  weightX: i32,
  calm: usize,
): void {
  for (let y: usize = 0; y < rows; y++) {
    const line = labels + y * row;
    const values = grey + y * greyRow;
    for (let x: usize = (colour + y) & 1; x < columns; x += 2) {
      const at = line + x;
      const now = <i32>load<u8>(at);
      if (now === 255) continue;
      const a = <i32>load<u8>(at - stepZ);
      const b = <i32>load<u8>(at + stepZ);
      const c = <i32>load<u8>(at - stepY);
      const d = <i32>load<u8>(at + stepY);
      const e = <i32>load<u8>(at - stepX);
      const f = <i32>load<u8>(at + stepX);
      const value = <f64>load<f32>(values + (x << 2));
      // Most voxels lie inside of something.
      if (((a ^ now) | (b ^ now) | (c ^ now) | (d ^ now) | (e ^ now) | (f ^ now)) === 0) {
        const limits = calm + (now << 4);
        if (value >= load<f64>(limits) && value <= load<f64>(limits, 8)) continue;
      }
      let best = now;
      let least = Infinity;
      for (let k = -1; k < classes; k++) {
        const label = k < 0 ? now : k;
        const alike =
          weightZ * (i32(a === label) + i32(b === label)) +
          weightY * (i32(c === label) + i32(d === label)) +
          weightX * (i32(e === label) + i32(f === label));
        const cost = costOf(value, table, label) - <f64>alike;
        best = cost < least ? label : best;
        least = min(least, cost);
      }
      store<u8>(at, <u8>best);
    }
  }
}

/**
 * Adds up what a plane has, as int64 at `out`: pairs of unlike neighbours along z, y, x (each voxel with the next one), the
 * cost of the grey values in their classes, and for each class the number of voxels, the sum of their values and that of the
 * squares in two parts (Σ q² = high · 2²⁰ + low), values being q = (value − origin) / unit, rounded.
 * @param table 0: without costs
 */
export function sumField(
  labels: usize,
  stepZ: usize,
  row: usize,
  stepY: usize,
  stepX: usize,
  grey: usize,
  greyRow: usize,
  rows: usize,
  columns: usize,
  table: usize,
  origin: f64,
  perUnit: f64,
  out: usize,
): void {
  let pairsZ: i64 = 0;
  let pairsY: i64 = 0;
  let pairsX: i64 = 0;
  let costs: i64 = 0;
  for (let y: usize = 0; y < rows; y++) {
    const line = labels + y * row;
    const values = grey + y * greyRow;
    for (let x: usize = 0; x < columns; x++) {
      const at = line + x;
      const label = <i32>load<u8>(at);
      if (label === 255) continue;
      pairsZ += i64(unlike(label, <i32>load<u8>(at + stepZ)));
      pairsY += i64(unlike(label, <i32>load<u8>(at + stepY)));
      pairsX += i64(unlike(label, <i32>load<u8>(at + stepX)));
      const value = <f64>load<f32>(values + (x << 2));
      if (table !== 0) costs += <i64>costOf(value, table, label);
      const q = <i64>nearest((value - origin) * perUnit);
      const square = q * q;
      const to = out + 32 + (label << 5);
      store<i64>(to, load<i64>(to) + 1);
      store<i64>(to, load<i64>(to, 8) + q, 8);
      store<i64>(to, load<i64>(to, 16) + (square >> 20), 16);
      store<i64>(to, load<i64>(to, 24) + (square & 0xfffff), 24);
    }
  }
  store<i64>(out, load<i64>(out) + pairsZ);
  store<i64>(out, load<i64>(out, 8) + pairsY, 8);
  store<i64>(out, load<i64>(out, 16) + pairsX, 16);
  store<i64>(out, load<i64>(out, 24) + costs, 24);
}

function unlike(label: i32, other: i32): bool {
  return other !== label && other !== 255;
}

/** Labels of `classes` or more, and those of voxels whose grey value is no finite number, become 255. */
export function restrictLabels(
  labels: usize,
  row: usize,
  grey: usize,
  greyRow: usize,
  rows: usize,
  columns: usize,
  classes: i32,
): void {
  for (let y: usize = 0; y < rows; y++)
    for (let x: usize = 0; x < columns; x++) {
      const at = labels + y * row + x;
      const value = load<f32>(grey + y * greyRow + (x << 2));
      if (<i32>load<u8>(at) >= classes || value - value !== 0) store<u8>(at, 255);
    }
}
