// LibreOffice, which reads our workbooks as the people who get them would.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { canInstall, installFromDebian } from "./debian.ts";

const office = "/usr/bin/soffice";

/** Gets LibreOffice where there is none; answers what the person must do if that fails. */
export function ensureOffice(): string | undefined {
  if (existsSync(office)) return undefined;
  console.log("Fieldcast: getting LibreOffice, which opens the exported workbooks …");
  if (canInstall()) installFromDebian("libreoffice-calc-nogui");
  return existsSync(office)
    ? undefined
    : "The tests need LibreOffice: `apt-get install libreoffice-calc-nogui` as root.";
}

/** What LibreOffice makes of a workbook, as its own flat XML. */
export async function openedInOffice(path: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fieldcast-office-"));
  try {
    // A profile of its own: two of them at once would wait for each other.
    const profile = `-env:UserInstallation=file://${folder}/profile`;
    const options = ["--headless", "--convert-to", "fods", "--outdir", folder, path];
    await promisify(execFile)(office, [profile, ...options]);
    return await readFile(join(folder, basename(path).replace(/\.xlsx$/, ".fods")), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
