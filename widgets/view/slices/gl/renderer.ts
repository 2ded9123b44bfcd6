/** Draws planes by WebGL2: one context for all views of a page, whose picture is copied to where it is seen. */
import { DTYPES, type DType, type Voxels } from "../../../../src/core/dtype.js";
import { linkedProgram, rendererName } from "../../webgl.js";
import type { Painted } from "../pane.js";
import type { LoadedPlane } from "../planes.js";
import { FRAGMENT, KINDS, OVERLAYS, VERTEX } from "./shader.js";
import { keyOf, litRows, type Tables, tablesOf } from "./tables.js";

type Context = WebGL2RenderingContext;

/** Bytes of planes that stay on the card: they are drawn again when a threshold is dragged. */
const KEPT_BYTES = 64 * 2 ** 20;
/** Looks whose tables stay. */
const KEPT_TABLES = 6;

const kindOf = (dtype: DType): number => (dtype in KINDS ? KINDS[dtype as keyof typeof KINDS] : KINDS.unsigned);

/** Format of a texture that takes the bits of these voxels. */
function formatOf(
  gl: Context,
  dtype: DType,
): readonly [internal: number, type: number, bits: (values: Voxels) => ArrayBufferView] {
  const { bytes } = DTYPES[dtype];
  if (bytes === 1) return [gl.R8UI, gl.UNSIGNED_BYTE, (v) => new Uint8Array(v.buffer, v.byteOffset, v.length)];
  if (bytes === 2) return [gl.R16UI, gl.UNSIGNED_SHORT, (v) => new Uint16Array(v.buffer, v.byteOffset, v.length)];
  return [gl.R32UI, gl.UNSIGNED_INT, (v) => new Uint32Array(v.buffer, v.byteOffset, v.length)];
}

const programOf = (gl: Context): WebGLProgram => linkedProgram(gl, VERTEX, FRAGMENT);

interface OnCard {
  readonly textures: readonly WebGLTexture[];
  readonly tables: Tables;
}

export class Renderer {
  readonly #canvas: OffscreenCanvas | HTMLCanvasElement;
  readonly #gl: Context;
  readonly #most: number;
  #program: WebGLProgram;
  #names = new Map<string, WebGLUniformLocation | null>();
  /** In the order of their last use. */
  readonly #planes = new Map<LoadedPlane, WebGLTexture>();
  #bytes = 0;
  readonly #tables = new Map<string, OnCard>();
  /** The last selection: it is the same in all views of a page. */
  #lit: { readonly of: Uint8Array; readonly texture: WebGLTexture } | undefined;

