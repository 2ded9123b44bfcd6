/** Balls and rods by WebGL2: a square or a strip each, whose pixels find the surface under them by the rules of draw/bodies.ts. */
import { type Balls, type Body, HAZE, LIGHT, PALENESS, type Rods, SHADE, uncovered } from "../../draw/bodies.js";
import type { Projection } from "../../draw/orthographic.js";
import { isSoftware, linkedProgram, rendererName } from "../webgl.js";
import type { Painter } from "./painter.js";

const list = (values: readonly number[]): string => values.map((n) => n.toFixed(6)).join(", ");

/** What both vertex shaders begin with. */
const COMMON = `#version 300 es
precision highp float; precision highp int;
uniform vec4 rows[3]; uniform vec2 size; uniform float scale; uniform vec2 range; uniform uint wanted;
in vec2 corner; in vec4 colour; in uint level;
flat out vec3 tint; flat out float white;
vec3 placed(vec3 at) { vec4 h = vec4(at, 1.0); return vec3(dot(rows[0], h), dot(rows[1], h), dot(rows[2], h)); }
vec4 clip(vec2 p) { return vec4(2.0 * p.x / size.x - 1.0, 1.0 - 2.0 * p.y / size.y, 0.0, 1.0); }
void fade(float depth) {
  float share = clamp((depth - range.x) / (range.y - range.x), 0.0, 1.0);
  float[4] paleness = float[4](${list(PALENESS)});
  float left = (1.0 - ${HAZE.toFixed(6)} * share * share) * (1.0 - paleness[level]);
  tint = colour.rgb * left; white = 1.0 - left;
}
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
`;
const BALL = `${COMMON}
in vec4 ball; flat out vec4 seen;
void main() {
  if (level != wanted) { gl_Position = NOWHERE; return; }
  vec3 c = placed(ball.xyz); float r = max(0.6, ball.w * scale);
  seen = vec4(c, r); fade(c.z); gl_Position = clip(c.xy + corner * r);
}`;
const ROD = `${COMMON}
in vec3 from; in vec3 to; in float radius; flat out vec4 start; flat out vec4 along;
void main() {
  vec3 a = placed(from); vec3 d = placed(to) - a; float far = length(d.xy);
  if (level != wanted || far < 0.5) { gl_Position = NOWHERE; return; }
  float r = max(0.5, radius * scale); vec2 way = d.xy / far;
  start = vec4(a, r); along = vec4(d, far); fade(a.z + 0.5 * d.z);
  gl_Position = clip(a.xy + d.xy * (0.5 * corner.x + 0.5) + vec2(-way.y, way.x) * corner.y * r);
}`;
const PIXEL = `#version 300 es
precision highp float;
uniform vec2 size; uniform vec2 range;
flat in vec3 tint; flat in float white; out vec4 pixel;
const vec3 LIGHT = vec3(${list(LIGHT)});
void put(float depth, float light) {
  gl_FragDepth = clamp((depth - range.x) / (range.y - range.x), 0.0, 1.0);
  pixel = vec4(tint * (${SHADE[0].toFixed(6)} + ${SHADE[1].toFixed(6)} * max(0.0, light)) + white, 1.0);
}
vec2 here() { return vec2(gl_FragCoord.x, size.y - gl_FragCoord.y); }
`;
const BALL_PIXEL = `${PIXEL}
flat in vec4 seen;
void main() {
  vec2 n = (here() - seen.xy) / seen.w; float left = 1.0 - dot(n, n);
  if (left < 0.0) discard;
  float nz = sqrt(left);
  put(seen.z - seen.w * nz, dot(vec3(n, nz), LIGHT));
}`;
const ROD_PIXEL = `${PIXEL}
flat in vec4 start; flat in vec4 along;
void main() {
  vec2 p = here() - start.xy; vec2 way = along.xy / along.w; float u = (p.y * way.x - p.x * way.y) / start.w;
  if (abs(u) > 1.0) discard;
  float w = sqrt(1.0 - u * u); float whole = length(along.xyz); float sine = along.w / whole; float tilt = w * along.z / whole;
  put(start.z + dot(p, way) / along.w * along.z - start.w * w / sine,
    dot(vec3(tilt * way.x - u * way.y, tilt * way.y + u * way.x, w * sine), LIGHT));
}`;

/** A list of things in the memory of the graphics card. */
interface Loaded {
  readonly array: WebGLVertexArrayObject;
  readonly buffers: readonly WebGLBuffer[];
  readonly count: number;
  /** Levels that occur. */
  readonly levels: ReadonlySet<number>;
}

interface Program {
  readonly program: WebGLProgram;
  readonly uniform: (name: string) => WebGLUniformLocation | null;
}

