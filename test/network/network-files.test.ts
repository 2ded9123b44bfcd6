/** Networks in files: read back equal, read by OpenPNM, and hostile ones refused. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import { isVoxbookError } from "#src/core/errors.js";
import { um } from "#src/core/length.js";
import { numbersOf, type PoreNetwork } from "#src/network/network.js";
import { openNetwork } from "#src/network/open-network.js";
import { poreNetwork } from "#src/network/pore-network.js";
import { saveNetwork } from "#src/network/save-network.js";
import { testFolder } from "../support/folder.js";
import { latticeNetwork } from "../support/lattice-network.js";
import { memoryVolume } from "../support/memory-volume.js";
import { referencePhases } from "../support/reference-volume.js";
import { lacks, openpnm } from "../support/require.js";

const file = testFolder();

const made = poreNetwork(
  memoryVolume(
    Uint8Array.from(referencePhases(40), (phase) => Number(phase === 0)),
    [40, 40, 40],
    { role: "mask", spacing: [um(0.3).metres, um(0.2).metres, um(0.2).metres] },
  ),
);

const plain = (network: PoreNetwork): unknown => ({
  ...network,
  pores: columns(network.pores),
  throats: columns(network.throats),
});
const columns = (table: PoreNetwork["pores"]): unknown =>
  table.schema.fields.map(({ name, type, metadata }, k) => [
    name,
    String(type),
    [...metadata],
    Array.from({ length: table.numRows }, (_, row) => table.getChildAt(k)!.get(row)),
  ]);

test("a network comes back from either format equal in every number, unit and step of provenance", async () => {
  const network = await made;
  const loose = latticeNetwork([2, 3, 1], { without: () => true });
  for (const [k, one] of [network, latticeNetwork([3, 2, 2]), loose].entries())
    for (const ending of ["json", "arrow"]) {
      const path = file(`network-${k}.${ending}`);
      await saveNetwork(one, path);
      expect(plain(await openNetwork(path))).toEqual(plain(one));
    }
  // By the name of a part, too.
  expect(plain(await openNetwork(file("network-0.throats.arrow")))).toEqual(plain(network));
});

test("the Arrow files are tables that other readers open, with units", async () => {
  const network = await made;
  await saveNetwork(network, file("parts.arrow"));
  const table = tableFromIPC(readFileSync(file("parts.pores.arrow")));
  expect(table.numRows).toBe(network.pores.numRows);
  expect(table.schema.fields.find(({ name }) => name === "volume")!.metadata.get("unit")).toBe("µm³");
  expect([...table.getChild("diameter")!]).toEqual([...numbersOf(network.pores, "diameter")]);
});

test.skipIf(lacks("openpnm"))(
  "OpenPNM reads the JSON, and has the same pores and throats",
  { timeout: 60_000 },
  async () => {
    const network = await made;
    await saveNetwork(network, file("openpnm.json"));
    const script = `
import json, sys
import openpnm as op
net = op.io.network_from_jsongraph(sys.argv[1])
print(json.dumps({name: net[name].tolist() for name in ("pore.coords", "throat.conns", "throat.diameter", "throat.length")}))`;
    const out = execFileSync(openpnm()!, ["-c", script, file("openpnm.json")], { encoding: "utf8" });
    const found = JSON.parse(out.trim().split("\n").at(-1)!) as Record<string, number[]> & {
      "pore.coords": number[][];
    };
    const { pores, throats } = network;
    const [one, other] = [numbersOf(throats, "pore 1"), numbersOf(throats, "pore 2")];
    expect(found["throat.conns"]).toEqual(Array.from(one, (row, k) => [row, other[k]]));
    const metres = (values: Float64Array): number[] => Array.from(values, (value) => value * 1e-6);
    for (const [axis, name] of ["x", "y", "z"].entries())
      expect(found["pore.coords"].map((place) => place[axis])).toEqual(metres(numbersOf(pores, name)));
    for (const [k, value] of numbersOf(throats, "diameter").entries())
      expect(found["throat.diameter"]![k]! / (value * 1e-6)).toBeCloseTo(1, 9);
    expect(found["throat.length"]).toEqual(metres(numbersOf(throats, "length")));
  },
);

test("what is no network, or not of this version, is refused with what it is", async () => {
  await expect(saveNetwork(await made, file("network.csv"))).rejects.toThrow(/ends in ".csv"/);
  await expect(saveNetwork({} as never, file("network.json"))).rejects.toThrow(/takes a pore network/);
  await expect(openNetwork(file("network.tif"))).rejects.toThrow(/\.json file or of \.arrow files/);
  await expect(openNetwork(file("nowhere.json"))).rejects.toMatchObject({ code: "MissingData" });
  await expect(openNetwork(file("nowhere.arrow"))).rejects.toMatchObject({ code: "MissingData" });
  await expect(openNetwork(file("other.json", "{}"))).rejects.toMatchObject({ code: "UnsupportedFeature" });
  await expect(openNetwork(file("text.json", "not JSON"))).rejects.toMatchObject({ code: "MalformedFile" });
  await saveNetwork(await made, file("old.json"));
  const text = readFileSync(file("old.json"), "utf8");
  writeFileSync(file("old.json"), text.replace('"version":1', '"version":7'));
  await expect(openNetwork(file("old.json"))).rejects.toThrow(/version 7/);
});

test("JSON whose numbers contradict each other is a damaged file", async () => {
  await saveNetwork(latticeNetwork([2, 2, 2]), file("good.json"));
  const good = readFileSync(file("good.json"), "utf8");
  const parse = (): { graph: { metadata: { voxbook: Record<string, never> } } } => JSON.parse(good);
  type Column = { name: string; kind: string; unit: unknown; values: unknown[] };
  const own = (change: (network: Record<string, unknown> & { pores: Column[]; throats: Column[] }) => void): string => {
    const whole = parse();
    change(whole.graph.metadata.voxbook as never);
    return JSON.stringify(whole);
  };
  const cases: Record<string, string> = {
    "a throat to a pore that is not there": own(({ throats }) => {
      throats.find(({ name }) => name === "pore 2")!.values[0] = 99;
    }),
    "columns of different lengths": own(({ pores }) => {
      pores[1]!.values.pop();
    }),
    "text among numbers": own(({ pores }) => {
      pores.find(({ name }) => name === "diameter")!.values[0] = "wide";
    }),
    "nothing among numbers": own(({ pores }) => {
      pores.find(({ name }) => name === "diameter")!.values[0] = null;
    }),
    "a part of a pore": own(({ throats }) => {
      throats.find(({ name }) => name === "pore 1")!.values[0] = 0.5;
    }),
    "a column without a name": own(({ pores }) => {
      pores[0]!.name = "";
    }),
    "a column twice": own(({ pores }) => {
      pores.push(pores[0]!);
    }),
    "a unit that is none": own(({ pores }) => {
      pores[0]!.unit = 3;
    }),
    "no columns": own((network) => {
      network.pores = [];
    }),
    "a column that is missing": own((network) => {
      network.pores = network.pores.filter(({ name }) => name !== "diameter");
    }),
    "numbers of no kind": own(({ pores }) => {
      pores[2]!.kind = "complex";
    }),
    "a shape of two": own((network) => {
      network.shape = [3, 3];
    }),
    "a spacing of nothing": own((network) => {
      network.spacing = [0, 1, 1];
    }),
    "more than all": own((network) => {
      network.porosity = 1.5;
    }),
    "a diameter of a pore below 0": own(({ pores }) => {
      pores.find(({ name }) => name === "diameter")!.values[0] = -1;
    }),
    "a place that is no number": own(({ pores }) => {
      pores.find(({ name }) => name === "z")!.values[0] = "NaN";
    }),
    "a throat without end": own(({ throats }) => {
      throats.find(({ name }) => name === "length")!.values[0] = "Infinity";
    }),
    "a face of no volume": own(({ pores }) => {
      pores.find(({ name }) => name === "face")!.values[0] = "top";
    }),
    "a sample of nothing": own((network) => {
      network.sampleFraction = 0;
    }),
    "no provenance": own((network) => {
      network.provenance = { operation: 3 };
    }),
  };
  for (const [what, text] of Object.entries(cases))
    await expect(openNetwork(file("bad.json", text)), what).rejects.toMatchObject({ code: "MalformedFile" });
});

test("Arrow files that were cut off or changed anywhere give an error of the library, or a network", async () => {
  await saveNetwork(latticeNetwork([2, 2, 2]), file("whole.arrow"));
  const [pores, throats] = ["pores", "throats"].map((part) => readFileSync(file(`whole.${part}.arrow`)));
  file("cut.throats.arrow", throats!);
  let refused = 0;
  const expectAnswer = async (bytes: Uint8Array): Promise<void> => {
    writeFileSync(file("cut.pores.arrow"), bytes);
    const error = await openNetwork(file("cut.arrow")).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (error === undefined) return;
    expect(isVoxbookError(error), String(error)).toBe(true);
    refused++;
  };
  for (let length = 0; length < pores!.length; length += 61) await expectAnswer(pores!.subarray(0, length));
  expect(refused).toBeGreaterThan(20);
  let state = 12345;
  for (let k = 0; k < 400; k++) {
    const changed = Uint8Array.from(pores!);
    for (let n = 0; n < 3; n++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      changed[state % changed.length] = (state >>> 13) & 255;
    }
    await expectAnswer(changed);
  }
  // Parts of two networks are none.
  await saveNetwork(latticeNetwork([3, 2, 2]), file("another.arrow"));
  writeFileSync(file("cut.pores.arrow"), pores!);
  writeFileSync(file("cut.throats.arrow"), readFileSync(file("another.throats.arrow")));
  await expect(openNetwork(file("cut.arrow"))).rejects.toThrow(/not of one network/);
  writeFileSync(file("cut.throats.arrow"), pores!);
  await expect(openNetwork(file("cut.arrow"))).rejects.toThrow(/in place of throats/);
});
