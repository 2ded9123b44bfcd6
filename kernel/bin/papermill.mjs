/** Puts the translator for papermill into a Python environment: one module, with the few lines by which papermill finds it. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

const source = join(root, "kernel/papermill/voxbook_papermill.py");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const module = "voxbook_papermill.py";
const information = `voxbook_papermill-${version}.dist-info`;

const files = {
  METADATA: `Metadata-Version: 2.1\nName: voxbook-papermill\nVersion: ${version}\nSummary: Parameters for TypeScript notebooks in papermill\n`,
  INSTALLER: "voxbook\n",
  RECORD: [module, ...["METADATA", "INSTALLER", "RECORD", "entry_points.txt"].map((name) => `${information}/${name}`)]
    .map((name) => `${name},,\n`)
    .join(""),
  "entry_points.txt": "[papermill.engine]\nvoxbook = voxbook_papermill:Engine\n",
};

/** Folders of packages of the Pythons that live in a prefix. @param {string} prefix */
function sitePackages(prefix) {
  const lib = join(prefix, "lib");
  const pythons = existsSync(lib) ? readdirSync(lib).filter((name) => /^python3\.\d+$/.test(name)) : [];
  const folders = pythons.map((python) => join(lib, python, "site-packages"));
  return [join(prefix, "Lib/site-packages"), ...folders].filter((folder) => existsSync(folder));
}

/** What belongs to us, of whatever version. @param {string} packages */
const ours = (packages) =>
  readdirSync(packages)
    .filter((name) => /^voxbook_papermill(-.*\.dist-info|\.py)$/.test(name))
    .map((name) => join(packages, name));

/** @param {string} prefix */
export function installTranslator(prefix) {
  for (const packages of sitePackages(prefix)) {
    for (const path of ours(packages)) rmSync(path, { recursive: true });
    cpSync(source, join(packages, module));
    mkdirSync(join(packages, information));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(packages, information, name), text);
  }
}

/** @param {string} prefix @returns {string[]} what was removed */
export function uninstallTranslator(prefix) {
  const found = sitePackages(prefix).flatMap(ours);
  for (const path of found) rmSync(path, { recursive: true });
  return found;
}

/** True if every Python of the prefix has this very translator. @param {string} prefix */
export function hasTranslator(prefix) {
  const wanted = readFileSync(source, "utf8");
  return sitePackages(prefix).every(
    (packages) =>
      existsSync(join(packages, information)) &&
      existsSync(join(packages, module)) &&
      readFileSync(join(packages, module), "utf8") === wanted,
  );
}
