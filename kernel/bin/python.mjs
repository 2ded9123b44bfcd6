/** The project's own Python environment: found, made, filled. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pythonCommands, pythonRemedy, venvPython } from "./platform.mjs";
import { Failure, paths, projectEnvironment, root } from "./project.mjs";
import { fingerprint, isCurrent, mustRun, runProgram, stamp } from "./steps.mjs";

const minimum = [3, 10];
// Only for a Python whose environments come without pip, or that cannot make environments at all.
const pipVersion = "26.3";
const virtualenvVersion = "21.15.11";

/** Told where there is no Python: the rest of the sentence offers the way that needs none. */
export class NoPython extends Failure {}

/**
 * @typedef {object} Python
 * @property {string[]} command how to start it
 * @property {string} version for example `3.11.7`
 */

/**
 * The Python to build the environment with: `VOXBOOK_PYTHON`, else the first on the path that is new enough.
 * @returns {Promise<Python>}
 */
export async function findPython() {
  const chosen = process.env.VOXBOOK_PYTHON;
  /** @type {string[]} */
  const tooOld = [];
  for (const candidate of chosen ? [[chosen]] : pythonCommands()) {
    const { code, output } = await runProgram(
      [...candidate, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"],
      { quiet: true },
    );
    const version = output.trim().match(/^(\d+)\.(\d+)\.\d+$/);
    if (code !== 0 || version === null) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major > minimum[0] || (major === minimum[0] && minor >= minimum[1]))
      return { command: candidate, version: version[0] };
    tooOld.push(version[0]);
  }
  const wanted = `Python ${minimum.join(".")} or newer`;
  if (chosen && tooOld.length === 0)
    throw new NoPython(`VOXBOOK_PYTHON names ${chosen}, which does not start as Python; ${pythonRemedy}.`);
  if (tooOld.length > 0)
    throw new NoPython(`The Python found is ${tooOld.join(" and ")}, but JupyterLab needs ${wanted}; ${pythonRemedy}.`);
  throw new NoPython(`JupyterLab needs ${wanted}, and there is no Python here; ${pythonRemedy}.`);
}

/** True if the environment starts and has pip: a half-made one has not. */
async function isWhole() {
  const python = venvPython(paths.venv);
  if (!existsSync(python)) return false;
  const { code } = await runProgram([python, "-m", "pip", "--version"], { quiet: true });
  return code === 0;
}

/**
 * Makes the environment where it is missing, half-made, or its Python has gone.
 * @returns {Promise<string | false>}
 */
