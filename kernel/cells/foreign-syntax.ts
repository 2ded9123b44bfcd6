/** What people type who come from Python notebooks, and what it is called here. Only asked once a cell does not parse. */

const rules: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [
    /^[ \t]*import[ \t]+([A-Za-z_][\w.]*)(?:[ \t]+as[ \t]+([A-Za-z_]\w*))?[ \t]*(?:#.*)?$/m,
    ([, module, alias]) =>
      `this is Python's import; cells are TypeScript: import * as ${alias ?? module!.split(".").at(-1)} from "${module}"`,
  ],
  [
    /^[ \t]*from[ \t]+([A-Za-z_.][\w.]*)[ \t]+import[ \t]+(\(?[\w, *]+)/m,
    ([, module, names]) =>
      `this is Python's import; cells are TypeScript: import { ${names!.replace(/[(*]/g, "").trim() || "name"} } from "${module}"`,
  ],
  [
    /^[ \t]*[!%]+[ \t]*(?:pip|conda|npm)[ \t]+(?:install|i|add)[ \t]+(\S+)/m,
    ([, name]) =>
      `cells have no shell and no magics; install a package in a terminal, in the notebook's folder: npm install ${name}`,
  ],
  [
    /^[ \t]*[!%]{1,2}([A-Za-z]+)/m,
    ([line]) => `cells are TypeScript: they have no shell and no magics, such as ${line!.trim()}`,
  ],
  [
    /^[ \t]*def[ \t]+(\w+)[ \t]*\(([^()\n]*)\).*:[ \t]*$/m,
    ([, name, parameters]) => `this is Python's def; cells are TypeScript: function ${name}(${parameters}) { … }`,
  ],
];

/** A message for code of another notebook language; undefined if nothing of the kind is in the cell. */
export function foreignSyntax(source: string): string | undefined {
  for (const [pattern, message] of rules) {
    const match = pattern.exec(source);
    if (match !== null) return message(match);
  }
  return undefined;
}
