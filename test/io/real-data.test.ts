import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { open } from "#src/io/open.js";
import { data, lacks } from "../support/require.js";

const sha256 = async (path: string): Promise<string> => {
  const values = await (await open(data(path))).read();
  return createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
};

/** Shape, voxel type, and the sha256 of the voxels as tifffile, imagecodecs and SimpleITK read them. */
const files: Record<string, [string, string, string]> = {
  "cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif": [
    "100,728,728",
    "uint8",
    "bfbb8c3d189d835345761a812ffca848950d99fac8cf4a49896cf50ef30348db",
  ],
  "cell-ct/mpj_jellyroll_a_576_u16.tif": [
    "1,576,576",
    "uint16",
    "f4b916a395b8895a574634b0f16fafec8b4aa8c657d1285bad74d88e091a3b83",
  ],
  "cell-ct/mpj_jellyroll_b_576_u16.tif": [
    "1,576,576",
    "uint16",
    "eb753ad11704637f8ba7b05e84f4f6fb9ba08a98eed8bfb48e299d50fbd2c093",
  ],
  "cell-ct/mpj_ellipse_dent.tif": [
    "1,576,576",
    "uint8",
    "ba1d84d7075dc00557ac951a87c7f14e90264458e06a6c44e5d3557cba47599a",
  ],
  "cell-ct/mpj_jellyroll_mask_1.tif": [
    "1,576,576",
    "uint8",
    "093825a6a42daed6326a17af1d47fa50bc8debc63af07129df3a8654ac251de8",
  ],
  "electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif": [
    "1,853,846",
    "uint8",
    "93002b47dfb2c3b6ae46e023dd51f6680c084f3e3165af4f38ff3da02cf56709",
  ],
  "electrode-grey/puma_fiberform_ct_100_u8.tif": [
    "100,100,100",
    "uint8",
    "3367d731a2fa9f6133b4a60ec4477fe28f30fb9bca539dbe64b5a7988094af3e",
  ],
  "electrode-grey/imagerep_default_2d_labels_896x1024_u8.tiff": [
    "1,896,1024",
    "uint8",
    "a901899b4fcb064b8e509e43c386474bfa703f485a437496096cf9907dc3f085",
  ],
  "electrode-labels/taufactor_nmc_electrode_256_u8.tiff": [
    "256,256,256",
    "uint8",
    "ad16dc433567cbcc67287f2e26247cc68b815d7e994dafb9c7fc541e35c1a397",
  ],
  "electrode-labels/superres_nmc_lr_128_i8.tif": [
    "128,128,128",
    "int8",
    "ca52120b98d64e310a9a2766bc006bf0608a1ea8a85ed597b21d153de794ae46",
  ],
  "electrode-labels/matbox_bi_layer_240_u8.tif": [
    "240,240,240",
    "uint8",
    "20b0ce9e7fb9b632de3afcdc5edfedbd9ceabd7b0e14373d0187157a56f26869",
  ],
  "correlative-pairs/superres_cathode_xct_lr_128_u8.tif": [
    "128,128,128",
    "uint8",
    "7d35bc25d0d47f63a99af6af4b87c54a03bf0e22dd5482ed4d5136c2067d3f9d",
  ],
  "correlative-pairs/superres_separator_lr_156x75x75_i8.tif": [
    "156,75,75",
    "int8",
    "f044537b5f5545efc6ed9c6c2773dfecdcb2c154689b372c4cbd8764a31cc038",
  ],
  "tau-reference/openimpala_spheres_100_1bit.tif": [
    "100,100,100",
    "uint8",
    "88b6c9f0ab453508faed8aab84f4901f96d9ba17cb731e6aa02b4050228e23fb",
  ],
  "projections/sarepy_sinogram_360_neutron_u16.tif": [
    "1,459,503",
    "uint16",
    "becb32d9dd14eaa578f775dd24fbd4de10b1cc6f76e8f5b9caf1dee269f22a91",
  ],
  "formats/niivue_FLAIR.nrrd": [
    "140,160,124",
    "uint8",
    "2bfaac9f843f192a8a026b5e1ac02fa3c74f1aaa53f153fdaf4727b58f0bb706",
  ],
  "formats/cildata_head.mha": [
    "93,64,64",
    "uint16",
    "35b0a0101e612dc83ff56295b09e1ac95c8462198def11a8db1297f8aed3e5f6",
  ],
};

for (const [path, [shape, dtype, digest]] of Object.entries(files))
  test.skipIf(lacks("data"))(`${path} has the voxels that its peer in Python reads`, async () => {
    const volume = await open(data(path));
    expect([volume.shape.join(), volume.dtype]).toEqual([shape, dtype]);
    expect(await sha256(path)).toBe(digest);
  });

test.skipIf(lacks("data"))("the 1-bit files become masks, with the truth values that were written", async () => {
  for (const [path, ones] of [
    ["tau-reference/openimpala_spheres_100_1bit.tif", 888024],
    ["cell-ct/mpj_ellipse_dent.tif", 9333],
  ] as const) {
    const volume = await open(data(path));
    expect(volume.role).toBe("mask");
    expect([...(await volume.read())].reduce((sum, value) => sum + value, 0)).toBe(ones);
  }
});

test.skipIf(lacks("data"))(
  "labels of a published electrode get their phases, in the fractions of its README",
  async () => {
    const volume = await open(data("electrode-labels/taufactor_nmc_electrode_256_u8.tiff"), { role: "labels" });
    expect(volume.phases!.map(({ label, name }) => `${label} ${name}`)).toEqual([
      "0 phase 0",
      "85 phase 1",
      "170 phase 2",
    ]);
    const counts = new Map<number, number>();
    for (const value of await volume.read()) counts.set(value, (counts.get(value) ?? 0) + 1);
    const fractions = volume.phases!.map(({ label }) => (counts.get(label)! / volume.voxels).toFixed(6));
    expect(fractions).toEqual(["0.449917", "0.400466", "0.149616"]);
  },
);

test.skipIf(lacks("data"))(
  "voxel sizes, origins and directions of real headers are those that SimpleITK reads",
  async () => {
    const flair = await open(data("formats/niivue_FLAIR.nrrd"));
    for (const size of flair.spacing!) expect(size).toBeCloseTo(1e-3, 12);
    // SimpleITK: x, y, z; ours z, y, x.
    const itk = [
      -0.9935920092120875, -0.016005020190061215, -0.11188725988575329, 0.04970492721885441, -0.9509366513904121,
      -0.30536684015685994, -0.10151029228632795, -0.3089713973349404, 0.9456385852998346,
    ];
    for (const [k, value] of [...itk].reverse().entries()) expect(flair.direction[k]).toBeCloseTo(value, 12);
    for (const [k, value] of [-27.92553901672364, 110.4311447143555, 64.8982391357422].entries())
      expect(flair.origin[k]).toBeCloseTo(value / 1000, 12);
    const head = await open(data("formats/cildata_head.mha"));
    expect(head.spacing!.map((size) => Number(size.toPrecision(9)))).toEqual([1.5e-3, 3.20000005e-3, 3.20000005e-3]);
    expect((await open(data("electrode-grey/puma_fiberform_ct_100_u8.tif"))).spacing).toBeUndefined();
  },
);
