/**
 * The surface within a cell of 2 × 2 × 2 voxels at whose corners values pass zero: cell-triangles.ts has those that depend on nothing but
 * the set of corners inside; where two corners inside lie opposite on a face, or in the cell, it depends on the values whether they hang
 * together. After
 * T. Lewiner et al., Efficient implementation of marching cubes' cases with topological guarantees (2003),
 * doi:10.1080/10867651.2003.10487582, as scikit-image has them (test/golden/make/throats.py writes this table).
 */
import type { Triple } from "../core/shape.js";
import { POINTS, trianglesOf } from "./cell-triangles.js";

const WORDS = [
  "acfbdh abhafhcdhcfh abecdi aciaeibdibei acfejk ackaekcfkfjk bdhejk bdedejdhkdjk acfbdhejk acfbdjbejdhkdjk ",
  "ackaekbdhcfjcjk acgaegbdgbegcfgdghfgjghkgjk abfbfhcdhcfhejk abgafgbegcdgcfgdghegjghkgjk abgaegbghcdgcfgdghegkfgjgjk ",
  "abecdfdfkdhkfjk abkajkcdi acjbdkcijdikijk adiafiejk adedekdikfijijk bcibhiejk bcecejcijhikijk abhafhejkfhi ",
  "abgafgbegegjfgighighkgjk abgaegbghegkfgifgjghigjk abefhifhjhjk abefjl abfbejbflbjl adhaehfjl adfdfldhlehjhjl ",
  "acjbdhcjl abjbhjcdldhlhjl cdifjl cdjcfjdijijl abecdifjl abecdjcfjdildjl ablaflbejbjlcdi abgafgbegcdgcfgdgiegjgilgjl ",
  "aciaeibdedeifjl acgaegbdgbegcfgdgifgjgilgjl acgafgbdgbegcgidgiegjfglgjl acfbdibejbijijl bchchifjl bcfbfjbhjhilhjl ",
  "aceceiehifjl acgaegcfgeghfgjghigilgjl acgafgcgieghegjfglghigjl acfehieilejl bdhefkfkl bdfbefdfldhlhkl acebdhcekckl ",
  "acgaegbdgbegcgldghghkgkl abgaegbghcdgcgldghegkgkl abecdhchkckl cdieflekl cdecefdekdikikl abfbflbklcdi ",
  "abgafgbgkcdgcfgdgigilgkl acgafgbdgbgkcgidgifglgkl acfbdibilbkl bchchiefkfkl bcgbghcfgefgegkghigilgkl ",
  "bcgbegcgiefgfglghighkgkl bcecefhikikl achafkahkchifkl acfhilhkl abiaelailbhiekl abehikikl abehkm abmaembhmekm ",
  "bcfbefhkm bchcfmchmefkfkm acfbdmbkm abkafkcdmcfmfkm cdihkm cdkcikdhkikm abecdihkm abmaekakmbhmcdi abecdkcimckmdhk ",
  "abgaegbghcdgcgidghegkgimgkm aciaeibdedeihkm acgaegbdgbghcgidgiegkghmgkm acgaegbdgbegcgidghghkgimgkm acebdhcemcimekm ",
  "adfdfihkm adhafkahkfimfkm bdibeiefihkm bdgbghdgiefgegkfgighmgkm bdgbegdghefgfgighkgimgkm bdhefieikikm acfehjhjm ",
  "achaehcfmchmfjm acfbdedejdjm acgaegbdgbegcfgdgmfgjgjm abgafgbegcdgcfgdgmegjgjm abecdfdfjdjm cdiehmejm ",
  "cdecejcijdehijm abhahmajmcdi abgagjbghcdgcgidghgimgjm acgagjbdgbghcgidgighmgjm aciaimajmbdh adiafiehmejm ",
  "adgafgdgheghegjfgigimgjm adgaegdgieghfgifgjghmgjm adhaehfimfjm bdfbfjbhjdfihjm bdhfimfjm abiafibembimejm abefijijm ",
  "fjlhkm fhjfhlhjkhlm abefjlhkm abmaekakmbhmfjl ablaflbejbjlhkm abgafgbghegjegkfglghmgjlgkm abefhkfhlfjkhlm ",
  "abgaegbghegkfgjfglghmgjkglm abgafgbegegjfglghkghmgjkglm abfbfmbhmejkflm aclajlhkm achahkajkchmclm bclbelejlhkm ",
  "bcgbghcglegjegkghmgjlgkm bcgbegcglegjghkghmgjkglm bclbhlejkhlm bdkdkmfjl bdfbfjbjkdfldlm admaemekmfjl ",
  "adgafgdgmegjegkfglgjlgkm adgaegdgmegkfgjfglgjkglm admafmejkflm acjbdkcjldkm acgagjbdgbgkcgldgmgjkglm ",
  "abgagjbgkcdgcgldgmgjlgkm abjbjkcdldlm cdecejcjldekdkm cdmclmejk cdifjlhkm cdjcfjdildjlhkm cdkcimckmdhkfjl ",
  "cdgcfgdghfgjghkgilgimgjlgkm cdifhkfhlfjkhlm cdgcfgdgifgjghkghmgilgjkglm cdgcgidghfgjfglghkgimgjkglm cdhcfjchjhjkilm ",
  "abecdifjlhkm abecdjcfjdildjlhkm abmaekakmbhmcdifjl  abecdkcimckmdhkfjl abecdgcfgdghfgjghkgilgimgjlgkm ",
  "abgaegbghcdgcgidghegkfjlgimgkm  ablaflbejbjlcdihkm abgafgbegcdgcfgdgiegjgilgjlhkm abgafgbghcdiegjegkfglghmgjlgkm    ",
  "  abecdifhkfhlfjkhlm abecdgcfgdgifgjghkghmgilgjkglm abgaegbghcdiegkfgjfglghmgjkglm  abecdgcgidghfgjfglghkgimgjkglm ",
  "abecdfdfjdhjhjkilm abgaegbghcdgcgidghegkfgjfglgimgjkglm abgaegbghcdgcfgdghegkfgjgjkilm ",
  "abgafgbegcdiegjfglghkghmgjkglm abgafgbegcdgcfgdgiegjghkghmgilgjkglm abhafmahmcdiejkflm ",
  "abgafgbghcdgcfgdgiejkghmgilglm  abgafgbegcdgcfgdghegjghkgjkilm abgafgbghcdgcgidghejkfglgimglm abfbfhcdhcfhejkilm ",
  "aciaeibdedeifjlhkm acgaegbdgbegcfgdgifgjgilgjlhkm acgaegbdgbghcgidgiegkfjlghmgkm  acgaegbdgbegcgidghfjlghkgimgkm ",
  "acgaegbdgbegcfgdghfgjghkgilgimgjlgkm acebdhcekcikfjlikm acgaegbdhcfgegkfgjgilgimgjlgkm ",
  "acgafgbdgbegcgidgiegjfglgjlhkm acfbdibelbilejlhkm acgafgbdgbghcgidgiegjegkfglghmgjlgkm ",
  "acfbdgbghdgiegjegkghmgilgjlgkm  acfbdgbegdghegjghkgilgimgjlgkm acgafgbdhcgiegjegkfglgimgjlgkm acfbdheijeimekmijl    ",
  "  acgaegbdgbegcfgdghfgjghkgjkilm acgaegbdhcgiegkfgjfglgimgjkglm ackaekbdhcfjcjkilm  acfbdgbegdgiegjghkghmgilgjkglm ",
  "acgafgbdgbghcgidgiejkfglghmglm acfbdlbhmblmdilejk  acfbdjbejdhkdjkilm acmaflalmbdhcimejk acfbdhejkilm adjdijhkmijl ",
  "adgagjdghghkgilgimgjlgkm adgagjdgighkghmgilgjkglm adjdhjhjkilm bdedeldilejlhkm bdgbghdgiegjegkghmgilgjlgkm ",
  "bdgbegdghegjghkgilgimgjlgkm bdheijeimekmijl bdgbegdgiegjghkghmgilgjkglm bdlbhmblmdilejk bdjbejdhkdjkilm bdhejkilm ",
  "bckcikfjlikm bcgbgkcfgfgjgilgimgjlgkm bcgbgkcgifgjfglgimgjkglm bckcfkfjkilm aciaekaikfjlikm ",
  "acgaegcfgegkfgjgilgimgjlgkm acgafgcgiegjegkfglgimgjlgkm acfeijeimekmijl acgaegcgiegkfgjfglgimgjkglm ackaekcfjcjkilm ",
  "acmaflalmcimejk acfejkilm abiailajlbimbkm abjbjkilm eileimejlekm ejkilm aclaelbdmbemelm abecdldlm cdiefhfhmflm ",
  "cdgcfgdgiefgeghghmgilglm cdgcgidghefgeghfglgimglm cdfdfhefhilm abhaflahlcdihlm abgafgbghcdgcfgdgighmgilglm ",
  "abgafgbghcdgcgidghfglgimglm abfbfhcdhcfhilm acgafgbdgbghcgidgifglghmglm acfbdlbhmblmdil acmaflalmbdhcim acfbdhilm ",
  "adiaelailehmelm adedehilm bdlbhldilhlm bdhilm bcibembimeflelm bcecefilm acmafmcimflm acfilm acfilm acmafmcimflm ",
  "bcecefilm bcibembimeflelm bdhilm bdlbhldilhlm adedehilm adiaelailehmelm acfbdhilm acmaflalmbdhcim acfbdlbhmblmdil ",
  "acgafgbdgbghcgidgifglghmglm abfbfhcdhcfhilm abgafgbghcdgcgidghfglgimglm abgafgbghcdgcfgdgighmgilglm abhaflahlcdihlm ",
  "cdfdfhefhilm cdgcgidghefgeghfglgimglm cdgcfgdgiefgeghghmgilglm cdiefhfhmflm abecdldlm aclaelbdmbemelm ejkilm ",
  "eileimejlekm abjbjkilm abiailajlbimbkm acfejkilm acmaflalmcimejk ackaekcfjcjkilm acgaegcgiegkfgjfglgimgjkglm ",
  "acfeijeimekmijl acgafgcgiegjegkfglgimgjlgkm acgaegcfgegkfgjgilgimgjlgkm aciaekaikfjlikm bckcfkfjkilm ",
  "bcgbgkcgifgjfglgimgjkglm bcgbgkcfgfgjgilgimgjlgkm bckcikfjlikm bdhejkilm bdjbejdhkdjkilm bdlbhmblmdilejk ",
  "bdgbegdgiegjghkghmgilgjkglm bdheijeimekmijl bdgbegdghegjghkgilgimgjlgkm bdgbghdgiegjegkghmgilgjlgkm bdedeldilejlhkm ",
  "adjdhjhjkilm adgagjdgighkghmgilgjkglm adgagjdghghkgilgimgjlgkm adjdijhkmijl acfbdhejkilm acmaflalmbdhcimejk ",
  "acfbdjbejdhkdjkilm  acfbdlbhmblmdilejk acgafgbdgbghcgidgiejkfglghmglm acfbdgbegdgiegjghkghmgilgjkglm  ",
  "ackaekbdhcfjcjkilm acgaegbdhcgiegkfgjfglgimgjkglm acgaegbdgbegcfgdghfgjghkgjkilm      acfbdheijeimekmijl ",
  "acgafgbdhcgiegjegkfglgimgjlgkm acfbdgbegdghegjghkgilgimgjlgkm  acfbdgbghdgiegjegkghmgilgjlgkm ",
  "acgafgbdgbghcgidgiegjegkfglghmgjlgkm acfbdibelbilejlhkm acgafgbdgbegcgidgiegjfglgjlhkm ",
  "acgaegbdhcfgegkfgjgilgimgjlgkm acebdhcekcikfjlikm acgaegbdgbegcfgdghfgjghkgilgimgjlgkm ",
  "acgaegbdgbegcgidghfjlghkgimgkm  acgaegbdgbghcgidgiegkfjlghmgkm acgaegbdgbegcfgdgifgjgilgjlhkm aciaeibdedeifjlhkm ",
  "abfbfhcdhcfhejkilm abgafgbghcdgcgidghejkfglgimglm abgafgbegcdgcfgdghegjghkgjkilm  abgafgbghcdgcfgdgiejkghmgilglm ",
  "abhafmahmcdiejkflm abgafgbegcdgcfgdgiegjghkghmgilgjkglm abgafgbegcdiegjfglghkghmgjkglm ",
  "abgaegbghcdgcfgdghegkfgjgjkilm abgaegbghcdgcgidghegkfgjfglgimgjkglm abecdfdfjdhjhjkilm ",
  "abecdgcgidghfgjfglghkgimgjkglm  abgaegbghcdiegkfgjfglghmgjkglm abecdgcfgdgifgjghkghmgilgjkglm abecdifhkfhlfjkhlm    ",
  "  abgafgbghcdiegjegkfglghmgjlgkm abgafgbegcdgcfgdgiegjgilgjlhkm ablaflbejbjlcdihkm  abgaegbghcdgcgidghegkfjlgimgkm ",
  "abecdgcfgdghfgjghkgilgimgjlgkm abecdkcimckmdhkfjl  abmaekakmbhmcdifjl abecdjcfjdildjlhkm abecdifjlhkm ",
  "cdhcfjchjhjkilm cdgcgidghfgjfglghkgimgjkglm cdgcfgdgifgjghkghmgilgjkglm cdifhkfhlfjkhlm cdgcfgdghfgjghkgilgimgjlgkm ",
  "cdkcimckmdhkfjl cdjcfjdildjlhkm cdifjlhkm cdmclmejk cdecejcjldekdkm abjbjkcdldlm abgagjbgkcdgcgldgmgjlgkm ",
  "acgagjbdgbgkcgldgmgjkglm acjbdkcjldkm admafmejkflm adgaegdgmegkfgjfglgjkglm adgafgdgmegjegkfglgjlgkm admaemekmfjl ",
  "bdfbfjbjkdfldlm bdkdkmfjl bclbhlejkhlm bcgbegcglegjghkghmgjkglm bcgbghcglegjegkghmgjlgkm bclbelejlhkm ",
  "achahkajkchmclm aclajlhkm abfbfmbhmejkflm abgafgbegegjfglghkghmgjkglm abgaegbghegkfgjfglghmgjkglm abefhkfhlfjkhlm ",
  "abgafgbghegjegkfglghmgjlgkm ablaflbejbjlhkm abmaekakmbhmfjl abefjlhkm fhjfhlhjkhlm fjlhkm abefijijm abiafibembimejm ",
  "bdhfimfjm bdfbfjbhjdfihjm adhaehfimfjm adgaegdgieghfgifgjghmgjm adgafgdgheghegjfgigimgjm adiafiehmejm aciaimajmbdh ",
  "acgagjbdgbghcgidgighmgjm abgagjbghcdgcgidghgimgjm abhahmajmcdi cdecejcijdehijm cdiehmejm abecdfdfjdjm ",
  "abgafgbegcdgcfgdgmegjgjm acgaegbdgbegcfgdgmfgjgjm acfbdedejdjm achaehcfmchmfjm acfehjhjm bdhefieikikm ",
  "bdgbegdghefgfgighkgimgkm bdgbghdgiefgegkfgighmgkm bdibeiefihkm adhafkahkfimfkm adfdfihkm acebdhcemcimekm ",
  "acgaegbdgbegcgidghghkgimgkm acgaegbdgbghcgidgiegkghmgkm aciaeibdedeihkm abgaegbghcdgcgidghegkgimgkm abecdkcimckmdhk ",
  "abmaekakmbhmcdi abecdihkm cdkcikdhkikm cdihkm abkafkcdmcfmfkm acfbdmbkm bchcfmchmefkfkm bcfbefhkm abmaembhmekm ",
  "abehkm abehikikl abiaelailbhiekl acfhilhkl achafkahkchifkl bcecefhikikl bcgbegcgiefgfglghighkgkl ",
  "bcgbghcfgefgegkghigilgkl bchchiefkfkl acfbdibilbkl acgafgbdgbgkcgidgifglgkl abgafgbgkcdgcfgdgigilgkl abfbflbklcdi ",
  "cdecefdekdikikl cdieflekl abecdhchkckl abgaegbghcdgcgldghegkgkl acgaegbdgbegcgldghghkgkl acebdhcekckl ",
  "bdfbefdfldhlhkl bdhefkfkl acfehieilejl acgafgcgieghegjfglghigjl acgaegcfgeghfgjghigilgjl aceceiehifjl ",
  "bcfbfjbhjhilhjl bchchifjl acfbdibejbijijl acgafgbdgbegcgidgiegjfglgjl acgaegbdgbegcfgdgifgjgilgjl aciaeibdedeifjl ",
  "abgafgbegcdgcfgdgiegjgilgjl ablaflbejbjlcdi abecdjcfjdildjl abecdifjl cdjcfjdijijl cdifjl abjbhjcdldhlhjl acjbdhcjl ",
  "adfdfldhlehjhjl adhaehfjl abfbejbflbjl abefjl abefhifhjhjk abgaegbghegkfgifgjghigjk abgafgbegegjfgighighkgjk ",
  "abhafhejkfhi bcecejcijhikijk bcibhiejk adedekdikfijijk adiafiejk acjbdkcijdikijk abkajkcdi abecdfdfkdhkfjk ",
  "abgaegbghcdgcfgdghegkfgjgjk abgafgbegcdgcfgdghegjghkgjk abfbfhcdhcfhejk acgaegbdgbegcfgdghfgjghkgjk ackaekbdhcfjcjk ",
  "acfbdjbejdhkdjk acfbdhejk bdedejdhkdjk bdhejk ackaekcfkfjk acfejk aciaeibdibei abecdi abhafhcdhcfh acfbdh ",
  "cdecejcijdekdikijk bdfbfjbhjdfldhlhjl bcfbefbekbhkcfifilhikikl achafkahkcfmchmfkm adhaehaejafjdhifijhimijm ",
  "abdabkacdajkcdldlmjklklm abiaelailbembimelm abiaelailbembimelm abdacdaclajlbdkdkmjklklm adiaejafiafjdhiehjhimhjm ",
  "achafkahkcfmchmfkm bcibekbhibhkcfiefkfilfkl bdfbfjbhjdfldhlhjl cdecejcijdekdikijk",
]
  .join("")
  .split(" ");

