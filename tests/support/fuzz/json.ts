/** Values that nearly fit a JSON Schema, and values that were bent out of shape: what a fuzzer sends. */
import type { JsonSchema } from "@valibot/to-json-schema";
import fc from "fast-check";

/** `true`: anything fits; `false`: nothing does. */
type Definition = JsonSchema | boolean;

/** Texts that programs trip over. */
export const oddTexts: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "null",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "%00",
  "%",
  "\u0000",
  "\uD800",
  "\u202Eevil",
  "👩‍👩‍👧‍👦",
  "İ",
  "' or 1=1 --",
  "<script>alert(1)</script>",
  "{{ first_name }}",
  "{{",
  "{% if",
  "{% raw %}",
  "a\r\nBcc: b@example.org",
  "2026-11-21T10:00:00Z",
  "2026-02-31T10:00:00Z",
  "9999-12-31T23:59:59Z",
  "0000-01-01T00:00:00Z",
  "2026-11-21",
  "25:61",
  "09:30",
  "Europe/Berlin",
  "Mars/Olympus",
  "ana@example.org",
  "+4915112345678",
  "+",
  "http://127.0.0.1:1/x",
  "javascript:alert(1)",
  "=1+1",
  "x".repeat(20_000),
  "(".repeat(2_000),
  `${"a".repeat(2_000)}!`,
];

const oddNumbers: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-9,
  100,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 53),
  1e21,
  1e308,
];

const text = fc.oneof(fc.constantFrom(...oddTexts), fc.string({ unit: "binary", maxLength: 40 }));

const leaf = fc.oneof(
  text,
  fc.constantFrom(...oddNumbers),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);

/** Anything that JSON can hold, a few levels deep. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: leaf },
  { weight: 1, arbitrary: fc.array(leaf, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.dictionary(text, leaf, { maxKeys: 4 }) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((each): unknown => JSON.parse(each)) },
);

/** Mostly of the schema's shape; each part may be odd. `known`: texts that mean something there. */
export function likeSchema(schema: Definition, known: readonly string[]): fc.Arbitrary<unknown> {
  if (typeof schema === "boolean") return anyJson;
  return fc.oneof(
    { weight: 12, arbitrary: fitting(schema, known) },
    { weight: 1, arbitrary: anyJson },
  );
}

function fitting(schema: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const ways = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (ways !== undefined) return fc.oneof(...ways.map((each) => likeSchema(each, known)));
  const [type] = [schema.type].flat();
  switch (type) {
    case "object":
      return objectLike(schema, known);
    case "array":
      return fc.array(likeSchema([schema.items ?? {}].flat()[0] ?? {}, known), { maxLength: 4 });
    case "string":
      return fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 20 }), text);
    case "number":
    case "integer":
      return fc.oneof(fc.nat({ max: 100 }), fc.constantFrom(...oddNumbers));
    case "boolean":
      return fc.boolean();
    default:
      return anyJson;
  }
}

function objectLike(schema: JsonSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const parts = Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, likeSchema(each, known)]),
  );
  const free = typeof additionalProperties === "object" ? additionalProperties : {};
  const extra = fc.dictionary(text, likeSchema(free, known), { maxKeys: 2 });
  // Nearly always with what is required, so that most of it gets past the first look.
  const shape = fc.oneof(
    { weight: 9, arbitrary: fc.record(parts, { requiredKeys: [...required] }) },
    { weight: 1, arbitrary: fc.record(parts, { requiredKeys: [] }) },
  );
  const wantsMore = additionalProperties !== undefined && additionalProperties !== false;
  return fc.oneof(
    { weight: wantsMore ? 1 : 9, arbitrary: shape },
    { weight: 1, arbitrary: fc.tuple(shape, extra).map(([own, more]) => ({ ...own, ...more })) },
  );
}
