/** Real volumes that anybody may download: what they are, where they come from, and how to know that they are whole. */
import type { DType } from "../core/dtype.js";
import type { Shape, Triple } from "../core/shape.js";
import type { Role } from "../core/volume.js";

/** Files that somebody published on GitHub. */
export interface PublishedFiles {
  readonly title: string;
  /** Repository on GitHub, as `owner/name`. */
  readonly repository: string;
  /** Full commit hash. */
  readonly commit: string;
  /** Files of the repository; those of a volume from front to back. */
  readonly paths: readonly string[];
  /** Bytes of each file. */
  readonly fileBytes: number;
  readonly licence: string;
  /** Where they lie, as one file, in a folder of data (`VOXBOOK_DATA`). */
  readonly local: string;
}

/** A published Data Exchange file. */
export interface PublishedScan extends PublishedFiles {
  /** sha256 of the file. */
  readonly sha256: string;
}

/** One published volume. */
export interface PublishedVolume extends PublishedFiles {
  /** sha256 of the voxels in C order, little-endian: the same however they are packed. */
  readonly sha256: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Voxel size in metres along z, y, x, where it is published. */
  readonly spacing?: Triple;
  readonly role: Role;
  /** Names of the phases by label. */
  readonly phases?: Readonly<Record<number, string>>;
}

const cube = (metres: number): Triple => [metres, metres, metres];
const numbered = (from: number, to: number, name: (number: string) => string): string[] =>
  Array.from({ length: to - from + 1 }, (_, k) => name(String(from + k).padStart(3, "0")));

const XCT_WORKFLOWS = {
  repository: "MPJ-Imaging/battery_xct_workflows",
  commit: "074f577c57b6a54c68ed3cb22fca2854f7d79af0",
  licence: "MIT",
} as const;