/** Corners of the faces, one after the other around each; the corner z, y, x is 4z + 2y + x. */
export const FACE_CORNERS = [
  [0, 1, 3, 2],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 3, 7, 6],
  [0, 2, 6, 4],
  [1, 3, 7, 5],
] as const;

/** Bytes of a surface: how many points, then these, three a triangle. */
export const SURFACE_BYTES = 40;
/** In place of the number of a surface where there is none. */
export const NO_SURFACE = 0xffff;

/** Surfaces for each of the 256 sets of corners inside. */
export interface ValueSurfaces {
  /** A bit for each face that has two opposite corners inside, and the others not. */
  readonly crossed: Uint8Array;
  /**
   * Number of the set's first surface: that of no such face across which its corners inside hang together. Of the number that is
   * added for others the last face has the lowest bit.
   */
  readonly first: Uint16Array;
  /** Number of the surface with a tunnel between the two corners that lie opposite. */
  readonly tunnel: Uint16Array;
  /** Number of the surface of values that are all as far from zero. */
  readonly even: Uint16Array;
  /** {@link SURFACE_BYTES} each. */
  readonly surfaces: Uint8Array;
}

const isCrossed = (set: number, [a, b, c, d]: (typeof FACE_CORNERS)[number]): boolean => {
  const has = (corner: number): number => (set >> corner) & 1;
  return has(a) === has(c) && has(b) === has(d) && has(a) !== has(b);
};

