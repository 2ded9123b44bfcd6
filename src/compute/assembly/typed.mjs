/**
 * Exports generic kernels once for each type of voxel or key, as `smallest_8` or `toFloats_uint16`: wasm knows no
 * generics, and writing these by hand says nothing. Non-generic functions of the entries (asconfig.json) are exported as
 * they are. A transform of the compiler, like networks.mjs.
 */
import { Transform } from "assemblyscript/transform";

/** CommonFlags.Export and SourceKind.UserEntry of the compiler. */
const EXPORT = 2;
const USER_ENTRY = 1;

const KEYS = { 8: "i8", 16: "i16", 32: "i32" };
const UNSIGNED = { 8: "u8", 16: "u16", 32: "u32" };
const INTEGERS = { uint8: "u8", int8: "i8", uint16: "u16", int16: "i16", uint32: "u32", int32: "i32" };
const NARROW = { uint8: "u8", int8: "i8", uint16: "u16", int16: "i16" };
const VOXELS = { ...INTEGERS, float32: "f32" };

/** Types that each generic kernel is exported for. */
const TYPED = {
  medianOf7: KEYS,
  selectByBits: KEYS,
  slideHistogram: UNSIGNED,
  keyRange: KEYS,
  labels: KEYS,
  countSteps: KEYS,
  setInside: KEYS,
  toFloats: INTEGERS,
  toIntegers: INTEGERS,
  zoneOfIntegers: INTEGERS,
  histogramOf: NARROW,
  blurVoxels: NARROW,
  blurOddVoxels: NARROW,
  histogramOfWide: VOXELS,
  modeByPairs: KEYS,
  modeByClasses: KEYS,
  majorityByPairs: KEYS,
  majorityByClasses: KEYS,
  nearestAtPoints: VOXELS,
  smallest: KEYS,
  widenSmallest: KEYS,
  joinSmallest: KEYS,
  sumVoxels: VOXELS,
  sumMoments: VOXELS,
  slideMoments: { uint8: "u8", int8: "i8" },
  slideWideMoments: NARROW,
  windowSums: { 32: "i32", 64: "i64" },
  aboveMean: VOXELS,
  aboveMoments: VOXELS,
  aboveFloats: VOXELS,
  lookUpBytes: UNSIGNED,
  lookUpShorts: UNSIGNED,
  rescaleWide: { uint32: "u32", int32: "i32", float32: "f32" },
  packBits: INTEGERS,
  packLines: INTEGERS,
  changePhase: INTEGERS,
  eraseRuns: INTEGERS,
  markRuns: INTEGERS,
  countFaces: UNSIGNED,
  takeRows: VOXELS,
  addLabelRuns: INTEGERS,
  addRunGreys: VOXELS,
  numberLabels: INTEGERS,
  numberPhases: UNSIGNED,
  moveByMeans: VOXELS,
  moveByTwoMeans: VOXELS,
  moveByRange: NARROW,
  moveByEdges: VOXELS,
  inflate: VOXELS,
  sumClasses: VOXELS,
  countUnequal: UNSIGNED,
  reverseOrder: VOXELS,
  holdBelow: VOXELS,
  holdShell: VOXELS,
  raiseForth: VOXELS,
  raiseBack: VOXELS,
  raiseRow: VOXELS,
  raiseQueued: VOXELS,
  sizesOf: { 8: "u8", 16: "u16" },
  outermostBalls: { 8: "u8", 16: "u16" },
  paintBalls: { 8: "u8", 16: "u16" },
  valuesOfSizes: { 8: "u8", 16: "u16" },
  sobelOfBytes: { uint8: "u8", int8: "i8" },
};

/** Of conduction.ts: voxels that conduct alike, any, and those of a coarse grid. */
const FINE = { alike: "u8", unlike: "f32" };
const ALL = { ...FINE, coarse: "f64" };

/** Those of the module whose memory threads share; see conduction.asconfig.json. */
const TYPED_SHARED = {
  relax: FINE,
  divide: FINE,
  dissipated: FINE,
  advance: FINE,
  begin: FINE,
  balance: FINE,
  inflowFirst: FINE,
  mapPlane: FINE,
  restrict: ALL,
  prolong: ALL,
  coarsenFaces: ALL,
  coarsenSums: ALL,
  react: FINE,
  profilePlane: FINE,
};

export default class Typed extends Transform {
  afterParse(parser) {
    const shared = parser.sources.some(
      ({ internalPath }) => internalPath.endsWith("/conduction") || internalPath === "conduction",
    );
    const typed = shared ? TYPED_SHARED : TYPED;
    const found = new Set();
    /** @type {Map<string, string>} */
    const exported = new Map();
    for (const source of [...parser.sources]) {
      const lines = [];
      for (const { name, flags } of source.statements) {
        if (!name?.text || (flags & EXPORT) === 0 || source.sourceKind !== USER_ENTRY) continue;
        // Of two the compiler would export one, and say nothing.
        const other = exported.get(name.text);
        if (other !== undefined)
          throw new Error(`${source.internalPath} and ${other} both export ${name.text}: give one another name`);
        exported.set(name.text, source.internalPath);
      }
      for (const { name, signature, typeParameters } of source.statements) {
        const types = typed[name?.text];
        if (types === undefined || !typeParameters) continue;
        found.add(name.text);
        const parameters = signature.parameters.map((one) => [one.name.text, one.type.range.toString()]);
        const declared = parameters.map(([word, type]) => `${word}: ${type}`).join(", ");
        const given = parameters.map(([word]) => word).join(", ");
        lines.push(`import { ${name.text} } from "./${source.simplePath}";`);
        for (const [suffix, type] of Object.entries(types))
          lines.push(
            `export function ${name.text}_${suffix}(${declared}): ${signature.returnType.range} { ${signature.returnType.range.toString() === "void" ? "" : "return "}${name.text}<${type}>(${given}); }`,
          );
      }
      if (lines.length > 0)
        parser.parseFile(lines.join("\n"), source.normalizedPath.replace(/\.ts$/, ".typed.ts"), true);
    }
    const missing = Object.keys(typed).filter((name) => !found.has(name));
    if (missing.length > 0) throw new Error(`typed.mjs names kernels that no source has: ${missing.join(", ")}`);
  }
}
