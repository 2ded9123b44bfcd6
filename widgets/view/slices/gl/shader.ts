/**
 * Colours of a plane on the graphics card. Voxels come as they are, as whole numbers (floats by their bits), and every colour is looked
 * up in tables that the processor has made with the functions of its own drawing: the pixels are the same, not nearly the same.
 */

/** Most thresholds that are compared. */
export const MOST_THRESHOLDS = 16;

/** How the bits of a texel are read. */
export const KINDS = { unsigned: 0, int8: 1, int16: 2, int32: 3, float32: 4 } as const;
/** What lies over the grey values. */
export const OVERLAYS = { none: 0, labels: 1, numbered: 2, field: 3 } as const;
/** Rows of tints that all labels share: of grey itself, outside of the selection, and of the edges of what is selected. */
export const SHARED_ROWS = { plain: 0, dim: 1, edge: 2 } as const;

export const VERTEX = `#version 300 es
void main() {
  // One triangle that covers everything.
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;

uniform usampler2D voxels;
uniform usampler2D over;
/** Colour of each value of at most 16 bits. */
uniform usampler2D colours;
/** A row for each colour: what each grey becomes under it. The first is grey itself. */
uniform usampler2D tints;
/** For each level from 0 to 255 the first value that has it; of grey, and below of the field. */
uniform usampler2D bounds;
/** For each label its row of tints, or 0. */
uniform usampler2D rows;
/** For each label whether it is selected, 1. */
uniform usampler2D lit;

uniform ivec2 size;
uniform bool wide;
uniform int kind;
uniform int overKind;
uniform int overlay;
uniform bool outline;
uniform bool selecting;
uniform uint thresholds[${MOST_THRESHOLDS}];
uniform int thresholdCount;
/** Row of the tint of the first phase, of the first number, of the first colour of the field. */
uniform int firstTint;
uniform int tintCount;
/** Low end and levels per unit: only where to look first. */
uniform vec2 greyScale;
uniform vec2 fieldScale;

out vec4 colour;

uint extended(uint raw, int of) {
  if (of == ${KINDS.int8}) return uint(int(raw << 24) >> 24);
  if (of == ${KINDS.int16}) return uint(int(raw << 16) >> 16);
  return raw;
}

/** Values as whole numbers in the same order. */
uint ordered(uint raw, int of) {
  if (of == ${KINDS.unsigned}) return raw;
  if (of != ${KINDS.float32}) return extended(raw, of) ^ 0x80000000u;
  if (raw == 0x80000000u) return raw;
  return (raw & 0x80000000u) != 0u ? ~raw : raw | 0x80000000u;
}

float valueOf(uint raw, int of) {
  if (of == ${KINDS.unsigned}) return float(raw);
  return of == ${KINDS.float32} ? uintBitsToFloat(raw) : float(int(extended(raw, of)));
}

bool isNothing(uint raw, int of) {
  return of == ${KINDS.float32} && (raw & 0x7fffffffu) > 0x7f800000u;
}

int levelOf(uint raw, int of, vec2 scale, int row) {
  uint place = ordered(raw, of);
  int level = int(clamp((valueOf(raw, of) - scale.x) * scale.y + 0.5, 0.0, 255.0));
  while (level > 0 && place < texelFetch(bounds, ivec2(level, row), 0).r) level--;
  while (level < 255 && place >= texelFetch(bounds, ivec2(level + 1, row), 0).r) level++;
  return level;
}

int phaseOf(uint place) {
  int phase = 0;
  while (phase < thresholdCount && place > thresholds[phase]) phase++;
  return phase;
}

bool atEdge(ivec2 at, uint label) {
  return (at.x > 0 && texelFetch(over, at - ivec2(1, 0), 0).r != label) ||
    (at.x < size.x - 1 && texelFetch(over, at + ivec2(1, 0), 0).r != label) ||
    (at.y > 0 && texelFetch(over, at - ivec2(0, 1), 0).r != label) ||
    (at.y < size.y - 1 && texelFetch(over, at + ivec2(0, 1), 0).r != label);
}

/** What stands in a table at a number; 0 beyond its end. */
uint entryOf(usampler2D table, uint number) {
  uvec2 size = uvec2(textureSize(table, 0));
  return number >= size.x * size.y ? 0u : texelFetch(table, ivec2(number % size.x, number / size.x), 0).r;
}

/** The row of tints that a label has; 0: it has none. */
int rowOf(uint label) {
  uint number = extended(label, overKind);
  if (overlay == ${OVERLAYS.numbered}) {
    return number == 0u ? 0 : firstTint + int(((number * 2654435761u) >> 16) % uint(tintCount));
  }
  return int(entryOf(rows, number));
}

/** The row of tints that a voxel has by its label and by what is selected. */
int labelRow(ivec2 at, uint label) {
  if (selecting && entryOf(lit, extended(label, overKind)) != 1u) return ${SHARED_ROWS.dim};
  if (!selecting && !outline) return rowOf(label);
  bool edge = atEdge(at, label);
  if (edge && !outline) return ${SHARED_ROWS.edge};
  return edge || !outline ? rowOf(label) : ${SHARED_ROWS.plain};
}

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  at.y = size.y - 1 - at.y;
  uint raw = texelFetch(voxels, at, 0).r;
  uvec3 found;
  if (wide) {
    bool nothing = isNothing(raw, kind);
    int grey = nothing ? 0 : levelOf(raw, kind, greyScale, 0);
    int row = overlay == ${OVERLAYS.none} && thresholdCount >= 0 && !nothing ? firstTint + phaseOf(ordered(raw, kind)) : 0;
    // A phase without a colour stays grey.
    found = texelFetch(tints, ivec2(grey, row < textureSize(tints, 0).y ? row : 0), 0).rgb;
  } else {
    // From the least value on, which for signed ones is in the middle of their bits.
    uint value = kind == ${KINDS.int8} ? raw ^ 0x80u : kind == ${KINDS.int16} ? raw ^ 0x8000u : raw;
    found = texelFetch(colours, ivec2(value & 255u, value >> 8), 0).rgb;
  }
  if (overlay != ${OVERLAYS.none}) {
    uint above = texelFetch(over, at, 0).r;
    int row = 0;
    if (overlay == ${OVERLAYS.field}) {
      if (!isNothing(above, overKind)) row = firstTint + levelOf(above, overKind, fieldScale, 1);
    } else row = labelRow(at, above);
    if (row > 0) found = texelFetch(tints, ivec2(int(found.r), row), 0).rgb;
  }
  colour = vec4(vec3(found) / 255.0, 1.0);
}`;
