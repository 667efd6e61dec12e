import { describe, expect, test } from "vitest";
import { guessMapping } from "#domain/audience/mapping.ts";
import type { Result } from "#domain/core/result.ts";
import { checkFile, lookAt } from "#lib/import/file-check.ts";
import { parsePhone } from "#lib/import/phone.ts";
import type { Upload, UploadFailure } from "#lib/import/upload.ts";
import { AudienceForm } from "./audience-form.svelte.ts";
import { ImportForm } from "./import-form.svelte.ts";
import { reasonCounts } from "./reason-labels.ts";
import { ruleText } from "./rule-words.ts";

const offline: Result<string, UploadFailure> = {
  ok: false,
  error: { text: "No network.", retry: true },
};

/** A form whose worker is this thread, and whose uploads are answered in turn. */
function aForm(answers: Result<string, UploadFailure>[] = []) {
  const uploads: Upload[] = [];
  let keys = 0;
  const form = new ImportForm({
    checker: {
      look: lookAt,
      check: (file, options) => checkFile(file, { ...options, parsePhone }),
      stop: () => undefined,
    },
    upload: async (upload) => {
      uploads.push(upload);
      return answers.shift() ?? { ok: true, value: "import-1" };
    },
    now: () => 1,
    newKey: () => `key-${++keys}`,
  });
  return { form, uploads };
}

const aFile = (text: string) => new File([text], "Fair 2026.csv");

describe("an import that is prepared", () => {
  test("goes from the file over its columns and its check to the server", async () => {
    const { form, uploads } = aForm();
    await form.choose(aFile("Mail,Town\na@b.cd,Ulm\nbad,Ulm\n"));
    expect([form.step, form.mapping, form.listName]).toEqual([
      "columns",
      ["email", "city"],
      "Fair 2026",
    ]);
    await form.startCheck();
    expect(form.check).toMatchObject({ rows: 2, valid: 1, rejected: 1 });
    await form.send();
    expect([form.step, form.importId]).toEqual(["sent", "import-1"]);
    expect(uploads[0]).toMatchObject({ mapping: ["email", "city"], listName: "Fair 2026" });
  });

  test("keeps everything when the network fails, and repeats under the same key", async () => {
    const { form, uploads } = aForm([offline]);
    await form.choose(aFile("Mail\na@b.cd\n"));
    await form.startCheck();
    await form.send();
    expect([form.step, form.uploadFailure?.text]).toEqual(["checked", "No network."]);
    await form.send();
    expect(form.step).toBe("sent");
    expect(uploads.map(({ key }) => key)).toEqual(["key-1", "key-1"]);
  });

  test("says what is wrong with the file or its columns, and goes no further", async () => {
    const { form } = aForm();
    await form.choose(aFile(""));
    expect([form.step, form.problem]).toEqual(["choose", expect.stringMatching(/empty/)]);
    await form.choose(aFile("Name\nAnn\n"));
    expect(form.columnsProblem).toMatch(/No column is read as e-mail/);
    await form.startCheck();
    expect(form.step).toBe("columns");
  });

  test("gives a meaning to one column only", async () => {
    const { form } = aForm();
    await form.choose(aFile("Mail,Other\na@b.cd,c@d.ef\n"));
    form.setTarget(1, "email");
    expect(form.mapping).toEqual(["field", "email"]);
    expect(form.mapping).not.toEqual(guessMapping(["Mail", "Other"]));
  });
});

describe("an audience that is written", () => {
  test("makes a filter of what was typed", () => {
    const form = new AudienceForm();
    form.fromKept({
      name: "x",
      kind: "filter",
      countries: "Germany, us",
      cities: "New York, NY; Ulm",
    });
    form.consent = "sms";
    expect(form.rule).toEqual({
      kind: "filter",
      filter: { countries: ["DE", "US"], cities: ["New York, NY", "Ulm"], consent: "sms" },
    });
    const again = new AudienceForm();
    again.fromKept(form.toKept());
    expect(again.rule).toEqual(form.rule);
  });

  test("names the field that does not fit", () => {
    const form = new AudienceForm();
    form.kind = "filter";
    form.countries = "Atlantis";
    expect(Object.keys(form.errors)).toEqual(["name", "countries"]);
    expect(form.rule).toBeNull();
    form.kind = "list";
    expect(Object.keys(form.errors)).toEqual(["name", "listId"]);
  });
});

const name = (id: string) => (id === "l1" ? "Fair" : undefined);

test("a rule is told as one line", () => {
  expect(ruleText({ kind: "all" }, name)).toBe("Everyone");
  expect(ruleText({ kind: "list", listId: "l1" }, name)).toBe("On the list Fair");
  expect(ruleText({ kind: "filter", filter: { countries: ["DE"], consent: "sms" } }, name)).toBe(
    "Contacts in Germany, with SMS consent",
  );
  expect(ruleText({ kind: "filter", filter: { lists: ["l1", "l2"] } }, name)).toBe(
    "Contacts on Fair or a deleted one",
  );
});

test("reasons come most frequent first, each with a name", () => {
  expect(reasonCounts({ no_address: 1, column_count: 5 }).map(({ label }) => label)).toEqual([
    "Wrong number of columns",
    "No e-mail address and no number",
  ]);
});
