/**
 * HTML that a notebook's cells or its text brought along, made harmless: read into tags and text, and written anew from
 * what is on the lists below. Nothing of the input is copied through, so nothing that this reader misunderstands can
 * reach a browser as anything but text. Elements with parsing rules of their own (svg, math, style, template, noscript,
 * select, form …), on which such readers are usually fooled, are not on the list.
 */

const elements = new Set(
  (
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i " +
    "img ins kbd li mark ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
  ).split(" "),
);
const voidElements = new Set(["br", "col", "hr", "img"]);
/** Their text is code of some kind, not prose: it goes with them. */
const dropped = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "embed",
  "title",
  "textarea",
  "xmp",
  "math",
  "head",
]);
const attributes = new Set([
  "alt",
  "align",
  "class",
  "colspan",
  "height",
  "open",
  "rowspan",
  "scope",
  "span",
  "start",
  "title",
  "width",
]);
const properties = new Set(
  (
    "background background-color border border-bottom border-collapse border-left border-radius border-right border-spacing " +
    "border-top color display font-family font-size font-style font-variant-numeric font-weight height line-height margin " +
    "margin-bottom margin-left margin-right margin-top max-width min-width opacity overflow overflow-x padding " +
    "padding-bottom padding-left padding-right padding-top text-align vertical-align white-space width"
  ).split(" "),
);

const entities = /** @type {Record<string, string>} */ ({
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
});

/** Text as HTML, for content and for quoted attributes. @param {string} text */
export const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => entities[character]);

const named = /** @type {Record<string, string>} */ ({
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  micro: "µ",
  times: "×",
  deg: "°",
  plusmn: "±",
  hellip: "…",
  ndash: "–",
  mdash: "—",
  middot: "·",
  sup2: "²",
  sup3: "³",
  rarr: "→",
  larr: "←",
  phi: "φ",
  sigma: "σ",
  tau: "τ",
  mu: "μ",
  thinsp: "\u2009",
});

/** Character references as characters; unknown ones stay as they are. @param {string} text */
function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z][a-z0-9]*));?/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return Object.hasOwn(named, name) ? named[name] : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : "\ufffd";
  });
}

/**
 * @typedef {object} Links
 * @property {(source: string) => string | undefined} image data URI for an image's source; undefined = leave it out
 */

/**
 * @param {string} html
 * @param {Partial<Links>} [links]
 * @returns {string}
 */
export function sanitise(html, { image = dataImage } = {}) {
  let result = "";
  /** @type {string[]} */
  const open = [];
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf("<", at);
    const end = next < 0 ? html.length : next;
    result += escapeHtml(decode(html.slice(at, end)));
    if (next < 0) break;
    at = next;
    const skipped = nonElement(html, at);
    if (skipped > 0) {
      at = skipped;
      continue;
    }
    const tag = readTag(html, at);
    if (tag === undefined) {
      result += "&lt;";
      at += 1;
      continue;
    }
    at = tag.end;
    if (tag.name === "svg" && !tag.closing) {
      const close = endOf(html, at, "svg");
      result += svgImage(html.slice(next, close));
      at = close;
    } else if (dropped.has(tag.name)) {
      if (!tag.closing) at = endOf(html, at, tag.name);
    } else if (!elements.has(tag.name)) {
      // An unknown element goes, its text stays.
    } else if (tag.closing) {
      const depth = open.lastIndexOf(tag.name);
      if (depth >= 0) while (open.length > depth) result += `</${open.pop()}>`;
    } else {
      result += write(tag.name, tag.attributes, image);
      if (!voidElements.has(tag.name)) open.push(tag.name);
    }
  }
  while (open.length > 0) result += `</${open.pop()}>`;
  return result;
}

/** Where a comment, a doctype or a processing instruction ends; 0 if there is none. @param {string} html @param {number} at */
function nonElement(html, at) {
  if (html.startsWith("<!--", at)) {
    const end = html.indexOf("-->", at + 4);
    return end < 0 ? html.length : end + 3;
  }
  if (html[at + 1] !== "!" && html[at + 1] !== "?") return 0;
  const end = html.indexOf(">", at);
  return end < 0 ? html.length : end + 1;
}

