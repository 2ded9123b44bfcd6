import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ComputeFailed, InvalidArgument, LimitExceeded, MalformedFile, MissingData } from "#src/core/errors.js";
import { progressSymbol, type RunInProgress } from "#src/core/progress.js";
import { type PublishedMeans, published, publishedProjections } from "#src/io/published.js";
import { PUBLISHED, PUBLISHED_SCANS, type PublishedVolume } from "#src/io/published-volumes.js";
import { testFolder } from "../support/folder.js";
import { data, lacks } from "../support/require.js";
import { tiffBytes } from "../support/tiff.js";

const file = testFolder();
const voxels = Uint8Array.from({ length: 2 * 30 * 40 }, (_, k) => (k * 7 + Math.floor(k / 1000)) % 3);
const slice = (z: number): Uint8Array =>
  tiffBytes([{ width: 40, height: 30, chunks: [voxels.slice(z * 1200, (z + 1) * 1200)] }]);
const wanted: PublishedVolume = {
  title: "two slices",
  repository: "some/where",
  commit: "0123456789abcdef0123456789abcdef01234567",
  paths: ["a folder/im1.tif", "a folder/im2.tif"],
  fileBytes: slice(0).length,
  licence: "CC-BY-4.0",
  sha256: createHash("sha256").update(voxels).digest("hex"),
  shape: [2, 30, 40],
  dtype: "uint8",
  spacing: [1e-6, 1e-6, 1e-6],
  role: "labels",
  phases: { 0: "pore", 1: "NMC", 2: "CBD" },
  local: "grey/two.tif",
};

/** What the server does with a request; its path without the slash. */
type Answer = (path: string, response: http.ServerResponse) => void;
let answer: Answer;
let requests: string[] = [];
const server = http.createServer((request, response) => {
  requests.push(decodeURIComponent(request.url!));
  answer(request.url!.slice(1), response);
});
let base = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const right: Answer = (path, response) => response.end(slice(path.endsWith("im1.tif") ? 0 : 1));
let count = 0;
function means(changes: Partial<PublishedMeans> = {}): PublishedMeans {
  requests = [];
  return {
    volumes: { two: wanted },
    scans: {},
    base,
    data: undefined,
    cache: file(`cache${count++}`),
    deadline: 10_000,
    ...changes,
  };
}
const kept = (cache: string): string[] => (existsSync(cache) ? readdirSync(cache) : []);

test("a published volume is downloaded, checked and kept, with its voxel size, phases and origin", async () => {
  answer = right;
  const where = means();
  const shown: string[] = [];
  const hook = globalThis as { [progressSymbol]?: (run: RunInProgress) => void };
  hook[progressSymbol] = (run) => shown.push(run.operation);
  const volume = await published("two", {}, where).finally(() => delete hook[progressSymbol]);
  expect([...(await volume.read())]).toEqual([...voxels]);
  expect(volume.spacing).toEqual([1e-6, 1e-6, 1e-6]);
  expect(volume.phases!.map(({ label, name }) => `${label} ${name}`)).toEqual(["0 pore", "1 NMC", "2 CBD"]);
  expect(volume.provenance).toMatchObject({
    operation: "samples.published",
    parameters: { name: "two", repository: "some/where", commit: wanted.commit, licence: "CC-BY-4.0" },
    sha256: wanted.sha256,
  });
  expect(requests).toEqual([1, 2].map((n) => `/some/where/${wanted.commit}/a folder/im${n}.tif`));
  expect(shown[0]).toMatch(/download of two \(.*B, licence CC-BY-4\.0\)/);
  expect(kept(where.cache)).toEqual(["two-0123456789ab"]);
  requests = [];
  expect([...(await (await published("two", {}, where)).read())]).toEqual([...voxels]);
  expect(requests).toEqual([]);
});