  /** @throws Error where the page has no WebGL2 */
  constructor() {
    this.#canvas =
      typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(1, 1);
    const options = { alpha: false, antialias: false, depth: false, stencil: false };
    const gl = this.#canvas.getContext("webgl2", options) as Context | null;
    if (gl === null) throw new Error("this page has no WebGL2");
    this.#gl = gl;
    this.#most = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
    this.#program = programOf(gl);
    this.#canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.#canvas.addEventListener("webglcontextrestored", () => {
      this.#planes.clear();
      this.#tables.clear();
      this.#names.clear();
      this.#lit = undefined;
      this.#bytes = 0;
      this.#program = programOf(gl);
    });
  }

  /** What draws, as the browser names it. */
  get name(): string {
    return rendererName(this.#gl);
  }

  /** Gives the context back; also what a driver does when it loses it. */
  dispose(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  /** Draws a plane, a pixel a voxel. @returns false where it cannot, and the processor has to */
  paint(painted: Painted, to: CanvasRenderingContext2D): boolean {
    const gl = this.#gl;
    const { plane, over, overFrom, look } = painted;
    const { width, height } = plane;
    if (gl.isContextLost() || width > this.#most || height > this.#most) return false;
    const onCard = this.#tablesOf(painted);
    if (onCard === undefined) return false;
    const { overlay } = onCard.tables;
    const selects = overlay === OVERLAYS.labels || overlay === OVERLAYS.numbered;
    const lit = selects && look.lit !== undefined ? this.#litOf(look.lit) : undefined;
    // More labels than the card's largest texture has texels: the table would not be whole.
    if (selects && look.lit !== undefined && lit === undefined) return false;
    if (this.#canvas.width < width) this.#canvas.width = width;
    if (this.#canvas.height < height) this.#canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.useProgram(this.#program);
    const below = this.#plane(plane);
    const above = over === undefined || overFrom === undefined ? below : this.#plane(overFrom);
    const [colours, tints, bounds, rows] = onCard.textures;
    for (const [unit, [name, texture]] of (
      [
        ["voxels", below],
        ["over", above],
        ["colours", colours],
        ["tints", tints],
        ["bounds", bounds],
        ["rows", rows],
        // A sampler that is not looked at needs a texture, too.
        ["lit", lit ?? rows],
      ] as const
    ).entries()) {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture!);
      gl.uniform1i(this.#at(name), unit);
    }
    this.#say(painted, onCard.tables);
    gl.uniform1i(this.#at("selecting"), Number(lit !== undefined));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    if (gl.isContextLost()) return false;
    to.drawImage(this.#canvas, 0, this.#canvas.height - height, width, height, 0, 0, width, height);
    return true;
  }

  #say({ plane, look, overFrom }: Painted, tables: Tables): void {
    const gl = this.#gl;
    gl.uniform2i(this.#at("size"), plane.width, plane.height);
    gl.uniform1i(this.#at("wide"), Number(tables.wide));
    gl.uniform1i(this.#at("kind"), kindOf(plane.dtype));
    gl.uniform1i(this.#at("overKind"), kindOf(overFrom?.dtype ?? plane.dtype));
    gl.uniform1i(this.#at("overlay"), tables.overlay);
    gl.uniform1i(this.#at("outline"), Number(look.outline === true));
    gl.uniform1uiv(this.#at("thresholds"), tables.thresholds);
    gl.uniform1i(this.#at("thresholdCount"), tables.thresholdCount);
    gl.uniform1i(this.#at("firstTint"), tables.firstTint);
    gl.uniform1i(this.#at("tintCount"), tables.tintCount);
    gl.uniform2f(this.#at("greyScale"), ...tables.greyScale);
    gl.uniform2f(this.#at("fieldScale"), ...tables.fieldScale);
  }

  #at(name: string): WebGLUniformLocation | null {
    let place = this.#names.get(name);
    if (place === undefined) {
      place = this.#gl.getUniformLocation(this.#program, name);
      this.#names.set(name, place);
    }
    return place;
  }

  #texture(
    internal: number,
    width: number,
    height: number,
    format: number,
    type: number,
    data: ArrayBufferView,
  ): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, format, type, data);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    return texture;
  }

  #plane(plane: LoadedPlane): WebGLTexture {
    const gl = this.#gl;
    const known = this.#planes.get(plane);
    if (known !== undefined) {
      this.#planes.delete(plane);
      this.#planes.set(plane, known);
      return known;
    }
    const [internal, type, bits] = formatOf(gl, plane.dtype);
    const made = this.#texture(internal, plane.width, plane.height, gl.RED_INTEGER, type, bits(plane.values));
    this.#planes.set(plane, made);
    this.#bytes += plane.values.byteLength;
    for (const [old, texture] of this.#planes) {
      if (this.#bytes <= KEPT_BYTES || old === plane) break;
      this.#planes.delete(old);
      this.#bytes -= old.values.byteLength;
      gl.deleteTexture(texture);
    }
    return made;
  }

  /** What is selected changes with each move of a lasso: a byte a label goes to the card then, and nothing else. */
  #litOf(of: Uint8Array): WebGLTexture | undefined {
    if (this.#lit?.of === of) return this.#lit.texture;
    const gl = this.#gl;
    const table = litRows(of, this.#most);
    if (table === undefined) return undefined;
    const { rows, width } = table;
    const height = rows.length / width;
    const texture = this.#texture(gl.R8UI, width, height, gl.RED_INTEGER, gl.UNSIGNED_BYTE, rows);
    if (this.#lit !== undefined) gl.deleteTexture(this.#lit.texture);
    this.#lit = { of, texture };
    return texture;
  }

  #tablesOf(painted: Painted): OnCard | undefined {
    const key = keyOf(painted);
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const tables = tablesOf(painted, painted.overFrom?.dtype);
    if (tables === undefined) return undefined;
    const gl = this.#gl;
    const rgba = [gl.RGBA_INTEGER, gl.UNSIGNED_BYTE] as const;
    const whole = [gl.RED_INTEGER, gl.UNSIGNED_INT] as const;
    const bounds = new Uint32Array(512);
    bounds.set(tables.bounds[0]);
    bounds.set(tables.bounds[1], 256);
    const { colours = new Uint8Array(4), tints, rows, rowsWidth } = tables;
    const side = tables.colours === undefined ? 1 : 256;
    const textures = [
      this.#texture(gl.RGBA8UI, side, side, ...rgba, colours),
      this.#texture(gl.RGBA8UI, 256, tints.length / 1024, ...rgba, tints),
      this.#texture(gl.R32UI, 256, 2, ...whole, bounds),
      this.#texture(gl.R16UI, rowsWidth, rows.length / rowsWidth, gl.RED_INTEGER, gl.UNSIGNED_SHORT, rows),
    ];
    const made = { textures, tables };
    this.#tables.set(key, made);
    for (const [old, { textures: gone }] of this.#tables) {
      if (this.#tables.size <= KEPT_TABLES) break;
      this.#tables.delete(old);
      for (const texture of gone) gl.deleteTexture(texture);
    }
    return made;
  }
}
