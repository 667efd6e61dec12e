import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadProviders, ownProviders, ProviderFailure } from "./all.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-providers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const good = {
  name: '"pigeon"',
  title: '"Pigeon"',
  hint: '"Carries what is light."',
  channels: '["email"]',
  fields: '[{ name: "loft", label: "Loft", kind: "text", default: "" }]',
  line: '"{loft}"',
  keyRetentionMs: "0",
  receipts: '"none"',
  receiptWindowMs: "0",
  resendScale: "1",
  parse: "() => ({ ok: true, value: {} })",
  open: "() => ({})",
};

async function declare(over: Partial<Record<keyof typeof good | "more", string>>, file = "pigeon") {
  const parts = Object.entries({ ...good, ...over }).map(([name, text]) => `${name}: ${text}`);
  await writeFile(join(folder, `${file}.mjs`), `export const provider = { ${parts.join(",\n")} };`);
}

test("the server's own are found by their files, in the order of their names", async () => {
  expect([...(await loadProviders()).keys()]).toEqual(["sandbox", "smtp", "webhook"]);
});

test("one more file is one more provider", async () => {
  await declare({});
  expect((await loadProviders([ownProviders, folder])).get("pigeon")?.title).toBe("Pigeon");
});

const failing = async (): Promise<string> => {
  const failed: unknown = await loadProviders([ownProviders, folder]).catch(
    (error: unknown) => error,
  );
  if (!(failed instanceof ProviderFailure)) throw new Error("it was taken");
  return failed.message.replaceAll(folder, "FOLDER");
};

describe("the start stops, and says why, where", () => {
  test.each([
    [{ title: '""' }, "its title must say something"],
    [{ channels: '["pigeon"]' }, "its channels.0 "],
    [{ keyRetentionMs: "-1" }, "its keyRetentionMs "],
    [{ open: "3" }, "its open must be a function"],
    [{ line: '"{nest}"' }, "its line names nest, which is no field"],
    [
      { fields: '[{ name: "key", label: "Key", kind: "secret", default: "" }]', line: '"{key}"' },
      "its line shows the secret key",
    ],
    [{ receipts: '"push"' }, "it calls back (receipts: push) and has no readReceipts"],
    [{ name: '"dove"' }, "it calls itself dove, unlike its file"],
    [{ more: "3" }, "its more "],
  ])("a declaration is wrong: %j", async (over, words) => {
    await declare(over);
    expect(await failing()).toContain(`the provider of FOLDER/pigeon.mjs is wrong: ${words}`);
  });

  test("a default is of another kind than its field", async () => {
    await declare({ fields: '[{ name: "loft", label: "Loft", kind: "number", default: "" }]' });
    expect(await failing()).toContain("the default of loft is no number");
  });

  test("two files declare one name", async () => {
    await declare({ name: '"smtp"' }, "smtp");
    expect(await failing()).toBe("FOLDER/smtp.mjs declares the provider smtp once more");
  });

  test("a file declares none, or does not run", async () => {
    await writeFile(join(folder, "none.mjs"), "export const other = 1;");
    expect(await failing()).toContain("the provider of FOLDER/none.mjs is wrong: ");
    await writeFile(join(folder, "none.mjs"), "}");
    await writeFile(join(folder, "broken.mjs"), "import './nothing.mjs';");
    expect(await failing()).toContain("the provider of FOLDER/broken.mjs cannot be read: ");
  });

  test("the folder is not there", async () => {
    await rm(folder, { recursive: true });
    expect(await failing()).toContain("the folder of providers FOLDER cannot be read: ENOENT");
  });
});