test("a folder of data comes first, and is checked, too", async () => {
  answer = right;
  const folder = file("data");
  mkdirSync(join(folder, "grey"), { recursive: true });
  const both = [0, 1].map((z) => ({ width: 40, height: 30, chunks: [voxels.slice(z * 1200, (z + 1) * 1200)] }));
  writeFileSync(join(folder, "grey/two.tif"), tiffBytes(both));
  const volume = await published("two", {}, means({ data: folder }));
  expect([...(await volume.read())]).toEqual([...voxels]);
  expect(requests).toEqual([]);
  both[0]!.chunks[0]![5]! ^= 1;
  writeFileSync(join(folder, "grey/two.tif"), tiffBytes(both));
  await expect(published("two", {}, means({ data: folder }))).rejects.toThrow(/not the published two: the sha256/);
});

test("a download with a wrong checksum, or of another shape, is an error, and nothing of it is kept", async () => {
  answer = (_, response) => response.end(slice(0));
  const where = means();
  await expect(published("two", {}, where)).rejects.toBeInstanceOf(MalformedFile);
  expect(kept(where.cache)).toEqual([]);
  answer = (_, response) => response.end("no image");
  await expect(published("two", {}, where)).rejects.toThrow(/no TIFF/);
  expect(kept(where.cache)).toEqual([]);
});

test("a download that was damaged on the disk since is made again", async () => {
  answer = right;
  const where = means();
  await published("two", {}, where);
  const path = join(where.cache, "two-0123456789ab", "0001-im1.tif");
  const bytes = readFileSync(path);
  bytes[100]! ^= 1;
  writeFileSync(path, bytes);
  expect([...(await (await published("two", {}, where)).read())]).toEqual([...voxels]);
  expect(requests.length).toBe(4);
});

test("a body that breaks off is an error, and nothing of it is kept", async () => {
  answer = (_, response) => {
    response.setHeader("content-length", slice(0).length);
    response.write(slice(0).slice(0, 500));
    setImmediate(() => response.destroy());
  };
  const where = means();
  await expect(published("two", {}, where)).rejects.toBeInstanceOf(ComputeFailed);
  expect(kept(where.cache)).toEqual([]);
});

test("a body that is larger than the file is not downloaded", async () => {
  const where = means();
  answer = (_, response) => response.end(Buffer.alloc(slice(0).length + 1));
  await expect(published("two", {}, where)).rejects.toBeInstanceOf(LimitExceeded);
  // Nor where the length is not told before.
  answer = (_, response) => {
    const more = (): void => {
      if (response.destroyed) return;
      response.write(Buffer.alloc(500));
      setImmediate(more);
    };
    more();
  };
  await expect(published("two", {}, where)).rejects.toBeInstanceOf(LimitExceeded);
  expect(kept(where.cache)).toEqual([]);
});

test("a file that is not there any more, and a network that is not there, are told with what to do", async () => {
  answer = (_, response) => {
    response.statusCode = 404;
    response.end();
  };
  const gone = published("two", {}, means());
  await expect(gone).rejects.toBeInstanceOf(MissingData);
  await expect(gone).rejects.toThrow(
    /two was not found: VOXBOOK_DATA.*downloads in.*404 Not Found.*Connect.*github\.com\/some\/where/,
  );
  // Port 1 of this machine: nobody listens.
  const none = published("two", {}, means({ base: "http://127.0.0.1:1", data: file("nothing") }));
  await expect(none).rejects.toThrow(/there is no .*two\.tif.*cannot be reached/);
});

test("redirects are followed, but not for ever, and not to anything unsafe", async () => {
  answer = (path, response) => {
    if (path.startsWith("moved/")) return right(path, response);
    response.writeHead(302, { location: `/moved/${path}` }).end();
  };
  expect((await published("two", {}, means())).shape).toEqual([2, 30, 40]);
  answer = (path, response) => response.writeHead(302, { location: `/${path}x` }).end();
  await expect(published("two", {}, means())).rejects.toThrow(/from one address to the next/);
  expect(requests.length).toBeLessThan(10);
  answer = (_, response) => response.writeHead(302, { location: "ftp://elsewhere.example/im1.tif" }).end();
  await expect(published("two", {}, means())).rejects.toThrow(/not safe/);
});

