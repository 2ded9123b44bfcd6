/** What all drawing by WebGL2 needs of a context: its programs, and what it is made of. */

/** Compiles and links two shaders. A context that is lost meanwhile gives a program that draws nothing. @throws Error with the driver's words if it refuses them */
export function linkedProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new Error(`a shader was refused: ${gl.getShaderInfoLog(shader)}`);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`a shader was refused: ${gl.getProgramInfoLog(program)}`);
  return program;
}

/** What draws, as the browser names it. */
export function rendererName(gl: WebGL2RenderingContext): string {
  const facts = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(facts === null ? gl.RENDERER : facts.UNMASKED_RENDERER_WEBGL));
}

/**
 * Whether the processor does the work of a graphics card: frames are then a hundred times slower. Browsers do not count all of these as slow
 * (`failIfMajorPerformanceCaveat`): SwiftShader that was asked for is not.
 */
export const isSoftware = (name: string): boolean => /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
