/** Module hooks, in Node's own hooks thread: local `.ts` files load as modules, with their own `import.meta`. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ownEntries } from "./modules.js";

interface Resolved {
  url: string;
  format?: string | undefined;
  shortCircuit?: boolean;
}
type NextResolve = (specifier: string, context: { parentURL?: string }) => Promise<Resolved>;
type NextLoad = (url: string, context: object) => Promise<{ format: string; source?: unknown; shortCircuit?: boolean }>;

const own = ownEntries("default");

export async function resolve(
  specifier: string,
  context: { parentURL?: string },
  next: NextResolve,
): Promise<Resolved> {
  const entry = own[specifier];
  if (entry !== undefined) return { url: pathToFileURL(entry).href, shortCircuit: true };
  try {
    return await next(specifier, context);
  } catch (error) {
    const local = /^\.{1,2}\//.test(specifier) && context.parentURL?.startsWith("file:");
    if (local) {
      const base = fileURLToPath(new URL(specifier, context.parentURL));
      const file = [base.replace(/\.js$/, ".ts"), `${base}.ts`].find((name) => existsSync(name));
      if (file !== undefined) return { url: pathToFileURL(file).href, format: "module", shortCircuit: true };
      throw error;
    }
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
}

export async function load(url: string, context: object, next: NextLoad): ReturnType<NextLoad> {
  if (!url.startsWith("file:") || !new URL(url).pathname.endsWith(".ts")) return next(url, context);
  const { default: ts } = await import("typescript");
  const file = fileURLToPath(url.split("?")[0]!);
  const { outputText } = ts.transpileModule(await readFile(file, "utf8"), {
    fileName: file,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      inlineSourceMap: true,
      verbatimModuleSyntax: false,
    },
  });
  return { format: "module", source: outputText, shortCircuit: true };
}
