// `npm run texts`: how much of the app each language has, and what is wrong with a catalogue.
// `npm run texts -- de` writes the texts that German lacks into its catalogue, with "" to fill in,
// and takes out those that the app has no more; `npm run texts -- de missing` prints them by file.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "svelte/compiler";
import { transformWithOxc } from "vite";
import { errors } from "../../../src/protocol/error.ts";
import { findTexts } from "../../../found-texts.config.ts";
import {
  catalogueFile,
  holdsWords,
  isTheSameEverywhere,
  mayHoldTexts,
  readCatalogue,
  type Translation,
} from "../../../texts.config.ts";

const languages = ["de", "es", "fr", "ar"];

const [asked, act] = process.argv.slice(2);
const found = await textsOfApp();
if (asked === undefined) process.exitCode = report() ? 0 : 1;
else if (act === "missing") printMissing(asked);
else complete(asked);

/** Each text with the file that has it first, in the order of the files. */
async function textsOfApp(): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const file of globSync("src/**/*.{svelte,ts}").toSorted()) {
    if (!mayHoldTexts(`/${file}`)) continue;
    for (const { keys: own } of findTexts(await compiled(file), holdsWords(file))) {
      for (const key of own) {
        if (!keys.has(key) && !isTheSameEverywhere(key)) keys.set(key, file);
      }
    }
  }
  for (const [key, file] of serverTexts()) if (!keys.has(key)) keys.set(key, file);
  return keys;
}

/** What the server says where something cannot be done: the app shows it in the page's language. */
function serverTexts(): [key: string, file: string][] {
  const listed = Object.values(errors).flatMap(({ title, cure }) => [title, cure]);
  return [
    ...listed.map((key): [string, string] => [key, "src/protocol/error.ts"]),
    ...globSync("sync-server/**/*.ts")
      .filter((file) => !file.endsWith(".test.ts"))
      .toSorted()
      .flatMap((file) => {
        const said = readFileSync(file, "utf8").matchAll(/new HttpProblem\(\s*"\w+",\s*"([^"]+)"/g);
        return [...said].map(([, key = ""]): [string, string] => [key, file]);
      }),
  ];
}

async function compiled(file: string): Promise<string> {
  const source = readFileSync(file, "utf8");
  if (!file.endsWith(".svelte")) return (await transformWithOxc(source, file)).code;
  return compile(source, { filename: file, generate: "client", dev: false }).js.code;
}

function report(): boolean {
  let isSound = true;
  for (const language of languages) {
    const catalogue = readCatalogue(catalogueFile(language));
    const missing = [...found.keys()].filter((key) => !isTranslated(catalogue[key]));
    const unneeded = Object.keys(catalogue).filter((key) => !found.has(key));
    const more =
      unneeded.length === 0 ? "" : `; ${unneeded.length} of its texts are in use no more`;
    console.log(`${language}: ${found.size - missing.length} of ${found.size} texts${more}`);
    for (const fault of Object.entries(catalogue).flatMap((entry) =>
      faultsOf(language, ...entry),
    )) {
      console.error(fault);
      isSound = false;
    }
  }
  return isSound;
}

function faultsOf(language: string, key: string, translation: Translation): string[] {
  const places = new Set(key.match(/\{\d\}/g));
  const forms = typeof translation === "string" ? { other: translation } : translation;
  const { by = "0", ...texts }: Readonly<Record<string, string>> = forms;
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return [
    ...Object.keys(texts)
      .filter((form) => !categories.some((category) => category === form))
      .map((form) => `no plural is called ${form}`),
    ...(texts["other"] === undefined ? ["the plural “other” is missing"] : []),
    ...(places.has(`{${by}}`) || typeof translation === "string" ? [] : [`no place {${by}}`]),
    ...Object.values(texts)
      .flatMap((text) => text.match(/\{\d\}/g) ?? [])
      .filter((place) => !places.has(place))
      .map((place) => `${place} is not in the English`),
    ...[...places]
      .filter(() => texts["other"] !== undefined && texts["other"] !== "")
      .filter((place) => !texts["other"]?.includes(place))
      .map((place) => `${place} is missing`),
  ].map((fault) => `${language}: “${key}”: ${fault}`);
}

function isTranslated(translation: Translation | undefined): boolean {
  return translation !== undefined && translation !== "";
}

function complete(language: string): void {
  const path = catalogueFile(language);
  const catalogue = readCatalogue(path);
  const whole = Object.fromEntries([...found.keys()].map((key) => [key, catalogue[key] ?? ""]));
  writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`);
}

function printMissing(language: string): void {
  const catalogue = readCatalogue(catalogueFile(language));
  let last = "";
  for (const [key, file] of found) {
    if (isTranslated(catalogue[key])) continue;
    if (file !== last) console.log(`\n# ${file}`);
    last = file;
    console.log(key);
  }
}