/** Behind the closing tag of an element whose content is not read. @param {string} html @param {number} at @param {string} name */
function endOf(html, at, name) {
  const closing = new RegExp(`</${name}[^>]*>`, "gi");
  closing.lastIndex = at;
  return closing.exec(html) === null ? html.length : closing.lastIndex;
}

/**
 * @param {string} html @param {number} at of the `<`
 * @returns {{ name: string, closing: boolean, attributes: Map<string, string>, end: number } | undefined}
 */
function readTag(html, at) {
  const head = /<(\/?)([a-z][a-z0-9]*)(?=[\s/>])/iy;
  head.lastIndex = at;
  const match = head.exec(html);
  if (match === null) return undefined;
  const found = new Map();
  let position = head.lastIndex;
  const attribute = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/y;
  for (;;) {
    const close = /[\s/]*>/y;
    close.lastIndex = position;
    if (close.exec(html) !== null) {
      const [, slash, name] = match;
      return { name: name.toLowerCase(), closing: slash === "/", attributes: found, end: close.lastIndex };
    }
    attribute.lastIndex = position;
    const part = attribute.exec(html);
    if (part === null) return undefined;
    const name = part[1].toLowerCase();
    if (!found.has(name)) found.set(name, decode(part[2] ?? part[3] ?? part[4] ?? ""));
    position = attribute.lastIndex;
  }
}

/** @param {string} name @param {Map<string, string>} given @param {Links["image"]} image */
function write(name, given, image) {
  let tag = `<${name}`;
  for (const [key, value] of given) {
    if (attributes.has(key)) tag += ` ${key}="${escapeHtml(value)}"`;
    else if (key === "style") tag += styled(value);
    else if (key === "id" && /^[\w-]+$/.test(value)) tag += ` id="${value}"`;
    else if (key === "href" && name === "a" && safeLink(value))
      tag += ` href="${escapeHtml(value)}" rel="noopener noreferrer"`;
  }
  if (name === "img") {
    const source = image(given.get("src") ?? "");
    if (source === undefined)
      return `<em>[picture left out: ${escapeHtml(given.get("alt") || given.get("src") || "no source")}]</em>`;
    tag += ` src="${escapeHtml(source)}"`;
  }
  return `${tag}>`;
}

/** Links to pages, to mail and inside the page; anything else could be code. @param {string} href */
function safeLink(href) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers ignore control characters inside "java\tscript:"
  const plain = href.replace(/[\u0000-\u0020\u007f-\u00a0]/g, "");
  const scheme = plain.match(/^([a-z][a-z0-9+.-]*):/i);
  // Relative: no other host, and nothing in front of the path that some reader could take for a scheme.
  return scheme === null
    ? !/^[^/?#]*[&:]|^\/\//.test(plain)
    : ["http", "https", "mailto"].includes(scheme[1].toLowerCase());
}

/** @param {string} style */
function styled(style) {
  const kept = style
    .split(";")
    .map((declaration) => declaration.split(":").map((part) => part.trim()))
    .filter(
      (parts) =>
        parts.length === 2 &&
        properties.has(parts[0].toLowerCase()) &&
        // No url(), no escapes: only numbers, names, colours and lists of them.
        /^(?:[\w\s#.,%+-]|rgba?\(|hsla?\(|\))*$/i.test(parts[1]),
    );
  return kept.length === 0 ? "" : ` style="${escapeHtml(kept.map((parts) => parts.join(": ")).join("; "))}"`;
}

/** Pictures come inside the page. @param {string} source */
export function dataImage(source) {
  return /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i.test(source) ? source : undefined;
}

/**
 * A drawing as a picture: in an `img` its scripts do not run and its links load nothing.
 * @param {string} svg
 */
export function svgImage(svg) {
  const spaced = /\sxmlns\s*=/.test(svg.slice(0, svg.indexOf(">") + 1))
    ? svg
    : svg.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
  return `<img alt="drawing" src="data:image/svg+xml;base64,${Buffer.from(spaced).toString("base64")}">`;
}
