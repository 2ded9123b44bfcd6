/**
 * Puts small functions into the loops that call them: the optimiser leaves a call wherever a function has several callers,
 * and a call for four voxels costs more than what it calls. AssemblyScript has a decorator for this, but on functions it is no
 * TypeScript, which editor and linter read. A transform of the compiler, like typed.mjs.
 */
import { Node } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

/** Functions of an assembly file. */
const INLINE = {
  "binary.ts": ["equalAt", "bitsAt", "shifted"],
  "chessboard.ts": ["rowAt", "sideOf", "wallsAt", "inside", "lanes", "firstOf", "countOf", "upOf"],
  "coarse-grid.ts": ["inflow"],
  "coarsen.ts": ["cell", "between", "toEnd", "acrossZ", "acrossY", "acrossX"],
  "cells.ts": ["mixedCells", "corners", "cornerOf"],
  "chords.ts": ["record"],
  "components.ts": ["fill"],
  "conduction.ts": ["diagonal", "six", "through", "single", "outflow"],
  "conduction-exact.ts": ["face"],
  "contour.ts": [
    "orOwn",
    "flat",
    "slopes",
    "costAt",
    "twoCosts",
    "twoValues",
    "spread",
    "among",
    "amongVector",
    "alongAxis",
  ],
  "curvature.ts": ["before", "after", "three"],
  "cut-nodes.ts": ["beyond", "roomAt", "addRoom", "excess", "parentOf", "setParent", "isSinkTree", "faces"],
  "derivative.ts": ["oneTwoOne", "shortOneTwoOne", "length"],
  "deviation.ts": ["low", "four"],
  "diffusion.ts": ["resistance", "flux", "between", "sum", "upwind", "oneSided", "difference"],
  "edges.ts": ["count", "meet", "bitOf"],
  "dual-bound.ts": [
    "leastOf",
    "messageAt",
    "costsOf",
    "addMessage",
    "shareOf",
    "store4",
    "passFour",
    "passOn",
    "pairOfCosts",
  ],
  "distance.ts": ["alike", "squared", "crossed"],
  "eigenvalues.ts": [
    "spreadOf",
    "cosineOf",
    "cosineOfThird",
    "allOfThree",
    "upper",
    "joined",
    "flatness",
    "scaled",
    "keepLarger",
  ],
  "forest.ts": ["cellsOf", "binOf", "bitsAbove"],
  "fourier.ts": ["real", "imaginary", "turned"],
  "grid-cut.ts": ["setMark"],
  "label-index.ts": ["numberThere", "mostLabels", "mixed"],
  "label-runs.ts": ["addTo", "addRun", "two", "acrossLanes"],
  "local.ts": [
    "packed",
    "compared",
    "fourAboveMean",
    "fourAbove",
    "fourApart",
    "isFar",
    "thresholds",
    "fourAboveFloats",
  ],
  "marching.ts": ["wait", "timeAt", "sooner", "behind"],
  "markov-field.ts": ["costOf", "unlike"],
  "particles.ts": ["addTo", "sum1", "sum2", "sum3", "addRun", "pairAt", "addFace", "cornersOf", "numberAt"],
  "network.ts": ["slotOf", "besideOthers"],
  "pairs.ts": ["carry", "sum", "both", "wide"],
  "reconstruct.ts": ["lowest", "below", "wait"],
  "resample.ts": ["isBeyond", "startOfRow", "linearAt", "between", "alongX", "weightAt"],
  "runs.ts": ["likeNext", "edgesOf", "runEnds"],
  "sliding.ts": ["slideEight"],
  "thickness.ts": ["larger", "raiseRun"],
  "flood-levels.ts": ["put", "entryOf"],
  "smooth-cells.ts": ["isOf", "four", "setsOf", "bit", "anyNone", "shareAt", "along", "triangleArea", "slope"],
  "thinning.ts": ["around"],
  "watershed.ts": ["enqueue", "before"],
};

export default class Inline extends Transform {
  afterParse(parser) {
    for (const [file, names] of Object.entries(INLINE)) {
      const source = parser.sources.find(({ internalPath }) => `/${internalPath}.ts`.endsWith(`/${file}`));
      // Another module's.
      if (source === undefined) continue;
      const functions = new Map(source.statements.map((statement) => [statement.name?.text, statement]));
      for (const name of names) {
        const declaration = functions.get(name);
        if (declaration === undefined) throw new Error(`${file} has no function ${name}; mend the list in inline.mjs`);
        const word = Node.createIdentifierExpression("inline", declaration.range);
        declaration.decorators = [Node.createDecorator(word, null, declaration.range)];
      }
    }
  }
}
