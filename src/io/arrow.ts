import { type RecordBatch, Table, type Vector } from "apache-arrow";
import { brickBatch, brickSchema } from "../compute/brick-table.js";
import { buildVolume } from "../compute/build.js";
import { checkVolume } from "../compute/run.js";
import { factsOf } from "../compute/volume-schema.js";
import { dtypeOf, type Voxels } from "../core/dtype.js";
import { InvalidArgument, MalformedFile, MissingData } from "../core/errors.js";
import { checkOptions, type RunOptions } from "../core/options.js";
import { BrickGrid } from "../core/shape.js";
import type { Volume } from "../core/volume.js";

/**
 * A volume as an Arrow table: one row and one record batch a brick, with the columns `z, y, x` (first voxel), `t`,
 * `channel`, `component`, `level`, `extent_z, extent_y, extent_x` (voxels without padding), `min`, `max`, `sum`, `nan`
 * (records without padding), `crc32`, and `voxels`, a canonical `arrow.fixed_shape_tensor` of the brick's shape. The
 * schema's metadata hold shape, brick, dtype, role, spacing (metres; left out if unknown), origin, direction, phases and
 * provenance. It is what a volume file holds.
 *
 * Voxels in memory are not copied, but for bricks at the far faces whose padding is not zero; those of a file are read,
 * all of them.
 * @throws MissingData if the volume was released
 */
export async function toArrow(volume: Volume): Promise<Table> {
  checkVolume("toArrow", volume);
  const schema = brickSchema({ ...volume, brick: volume.grid.brick });
  const batches: RecordBatch[] = [];
  for (let index = 0; index < volume.grid.length; index++) batches.push(await brickBatch(volume, schema, index));
  return new Table(schema, batches);
}

const number = (column: Vector | null, row: number): number => Number(column?.get(row) ?? 0);

/**
 * A volume from an Arrow table of bricks, as {@link toArrow} makes it or another program writes it: needed are the
 * columns `z`, `y`, `x` and `voxels` and the metadata. The voxels are copied into the library's own memory.
 * @throws UnsupportedFeature if the table is no volume; MalformedFile or MissingData if its rows are not the bricks that
 * its metadata promise; LimitExceeded if they fit neither memory nor the scratch disk
 */
export async function fromArrow(
  table: Table,
  options: Pick<RunOptions, "signal" | "memoryLimit"> = {},
): Promise<Volume> {
  if (typeof table !== "object" || table === null || !("schema" in table) || !("batches" in table))
    throw new InvalidArgument(`fromArrow takes an Arrow table, got ${String(table)}`);
  checkOptions("fromArrow", options, ["signal", "memoryLimit"]);
  const facts = factsOf(table.schema.metadata, "the table");
  const grid = new BrickGrid(facts.shape, facts.brick);
  if (grid.length > table.numRows)
    throw new MissingData(`the table has ${table.numRows} rows, but its volume has ${grid.length} bricks`);
  return buildVolume(
    facts,
    async (writer) => {
      const written = new Uint8Array(grid.length);
      for (const batch of table.batches)
        for (let row = 0; row < batch.numRows; row++) {
          if (number(batch.getChild("level"), row) !== 0) continue;
          const start = ["z", "y", "x"].map((name) => number(batch.getChild(name), row));
          const at = start.map((n, k) => n / grid.brick[k]!);
          const index = (at[0]! * grid.counts[1] + at[1]!) * grid.counts[2] + at[2]!;
          if (!at.every((n, k) => Number.isInteger(n) && n >= 0 && n < grid.counts[k]!) || written[index])
            throw new MalformedFile(
              `the table has a brick at voxel ${start.join(", ")} twice, or where none can begin`,
            );
          written[index] = 1;
          await writer.writeBrick(index, brickOf(batch, row, grid, facts.dtype));
        }
      const missing = written.indexOf(0);
      if (missing >= 0) throw new MissingData(`the table lacks brick ${missing} of ${grid.length}`);
    },
    options,
  );
}

function brickOf(batch: RecordBatch, row: number, grid: BrickGrid, dtype: string): Voxels {
  const values = batch.getChild("voxels")?.data[0]?.children[0]?.values as Voxels | undefined;
  const voxels = values?.subarray(row * grid.brickVoxels, (row + 1) * grid.brickVoxels);
  if (voxels === undefined || voxels.length !== grid.brickVoxels || dtypeOf(voxels) !== dtype)
    throw new MalformedFile(`the table's column voxels does not hold bricks of ${grid.brick.join(" × ")} ${dtype}`);
  return voxels;
}
