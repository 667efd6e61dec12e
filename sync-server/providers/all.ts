/**
 * Every provider there is: one for each file of a folder, found when the server starts. A file
 * that declares none, a wrong one or one that another file has stops the start.
 */
import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ProviderName } from "#domain/campaign/provider.ts";
import { declarationProblem, isProvider } from "./declaration.ts";
import type { Provider } from "./provider.ts";

export type Providers = ReadonlyMap<ProviderName, Provider>;

/** A provider cannot be taken as it is declared; the message says which and why, in one line. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
}

/** Those that come with the server. */
export const ownProviders = join(import.meta.dirname, "kinds");

export async function loadProviders(
  folders: readonly string[] = [ownProviders],
): Promise<Providers> {
  const found = new Map<ProviderName, Provider>();
  const paths = await Promise.all(folders.map(filesOf));
  for (const path of paths.flat()) {
    const provider = await readProvider(path);
    if (found.has(provider.name)) {
      throw new ProviderFailure(`${path} declares the provider ${provider.name} once more`);
    }
    found.set(provider.name, provider);
  }
  return found;
}

/** In the order of their names, so that people always find them in the same one. */
async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    const code = names.filter((name) => /^[\w-]+\.(?:ts|js|mjs)$/.test(name));
    return code.toSorted().map((name) => join(folder, name));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ProviderFailure(`the folder of providers ${folder} cannot be read: ${why}`);
  }
}

async function readProvider(path: string): Promise<Provider> {
  const declared = await declaredIn(path);
  const problem = declarationProblem(declared);
  if (problem !== null) throw new ProviderFailure(`the provider of ${path} is wrong: ${problem}`);
  if (!isProvider(declared)) throw new ProviderFailure(`${path} declares no provider`);
  if (declared.name !== basename(path, extname(path))) {
    throw new ProviderFailure(
      `the provider of ${path} is wrong: it calls itself ${declared.name}, unlike its file`,
    );
  }
  return declared;
}

async function declaredIn(path: string): Promise<unknown> {
  try {
    const file: { readonly provider?: unknown } = await import(pathToFileURL(path).href);
    return file.provider;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ProviderFailure(`the provider of ${path} cannot be read: ${why}`);
  }
}