export class GlPainter implements Painter {
  readonly kind = "webgl";
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #balls: Program;
  readonly #rods: Program;
  readonly #square: WebGLBuffer;
  readonly #corner = new Uint8Array(4);
  #loaded = new Map<Balls | Rods, Loaded>();

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext) {
    this.canvas = canvas;
    this.#gl = gl;
    this.#balls = linked(gl, BALL, BALL_PIXEL);
    this.#rods = linked(gl, ROD, ROD_PIXEL);
    this.#square = filled(gl, Float32Array.of(-1, -1, 1, -1, -1, 1, 1, 1));
  }

  /**
   * Undefined where the page has no WebGL2.
   * @param lost is called when it has been taken away
   * @param software whether one that is made of software will do
   */
  static make(lost: () => void, software = false): GlPainter | undefined {
    const canvas = document.createElement("canvas");
    try {
      const gl = canvas.getContext("webgl2", { antialias: false, powerPreference: "high-performance" });
      if (gl === null || (!software && isSoftware(rendererName(gl)))) return undefined;
      canvas.addEventListener("webglcontextlost", lost);
      return new GlPainter(canvas, gl);
    } catch {
      return undefined;
    }
  }

  draw(bodies: readonly Body[], projection: Projection, width: number, height: number): void {
    const gl = this.#gl;
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    const now = new Map<Balls | Rods, Loaded>();
    for (const { balls, rods } of bodies) {
      now.set(balls, this.#loaded.get(balls) ?? this.#loadBalls(balls));
      if (rods !== undefined) now.set(rods, this.#loaded.get(rods) ?? this.#loadRods(rods, balls));
    }
    for (const [thing, loaded] of this.#loaded) if (!now.has(thing)) this.#drop(loaded);
    this.#loaded = now;
    for (const level of [1, 2, 3]) {
      gl.clear(gl.DEPTH_BUFFER_BIT);
      for (const { balls, rods } of bodies) {
        this.#drawOne(this.#balls, now.get(balls)!, projection, level);
        if (rods !== undefined) this.#drawOne(this.#rods, now.get(rods)!, projection, level);
      }
    }
    // Waits for the picture, so that the time of a frame is known.
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, this.#corner);
  }

  #drawOne({ program, uniform }: Program, loaded: Loaded, projection: Projection, level: number): void {
    if (!loaded.levels.has(level)) return;
    const gl = this.#gl;
    const { matrix: m, scale, depth } = projection;
    gl.useProgram(program);
    const rows = [0, 1, 2].flatMap((row) => [m[3 * row]!, m[3 * row + 1]!, m[3 * row + 2]!, m[9 + row]!]);
    gl.uniform4fv(uniform("rows"), rows);
    gl.uniform2f(uniform("size"), this.canvas.width, this.canvas.height);
    gl.uniform1f(uniform("scale"), scale);
    gl.uniform2f(uniform("range"), depth[0], depth[1]);
    gl.uniform1ui(uniform("wanted"), level);
    gl.bindVertexArray(loaded.array);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, loaded.count);
    gl.bindVertexArray(null);
  }

  #loadBalls({ x, y, z, radius, colours, levels }: Balls): Loaded {
    const places = new Float32Array(4 * radius.length);
    for (let k = 0; k < radius.length; k++) places.set([x[k]!, y[k]!, z[k]!, radius[k]!], 4 * k);
    return this.#load(this.#balls, colours, levels, [["ball", places, 4, 16, 0]]);
  }

  #loadRods({ one, other, radius, colours, levels }: Rods, { x, y, z, radius: balls }: Balls): Loaded {
    const places = new Float32Array(7 * radius.length);
    for (let e = 0; e < radius.length; e++) {
      const [a, b] = [one[e]!, other[e]!];
      const from = [x[a]!, y[a]!, z[a]!] as const;
      const way = [x[b]! - from[0], y[b]! - from[1], z[b]! - from[2]] as const;
      const [begin, end] = uncovered(balls[a]!, balls[b]!, radius[e]!, Math.hypot(...way));
      // What is covered has no length, and is not drawn.
      const stop = Math.max(begin, end);
      for (let k = 0; k < 3; k++) {
        places[7 * e + k] = from[k]! + begin * way[k]!;
        places[7 * e + 3 + k] = from[k]! + stop * way[k]!;
      }
      places[7 * e + 6] = radius[e]!;
    }
    return this.#load(this.#rods, colours, levels, [
      ["from", places, 3, 28, 0],
      ["to", places, 3, 28, 12],
      ["radius", places, 1, 28, 24],
    ]);
  }

  #load(
    { program }: Program,
    colours: Uint32Array,
    levels: Uint8Array,
    parts: readonly (readonly [name: string, values: Float32Array, size: number, stride: number, offset: number])[],
  ): Loaded {
    const gl = this.#gl;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const place = (name: string, each: number): number => {
      const at = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribDivisor(at, each);
      return at;
    };
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#square);
    gl.vertexAttribPointer(place("corner", 0), 2, gl.FLOAT, false, 8, 0);
    const places = filled(gl, parts[0]![1]);
    for (const [name, , size, stride, offset] of parts)
      gl.vertexAttribPointer(place(name, 1), size, gl.FLOAT, false, stride, offset);
    const tints = filled(gl, colours);
    gl.vertexAttribPointer(place("colour", 1), 4, gl.UNSIGNED_BYTE, true, 4, 0);
    const strengths = filled(gl, levels);
    gl.vertexAttribIPointer(place("level", 1), 1, gl.UNSIGNED_BYTE, 1, 0);
    gl.bindVertexArray(null);
    return { array, buffers: [places, tints, strengths], count: levels.length, levels: new Set(levels) };
  }

  #drop({ array, buffers }: Loaded): void {
    this.#gl.deleteVertexArray(array);
    for (const buffer of buffers) this.#gl.deleteBuffer(buffer);
  }

  dispose(): void {
    // A page has few contexts, and the collector is late.
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
    this.#loaded.clear();
  }
}

function filled(gl: WebGL2RenderingContext, values: Float32Array | Uint32Array | Uint8Array): WebGLBuffer {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, values as Float32Array<ArrayBuffer>, gl.STATIC_DRAW);
  return buffer;
}

function linked(gl: WebGL2RenderingContext, vertex: string, pixel: string): Program {
  const program = linkedProgram(gl, vertex, pixel);
  const known = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    uniform(name) {
      if (!known.has(name)) known.set(name, gl.getUniformLocation(program, name));
      return known.get(name)!;
    },
  };
}
