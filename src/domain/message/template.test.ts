import fc from "fast-check";
import { Liquid } from "liquidjs";
import { expect, test } from "vitest";
import {
  createTemplates,
  fieldName,
  liquidHtmlOptions,
  liquidOptions,
  mergeScope,
  severalValues,
} from "./template.ts";

const templates = createTemplates({
  text: new Liquid(liquidOptions),
  html: new Liquid(liquidHtmlOptions),
});

const ana = {
  email: "ana@example.org",
  phone: null,
  firstName: "Ana <b>",
  lastName: "Silva & Sons",
  country: "PT",
  city: "Porto",
  fields: { "Loyalty Points": "120", first_name: "never this one" },
};

function render(parts: { subject?: string; text?: string; html?: string }, person = ana) {
  const read = templates.read({ subject: "", text: "", html: "", ...parts });
  return read.ok
    ? read.value.render(mergeScope(person, { unsubscribeUrl: "https://shop.example/r/u/x" }))
    : read;
}

test("merge fields are filled in, as they are in text and escaped in HTML", () => {
  const rendered = render({ text: "Hi {{ first_name }}", html: "<p>{{ last_name }}</p>" });
  expect(rendered).toMatchObject({
    ok: true,
    value: { text: "Hi Ana <b>", html: "<p>Silva &amp; Sons</p>" },
  });
});

test("further columns are found by their heading, and never stand for what every contact has", () => {
  const text = '{{ loyalty_points }} {{ fields["Loyalty Points"] }} {{ first_name }}';
  expect(render({ text })).toMatchObject({ value: { text: "120 120 Ana <b>" } });
});

test("what a contact does not have is empty, and a default can stand for it", () => {
  expect(render({ text: "[{{ nickname }}][{{ phone | default: 'none' }}]" })).toMatchObject({
    value: { text: "[][none]" },
  });
});

/** Whoever fills in plain templates must not differ from the machine by a letter. */
test("what is filled in without the machine is what the machine would have written", () => {
  const piece = fc.oneof(
    fc.constantFrom("{", "{{", "}}", "{{{ city }}}", "{%", "\n", " ", "<b>", "{{ city", "{{}}"),
    fc.constantFrom("{{ first_name }}", "{{city}}", "{{  loyalty_points }}", "{{ nobody }}"),
    fc.constantFrom(
      "{{ nil }}",
      "{{ true }}",
      "{{ fields }}",
      "{{ not }}",
      "{{ First }}",
      "{{-city}}",
    ),
    fc.string({ maxLength: 5 }),
  );
  const value = fc.string({
    unit: fc.constantFrom("<", ">", "&", '"', "'", "a", "{{city}}", "\n"),
  });
  const machines = { text: new Liquid(liquidOptions), html: new Liquid(liquidHtmlOptions) };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), value, (pieces, city) => {
      const source = pieces.join("");
      const scope = mergeScope({ ...ana, city }, { unsubscribeUrl: "" });
      for (const [part, machine] of Object.entries({ text: machines.text, html: machines.html })) {
        const read = templates.read({ subject: "", text: "", html: "", [part]: source });
        const filled = read.ok ? read.value.render(scope) : read;
        expect(filled.ok ? filled.value : null).toEqual(expectedOf(machine, part, source, scope));
      }
    }),
    { numRuns: 2_000 },
  );
});

function expectedOf(machine: Liquid, part: string, source: string, scope: object): object | null {
  try {
    const done: string = machine.parseAndRenderSync(source, scope);
    return done.includes("[object") ? null : { subject: "", text: "", html: "", [part]: done };
  } catch {
    return null;
  }
}

function namesOf(text: string): ReadonlySet<string> | null {
  const read = templates.read({ subject: "{{ city }}", text, html: "" });
  if (!read.ok) throw new Error(read.error.detail);
  return read.value.names;
}

test("a template knows which names it fills in, unless it may look at anything", () => {
  expect(namesOf("Hi {{ first_name }}, {{city}}")).toEqual(new Set(["city", "first_name"]));
  expect(namesOf("Hi {{ first_name | upcase }}")).toBeNull();
  expect(namesOf("{% if city %}x{% endif %}")).toBeNull();
});

test.each(["{{ fields }}", "{{ event.address }}", "{{ event.parts | first }}"])(
  "what stands for several values, as %s, is never sent as a word of the machine",
  (source) => {
    const event = { address: { city: "Porto" }, parts: [{ id: 1 }] };
    for (const part of ["subject", "text", "html"] as const) {
      const read = templates.read({ subject: "", text: "", html: "", [part]: source });
      if (!read.ok) throw new Error(read.error.detail);
      const done = read.value.render(mergeScope(ana, { unsubscribeUrl: "" }, event));
      expect(done).toEqual({ ok: false, error: { part, detail: severalValues } });
    }
  },
);

test("a mistake names its part and its place", () => {
  expect(render({ text: "one\n{{ first_name | nonsense }}" })).toMatchObject({
    ok: false,
    error: { part: "text", detail: expect.stringMatching(/nonsense/) },
  });
  expect(render({ html: "<p>\n  {% if x %}" })).toMatchObject({
    ok: false,
    error: { part: "html", detail: expect.stringMatching(/^Line 2, column 3: .*if x/) },
  });
});

test("files cannot be read from a template", () => {
  for (const text of ["{% include 'package.json' %}", "{% render 'package.json' %}"]) {
    expect(render({ text }).ok).toBe(false);
  }
});

test("only what the contact itself has can be reached", () => {
  for (const name of ["constructor", "__proto__", "toString", "fields.constructor"]) {
    expect(render({ text: `[{{ ${name} }}]` })).toMatchObject({ value: { text: "[]" } });
  }
});

test("a template cannot run away", () => {
  const text = "{% for i in (1..1000000000) %}{{ i }}{% endfor %}";
  expect(render({ text }).ok).toBe(false);
});

test("a subject stays one line whatever a name holds", () => {
  const person = { ...ana, firstName: "Ana\r\nBcc: all@example.org" };
  expect(render({ subject: "Hi {{ first_name }}" }, person)).toMatchObject({
    value: { subject: "Hi Ana Bcc: all@example.org" },
  });
});

test("text without fields stays exactly as it is", () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !/\{[{%]/.test(text)),
      (text) => {
        expect(render({ text })).toMatchObject({ value: { text } });
      },
    ),
  );
});

test("headings become names that can be typed", () => {
  expect(["Loyalty Points", " E-Mail 2 ", "Größe (cm)", "***"].map(fieldName)).toEqual([
    "loyalty_points",
    "e_mail_2",
    "größe_cm",
    "",
  ]);
});