/** All published volumes by name. */
export const PUBLISHED: Readonly<Record<string, PublishedVolume>> = {
  "nmc-electrode": {
    title: "NMC electrode, segmented into pore, NMC and carbon-binder domain (TauFactor's example)",
    repository: "tldr-group/taufactor",
    commit: "fb6454851241247e780e20056845c94c42e4c4fd",
    paths: ["docs/notebooks/electrode.tiff"],
    fileBytes: 1938696,
    licence: "MIT",
    sha256: "ad16dc433567cbcc67287f2e26247cc68b815d7e994dafb9c7fc541e35c1a397",
    shape: [256, 256, 256],
    dtype: "uint8",
    spacing: cube(0.390625e-6),
    role: "labels",
    phases: { 0: "pore", 85: "NMC", 170: "CBD" },
    local: "electrode-labels/taufactor_nmc_electrode_256_u8.tiff",
  },
  "nmc-two-phase": {
    title:
      "NMC cathode at low resolution, segmented into NMC and everything else, pores and binder (SuperRes's example)",
    repository: "amirDahari1/super-res",
    commit: "1d6ca47cc25c9a18aae0d305f668728a04c93835",
    paths: ["data/NMC_lr_input.tif"],
    fileBytes: 2120030,
    licence: "MIT",
    sha256: "ca52120b98d64e310a9a2766bc006bf0608a1ea8a85ed597b21d153de794ae46",
    shape: [128, 128, 128],
    dtype: "int8",
    role: "labels",
    phases: { 0: "pore", 1: "NMC" },
    local: "electrode-labels/superres_nmc_lr_128_i8.tif",
  },
  "nmc-slice": {
    title: "Synchrotron CT slice of an NMC cathode, 90 wt%, pressed at 2000 bar (Ebner et al. 2013)",
    repository: "kmader/Quantitative-Big-Imaging-2019",
    commit: "ae129f4c51ff6dd5e4c0231f40aa3bc250c9ee6a",
    paths: ["common/data/NMC_90wt_2000bar_115.tif"],
    fileBytes: 777726,
    licence: "Apache-2.0",
    sha256: "93002b47dfb2c3b6ae46e023dd51f6680c084f3e3165af4f38ff3da02cf56709",
    shape: [1, 853, 846],
    dtype: "uint8",
    spacing: cube(0.37e-6),
    role: "intensity",
    local: "electrode-grey/ebner_nmc_90wt_2000bar_slice115_rgba8.tif",
  },
  fiberform: {
    title: "Synchrotron CT of FiberForm, a carbon fibre material (PuMA's example)",
    repository: "nasa/puma",
    commit: "65a05d7d693924590e8433f2f402c04c5031845c",
    paths: ["python/pumapy/data/100_fiberform.tif"],
    fileBytes: 1016281,
    licence: "NASA Open Source Agreement 1.3",
    sha256: "3367d731a2fa9f6133b4a60ec4477fe28f30fb9bca539dbe64b5a7988094af3e",
    shape: [100, 100, 100],
    dtype: "uint8",
    spacing: cube(1.3e-6),
    role: "intensity",
    local: "electrode-grey/puma_fiberform_ct_100_u8.tif",
  },
  "cell-can": {
    ...XCT_WORKFLOWS,
    title: "Laboratory CT of the top of a cylindrical lithium-ion cell: cap, can and jelly roll",
    paths: numbered(1, 100, (number) => `data/cell_vol/im${number}.tif`),
    fileBytes: 530240,
    sha256: "bfbb8c3d189d835345761a812ffca848950d99fac8cf4a49896cf50ef30348db",
    shape: [100, 728, 728],
    dtype: "uint8",
    role: "intensity",
    local: "cell-ct/mpj_cell_can_100x728x728_u8_deflate.tif",
  },
  "jellyroll-a": {
    ...XCT_WORKFLOWS,
    title: "CT slice of a jelly roll, undeformed",
    paths: ["data/im_1.tif"],
    fileBytes: 663808,
    sha256: "f4b916a395b8895a574634b0f16fafec8b4aa8c657d1285bad74d88e091a3b83",
    shape: [1, 576, 576],
    dtype: "uint16",
    role: "intensity",
    local: "cell-ct/mpj_jellyroll_a_576_u16.tif",
  },
  "jellyroll-b": {
    ...XCT_WORKFLOWS,
    title: "CT slice of a jelly roll with a buckled core",
    paths: ["data/im_2.tif"],
    fileBytes: 663808,
    sha256: "eb753ad11704637f8ba7b05e84f4f6fb9ba08a98eed8bfb48e299d50fbd2c093",
    shape: [1, 576, 576],
    dtype: "uint16",
    role: "intensity",
    local: "cell-ct/mpj_jellyroll_b_576_u16.tif",
  },
  "sphere-pack": {
    title: "Sphere pack, 1-bit (OpenImpala's example)",
    repository: "BASE-Laboratory/OpenImpala",
    commit: "4c22d502d3a02bb6a0f90c428bdc2533cbb07fd1",
    paths: ["data/spheres.tif"],
    fileBytes: 145700,
    licence: "BSD-3-Clause",
    sha256: "88b6c9f0ab453508faed8aab84f4901f96d9ba17cb731e6aa02b4050228e23fb",
    shape: [100, 100, 100],
    dtype: "uint8",
    role: "mask",
    local: "tau-reference/openimpala_spheres_100_1bit.tif",
  },
  "neutron-sinogram": {
    title: "Sinogram of a neutron tomography over a whole turn, with many stripes (Sarepy's example)",
    repository: "nghia-vo/sarepy",
    commit: "1d3e6770ba856ac49127c1e806e34662c1ded098",
    paths: ["data/sinogram_360_neutron_image.tif"],
    fileBytes: 462088,
    licence: "Apache-2.0",
    sha256: "becb32d9dd14eaa578f775dd24fbd4de10b1cc6f76e8f5b9caf1dee269f22a91",
    shape: [1, 459, 503],
    dtype: "uint16",
    role: "intensity",
    local: "projections/sarepy_sinogram_360_neutron_u16.tif",
  },
};

/** All published scans by name. */
export const PUBLISHED_SCANS: Readonly<Record<string, PublishedScan>> = {
  tooth: {
    title: "Synchrotron scan of a tooth, two rows of the detector (TomoPy's example)",
    repository: "tomopy/tomopy",
    commit: "2c94ed18a06f7908b018c6f8e43d320f8a8488f2",
    paths: ["source/tomopy/data/tooth.h5"],
    fileBytes: 1043312,
    licence: "BSD-3-Clause style (UChicago Argonne)",
    sha256: "ab1d9bd073b7fb1beae4defa991c2a2626605c5cf1f4be0d0203656bc47b6489",
    local: "projections/tomopy_tooth_dataexchange.h5",
  },
};