export async function makeEnvironment() {
  const inputs = fingerprint([{ value: [process.env.VOXBOOK_PYTHON ?? "", paths.venv] }]);
  if (isCurrent("venv", inputs, [venvPython(paths.venv)])) return false;
  const python = await findPython();
  if (await isWhole()) {
    stamp("venv", inputs);
    return false;
  }
  const begin = () => rmSync(paths.venv, { recursive: true, force: true });
  const made = async (/** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env = {}) => {
    begin();
    const options = { quiet: true, env: { ...projectEnvironment(), ...env } };
    return (await runProgram([...python.command, ...args], options)).code === 0;
  };
  let way = "made";
  if (!(await made(["-m", "venv", paths.venv])) || !(await isWhole())) {
    // Debian and Ubuntu ship Python in parts: `venv` may lack its pip (ensurepip), or be missing altogether.
    if (await made(["-m", "venv", "--without-pip", paths.venv])) {
      way = "made, with pip fetched since this Python brings none";
      await addPip(python);
    } else if (await made(["-m", "virtualenv", paths.venv])) {
      way = "made with virtualenv, since this Python has no venv";
    } else {
      const folder = join(paths.cache, "virtualenv");
      const pip = ["-m", "pip", "install", "--quiet", "--target", folder, `virtualenv==${virtualenvVersion}`];
      await runProgram([...python.command, ...pip], { quiet: true });
      if (!(await made(["-m", "virtualenv", paths.venv], { PYTHONPATH: folder }))) {
        begin();
        throw new Failure(
          `This Python (${python.command.join(" ")}, ${python.version}) has neither venv nor pip, so it cannot make a ` +
            "private environment; install them (Debian, Ubuntu: apt install python3-venv) or name another Python by VOXBOOK_PYTHON.",
        );
      }
      way = "made with a fetched virtualenv, since this Python has no venv";
    }
  }
  if (!(await isWhole())) {
    begin();
    throw new Failure(
      `The environment made by ${python.command.join(" ")} has no working pip; install the whole Python (Debian, Ubuntu: apt install python3-venv) and try again.`,
    );
  }
  stamp("venv", inputs);
  return `${way} (Python ${python.version})`;
}

/**
 * Gives an environment without pip its pip: by the pip of the Python that made it, else from the package index.
 * @param {Python} python
 */
async function addPip(python) {
  const target = venvPython(paths.venv);
  const wanted = `pip==${pipVersion}`;
  const own = ["-m", "pip", "--python", target, "install", "--quiet", wanted];
  if ((await runProgram([...python.command, ...own], { quiet: true })).code === 0) return;
  const wheel = await fetchPip();
  // A wheel is a zip file, and Python runs a package inside a zip file.
  await mustRun(
    [target, join(wheel, "pip"), "install", "--quiet", "--no-index", wheel],
    "pip was fetched, but does not install itself; install python3-venv (Debian, Ubuntu: apt install python3-venv) and try again.",
    { quiet: true },
  );
}

/**
 * Fetches the wheel of pip from the package index (`PIP_INDEX_URL`, else PyPI) and checks it against the index's sum.
 * @returns {Promise<string>} path of the wheel
 */
async function fetchPip() {
  const index = (process.env.PIP_INDEX_URL ?? "https://pypi.org/simple").replace(/\/$/, "");
  const name = `pip-${pipVersion}-py3-none-any.whl`;
  try {
    const page = await fetch(`${index}/pip/`, { signal: AbortSignal.timeout(60_000) });
    const link = (await page.text()).match(
      new RegExp(`href="([^"]*${name.replaceAll(".", "\\.")})#sha256=([0-9a-f]{64})"`),
    );
    if (!page.ok || link === null) throw new Error(`${index}/pip/ lists no ${name}`);
    const address = new URL(link[1].replaceAll("&amp;", "&"), `${index}/pip/`);
    const response = await fetch(address, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (createHash("sha256").update(bytes).digest("hex") !== link[2]) throw new Error(`${name} has a wrong checksum`);
    const folder = join(paths.cache, "pip-wheel");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  } catch (error) {
    throw new Failure(
      `This Python makes environments without pip, and fetching pip failed (${/** @type {Error} */ (error).message}); ` +
        "install python3-venv (Debian, Ubuntu: apt install python3-venv), or set PIP_INDEX_URL to an index you can reach.",
    );
  }
}

/**
 * Installs a requirements file into the environment.
 * @param {string} file relative to the root
 * @returns {Promise<string | false>}
 */
export async function installRequirements(file) {
  const python = venvPython(paths.venv);
  const name = `pip-${file.replaceAll(/[\\/]/g, "-")}`;
  const configuration = existsSync(join(paths.venv, "pyvenv.cfg"))
    ? readFileSync(join(paths.venv, "pyvenv.cfg"), "utf8")
    : "";
  const inputs = fingerprint([file, { value: configuration }]);
  if (isCurrent(name, inputs, [python])) return false;
  await mustRun(
    [python, "-m", "pip", "install", "--quiet", "--no-input", "-r", join(root, file)],
    `pip could not install ${file}; if there is no network, or only a mirror, set PIP_INDEX_URL (or PIP_FIND_LINKS) and try again: what is already there is kept.`,
    { quiet: true },
  );
  stamp(name, inputs);
  return "installed";
}

/** Environment variables for a program that has to find the environment's commands first. */
export const withVenvOnPath = (/** @type {NodeJS.ProcessEnv} */ env) => ({
  ...env,
  VIRTUAL_ENV: paths.venv,
  PATH: [join(venvPython(paths.venv), ".."), env.PATH].join(delimiter),
});
