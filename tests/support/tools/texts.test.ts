import { describe, expect, test } from "vitest";
import { compile } from "svelte/compiler";
import { createTranslate } from "#lib/i18n/translate.ts";
import { textNumber } from "#lib/i18n/text-number.ts";
import { findTexts, keyOf } from "../../../found-texts.config.ts";
import { mark, type Translation } from "../../../texts.config.ts";

function textsOf(code: string, wordsFile = false): string[] {
  return findTexts(code, wordsFile).flatMap(({ keys }) => keys);
}

function component(source: string): string {
  return compile(source, { filename: "A.svelte", generate: "client" }).js.code;
}

function texts(own: Readonly<Record<string, Translation>>): Record<string, Translation> {
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [textNumber(key), value]));
}

describe("texts are found where people read them", () => {
  test("between the tags of a component, in its attributes, and with its values", () => {
    const code = component(`<script>const { n, name } = $props();</script>
      <h1 class="big title">Recent campaigns</h1>
      <input placeholder="Name or address" class="wide input" />
      <p>{n} of
        {name} sent</p>`);
    expect(textsOf(code)).toEqual(["Recent campaigns", "Name or address", "{0} of {1} sent"]);
  });

  test("in tables of words; in a file of words single ones in lower case too", () => {
    const code = `export const words = { sent: { label: "Sent", note: "on its way" }, word: "minutes" };`;
    expect(textsOf(code)).toEqual(["Sent", "on its way"]);
    expect(textsOf(code, true)).toEqual(["Sent", "on its way", "minutes"]);
  });

  test("with a semicolon or an equation in them; code with such signs is none", () => {
    const code = `
      const told = [\`\${n} failures; most: \${reason}.\`, \`Total \${n} = \${parts}\`];
      const code = ["left: 0;top: 0", "a=b and c"];`;
    expect(textsOf(code)).toEqual(["{0} failures; most: {1}.", "Total {0} = {1}"]);
  });

  test("in a row of a table that has the name of a setting", () => {
    const code = `export const words = { day: "Each day", kind: "By kind", hour: (h) => \`\${h} to noon\` };
      const format = { day: "numeric", hour: "2-digit" };`;
    expect(textsOf(code, true)).toEqual(["Each day", "By kind", "{0} to noon"]);
  });

  test("a count is looked up by its plural", () => {
    expect(textsOf(`formatCount(n, "change"); formatCount(n, "address", "addresses");`)).toEqual([
      "{0} changes",
      "{0} addresses",
    ]);
  });

  test("not in what machines read", () => {
    const code = `
      import a from "Some module";
      if (phase === "Sent early") throw new Error("Cannot happen at all");
      element.addEventListener("Some event", go);
      const path = \`/campaigns/\${id}\`, key = \`live-\${id}\`;
      new Intl.DateTimeFormat("en", { dateStyle: "medium long" });`;
    expect(textsOf(code, true)).toEqual([]);
  });
});

test("a marked module keeps its lines, and says the same in English", () => {
  const code = 'const a = 1;\nexport const told = [`${a} of \\`it\\``, "It’s\\nso, ${ok}"];';
  const marked = mark(code, false) ?? "";
  expect(marked.split("\n").length).toBe(code.split("\n").length);
  const body = marked.slice(marked.indexOf(";") + 1).replace("export const told =", "return");
  // oxlint-disable-next-line typescript/no-implied-eval -- what was marked is run as it is
  const told: unknown = new Function("__text", body)(
    (parts: readonly string[], ...values: unknown[]) => String.raw({ raw: parts }, ...values),
  );
  expect(told).toEqual(["1 of `it`", "It’s\nso, ${ok}"]);
});

describe("another language", () => {
  test("white space around a text and line breaks within do not count", () => {
    const say = createTranslate(texts({ "{0} of {1} sent": "{1}: {0} gesendet" }), "de");
    expect(keyOf([" ", " of\n   ", " sent"])).toBe("{0} of {1} sent");
    expect(say([" ", " of\n   ", " sent"], ["3", "5"])).toBe(" 5: 3 gesendet");
    expect(say(["Unknown words"], [])).toBeNull();
  });

  test("texts of markup are escaped, the rest of it stays", () => {
    const say = createTranslate(texts({ "Fish & chips": "Fisch <&> Chips", Name: '"Name"' }), "de");
    expect(say(['<p class="Name">Fish &amp; chips</p> <input placeholder="Name">'], [])).toBe(
      '<p class="Name">Fisch &#60;&#38;&#62; Chips</p> <input placeholder="&#34;Name&#34;">',
    );
  });

  test("Arabic has six plurals, with numbers as its regions write them", () => {
    const forms = { zero: "0", one: "1", two: "2", few: "3-10", many: "11-99", other: "100" };
    const say = createTranslate(texts({ "{0} messages": forms }), "ar-EG");
    const form = (n: number) => say(["", " messages"], [new Intl.NumberFormat("ar-EG").format(n)]);
    expect([0, 1, 2, 7, 43, 100, 1003, 1100].map(form)).toEqual([
      "0",
      "1",
      "2",
      "3-10",
      "11-99",
      "100",
      "3-10",
      "100",
    ]);
  });

  test("a number counts the same with a sign before it", () => {
    const say = createTranslate(
      texts({ "{0} points": { one: "{0} point", other: "{0} points" } }),
      "fr",
    );
    const signed = new Intl.NumberFormat("fr", { signDisplay: "always" });
    const form = (n: number) => say(["", " points"], [signed.format(n)]);
    expect([-5.4, -1.5, 0.3, 2].map(form)).toEqual([
      "-5,4 points",
      "-1,5 point",
      "+0,3 point",
      "+2 points",
    ]);
  });

  test("a form counts by the place that it names", () => {
    const own = {
      "{0}: {1} left": { by: "1", one: "{0}: noch {1} Tag", other: "{0}: noch {1} Tage" },
    };
    const say = createTranslate(texts(own), "de");
    expect(say(["", ": ", " left"], ["2 A", "1 B"])).toBe("2 A: noch 1 B Tag");
    expect(say(["", ": ", " left"], ["1", "1.200"])).toBe("1: noch 1.200 Tage");
  });
});
