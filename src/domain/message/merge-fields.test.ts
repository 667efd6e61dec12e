import { Liquid } from "liquidjs";
import { describe, expect, test } from "vitest";
import { createContentCheck, unknownNames } from "./merge-fields.ts";
import { liquidOptions, mergeFields, severalValues } from "./template.ts";

const check = createContentCheck(new Liquid(liquidOptions));

function checkParts(parts: { subject?: string; text?: string; html?: string }) {
  return check({ subject: "", text: "", html: "", ...parts });
}

describe("a field", () => {
  test("that every contact has is not doubted", () => {
    const text = mergeFields.map((name) => `{{ ${name} }}`).join(" ");
    expect(checkParts({ text })).toEqual({ problems: [], unknown: [] });
  });

  test("that is misspelt is named with its part, once for each", () => {
    const found = checkParts({
      subject: "{{ frist_name }}",
      text: "News {{ nope }} for {{ city }}, {{ nope | default: 'x' }}",
      html: "<p>{{ nope }}</p>",
    });
    expect(found.unknown).toEqual([
      { part: "subject", name: "frist_name" },
      { part: "text", name: "nope" },
      { part: "html", name: "nope" },
    ]);
    expect(unknownNames(found)).toEqual(["frist_name", "nope"]);
  });

  test("that the text itself makes is not doubted", () => {
    const text =
      '{% assign z = city %}{{ z }}{% for i in (1..3) %}{{ i }}{{ forloop.index }}{% endfor %}{{ fields["Loyalty Points"] }}';
    expect(checkParts({ text }).unknown).toEqual([]);
  });

  test("in a condition or a filter is looked at too", () => {
    const text = "{% if vip %}a{% endif %}{{ city | default: town }}";
    expect(unknownNames(checkParts({ text }))).toEqual(["vip", "town"]);
  });
});

describe("what stands for several values", () => {
  test.each([
    [
      "{{ fields }}",
      '“{{ fields }}” is all columns together: name one, as {{ fields["Heading"] }}',
    ],
    [
      "{{ fields | upcase }} {{ city }}",
      '“{{ fields }}” is all columns together: name one, as {{ fields["Heading"] }}',
    ],
    ["{% assign all = fields %}{{ all }}", severalValues],
  ])("as %s does, cannot be written", (text, detail) => {
    expect(checkParts({ text }).problems).toEqual([{ part: "text", detail }]);
    expect(checkParts({ html: text }).problems).toEqual([{ part: "html", detail }]);
  });

  test.each([
    "{% for field in fields %}{{ field[0] }}: {{ field[1] }}{% endfor %}",
    '{% if fields["Tier"] %}{{ fields["Tier"] }}{% endif %}',
    "{% if event %}{{ event.product }}{% endif %}",
  ])("may be gone through: %s", (text) => {
    expect(checkParts({ text }).problems).toEqual([]);
  });
});

describe("what an event told", () => {
  test("is named once for each part, with whether something stands in its place", () => {
    const found = checkParts({
      subject: "{{ event.product }}",
      text: '{{ event.product | default: "it" }} {{ event.size }} {% if event.gift %}a{% endif %}',
    });
    expect(found).toEqual({
      problems: [],
      unknown: [],
      event: [
        { part: "subject", name: "product", hasFallback: false },
        { part: "text", name: "product", hasFallback: true },
        { part: "text", name: "size", hasFallback: false },
        { part: "text", name: "gift", hasFallback: true },
      ],
    });
  });

  test("is not meant by a column of that name", () => {
    expect(checkParts({ text: "{{ event }}" })).toEqual({
      problems: [],
      unknown: [{ part: "text", name: "event" }],
    });
  });
});

describe("a mistake", () => {
  test("is told for each part, with its place in words", () => {
    const found = checkParts({ subject: "News {{ bad", text: "a\n b {% if x %}", html: "{% if" });
    expect(found.problems).toEqual([
      { part: "subject", detail: "Line 1, column 6: “{{ bad” is not closed with }}" },
      { part: "text", detail: "Line 2, column 4: “{% if x %}” has no end" },
      { part: "html", detail: "Line 1, column 1: “{% if” is not closed with %}" },
    ]);
  });

  test("that only shows when it is written is told before anything goes out", () => {
    expect(checkParts({ text: "{% include 'other' %}" }).problems).toMatchObject([
      { part: "text" },
    ]);
  });

  test("is not seen in text without fields", () => {
    expect(checkParts({ text: "50 % off }} {" })).toEqual({ problems: [], unknown: [] });
  });
});