/** Two corners that lie opposite are all that is inside, or all that is not; or four are, of two faces that lie opposite. */
const mayTunnel = (set: number, crossed: readonly number[]): boolean =>
  [0, 1, 2, 3].some((k) => [set, 255 - set].includes((1 << k) | (1 << (7 - k)))) ||
  (crossed.length === 2 &&
    crossed[0]! >> 1 === crossed[1]! >> 1 &&
    [...set.toString(2)].filter((bit) => bit === "1").length === 4);

/** The surfaces of all sets of corners. */
export function valueSurfaces(): ValueSurfaces {
  const crossed = new Uint8Array(256);
  const first = new Uint16Array(256);
  const tunnel = new Uint16Array(256).fill(NO_SURFACE);
  const even = new Uint16Array(256);
  const all: (readonly number[])[] = [];
  let next = 0;
  const read = (): readonly number[] => Array.from(WORDS[next++]!, (letter) => letter.charCodeAt(0) - 97);
  const tunnels: number[] = [];
  for (let set = 0; set < 256; set++) {
    const faces = FACE_CORNERS.flatMap((corners, face) => (isCrossed(set, corners) ? [face] : []));
    for (const face of faces) crossed[set]! |= 1 << face;
    first[set] = all.length;
    if (faces.length === 0) all.push(trianglesOf(set));
    else for (let joins = 0; joins < 2 ** faces.length; joins++) all.push(read());
    if (mayTunnel(set, faces)) tunnels.push(set);
  }
  for (const set of tunnels) {
    tunnel[set] = all.length;
    all.push(read());
  }
  for (let set = 0; set < 256; set++) {
    even[set] = all.length;
    all.push(trianglesOf(set));
  }
  const surfaces = new Uint8Array(SURFACE_BYTES * all.length);
  for (const [k, points] of all.entries()) surfaces.set([points.length, ...points], SURFACE_BYTES * k);
  return { crossed, first, tunnel, even, surfaces };
}

/** Corners at both ends of the edge that each point lies on; twice 0 for the middle of the cell, which lies on none. */
const edgeEnds = (): number[] =>
  POINTS.flatMap((point) =>
    [0, 2].map((end) =>
      point.every((half) => half === 1)
        ? 0
        : point.reduce<number>((sum, half, axis) => sum + ((half === 1 ? end : half) >> 1) * (4 >> axis), 0),
    ),
  );

/**
 * The tables as kernels have them (value-cells.ts of the assembly), for cells whose values are shares of 7.
 * @param size edges of a voxel
 */
export function surfaceTables(size: Triple): Uint8Array {
  const { crossed, first, tunnel, even, surfaces } = valueSurfaces();
  // In single precision, as scikit-image has them.
  const shares = Array.from({ length: 8 }, (_, count) => Math.fround(count / 7));
  const parts = [
    Float64Array.of(...size, ...shares),
    Uint8Array.from(FACE_CORNERS.flat()),
    Uint8Array.from([...edgeEnds(), ...new Array(6).fill(0)]),
    crossed,
    first,
    tunnel,
    even,
    surfaces,
  ].map(({ buffer }) => new Uint8Array(buffer));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