test("a server that falls silent is given up at the deadline", async () => {
  answer = () => undefined;
  const where = means({ deadline: 200 });
  await expect(published("two", {}, where)).rejects.toThrow(/nothing came for 0\.2 s/);
  answer = (_, response) => response.write(slice(0).slice(0, 500));
  await expect(published("two", {}, where)).rejects.toThrow(/nothing came for 0\.2 s/);
  expect(kept(where.cache)).toEqual([]);
});

test("stopping ends the download with the signal's own reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  answer = (_, response) => {
    response.write(slice(0).slice(0, 500));
    setImmediate(() => controller.abort(reason));
  };
  const where = means();
  await expect(published("two", { signal: controller.signal }, where)).rejects.toBe(reason);
  expect(kept(where.cache)).toEqual([]);
});

test("an unknown name is an error that suggests a known one", async () => {
  const opened = published("nmc-electrod");
  await expect(opened).rejects.toBeInstanceOf(InvalidArgument);
  await expect(opened).rejects.toThrow(/did you mean `nmc-electrode`.*cell-can/);
  await expect(published("toString")).rejects.toBeInstanceOf(InvalidArgument);
});

test("every entry of the registry is complete", () => {
  for (const [name, volume] of Object.entries(PUBLISHED)) {
    expect(volume.commit, name).toMatch(/^[0-9a-f]{40}$/);
    expect(volume.sha256, name).toMatch(/^[0-9a-f]{64}$/);
    expect(volume.paths.length, name).toBeGreaterThan(0);
    expect(volume.licence, name).not.toBe("");
  }
  expect(PUBLISHED["cell-can"]!.paths.length).toBe(100);
  expect(PUBLISHED["cell-can"]!.paths[99]).toBe("data/cell_vol/im100.tif");
});

test.skipIf(lacks("data"))(
  "every volume of the registry is in the folder of data, with the checksum that is promised",
  async () => {
    for (const [name, { shape, dtype, role }] of Object.entries(PUBLISHED)) {
      const volume = await published(name, {}, { data: data("."), base: "http://127.0.0.1:1", cache: file("unused") });
      expect([volume.shape, volume.dtype, volume.role]).toEqual([shape, dtype, role]);
    }
  },
);

test.skipIf(lacks("data"))(
  "a published scan is downloaded, checked by its file and opened with its flats and darks",
  async () => {
    const source = data("projections/tomopy_tooth_dataexchange.h5");
    const { tooth } = PUBLISHED_SCANS;
    answer = (_, response) => response.end(readFileSync(source));
    const where = means({ scans: { tooth: tooth! } });
    const scan = await publishedProjections("tooth", {}, where);
    expect(requests).toEqual([`/${tooth!.repository}/${tooth!.commit}/${tooth!.paths[0]}`]);
    expect([scan.projections.shape, scan.flats!.shape, scan.darks!.shape]).toEqual([
      [181, 2, 640],
      [10, 2, 640],
      [10, 2, 640],
    ]);
    expect(
      (await publishedProjections("tooth", {}, { ...where, base: "http://127.0.0.1:1" })).projections.angles!.length,
    ).toBe(181);
    answer = (_, response) => response.end(readFileSync(source).fill(1, 5000, 5010));
    const other = means({ scans: { tooth: tooth! } });
    await expect(publishedProjections("tooth", {}, other)).rejects.toThrow("is not the published tooth: its sha256");
    expect(kept(other.cache)).toEqual([]);
    await expect(publishedProjections("toth", {}, other)).rejects.toThrow("did you mean `tooth`");
  },
);

test.skipIf(lacks("data"))("every scan of the registry is in the folder of data", async () => {
  for (const name of Object.keys(PUBLISHED_SCANS)) {
    const folder = { data: data("."), base: "http://127.0.0.1:1", cache: file("unused") };
    expect((await publishedProjections(name, {}, folder)).projections.role).toBe("projections");
  }
});
