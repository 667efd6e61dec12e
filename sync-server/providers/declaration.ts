/** Checks what a provider declares of itself, so that a mistake in it stops the start and not a campaign. */
import { channels } from "#domain/campaign/channel.ts";
import { namesInLine, providerNamePattern } from "#domain/campaign/provider.ts";
import { issueWords } from "#protocol/issue-words.ts";
import * as v from "valibot";
import { secretsOf, type Provider } from "./provider.ts";

const words = v.pipe(v.string("must be a text"), v.trim(), v.nonEmpty("must say something"));
const span = v.pipe(v.number("must be a number of milliseconds"), v.minValue(0));
const value = v.union([v.string(), v.number(), v.boolean()]);
const call = v.function("must be a function");

const field = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z]\w*$/i, "must be a plain name")),
  label: words,
  kind: v.picklist(["text", "number", "secret", "choice", "switch"]),
  default: value,
  optional: v.exactOptional(v.literal(true)),
  hint: v.exactOptional(words),
  choices: v.exactOptional(v.array(v.strictObject({ value: v.string(), label: words }))),
  shownIf: v.exactOptional(v.record(v.string(), v.array(value))),
  group: v.exactOptional(v.literal("advanced")),
});

const declaration = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(providerNamePattern, "must be small letters, digits and dashes"),
  ),
  title: words,
  hint: words,
  channels: v.pipe(v.array(v.picklist(channels)), v.minLength(1, "must name a channel")),
  fields: v.array(field),
  line: words,
  keyRetentionMs: span,
  resolveWindowMs: v.exactOptional(v.pipe(span, v.integer())),
  receipts: v.picklist(["none", "push", "pull"]),
  receiptWindowMs: span,
  receiptsOf: v.exactOptional(call),
  resendScale: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  partly: v.exactOptional(v.record(v.string(), call)),
  parse: call,
  open: call,
  readReceipts: v.exactOptional(call),
  readReplies: v.exactOptional(call),
});

/** What is wrong with a declaration, in words; null when it is one. */
export function declarationProblem(declared: unknown): string | null {
  const parsed = v.safeParse(declaration, declared);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return `its ${v.getDotPath(issue) ?? "declaration"} ${issueWords(issue)}`;
  }
  const { fields, line, partly = {}, receipts, readReceipts } = parsed.output;
  return (
    fieldsProblem(fields) ??
    lineProblem(line, fields) ??
    unknownName("partly", Object.keys(partly), fields) ??
    (receipts === "push" && readReceipts === undefined
      ? "it calls back (receipts: push) and has no readReceipts"
      : null)
  );
}

/** Whether it is one: ask only what `declarationProblem` found nothing wrong with. */
export function isProvider(declared: unknown): declared is Provider {
  return declarationProblem(declared) === null;
}

type Field = v.InferOutput<typeof field>;

const typeOfKind = {
  text: "string",
  secret: "string",
  choice: "string",
  number: "number",
  switch: "boolean",
} as const satisfies Record<Field["kind"], string>;

function fieldsProblem(fields: readonly Field[]): string | null {
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `it has two fields named ${twice}`;
  for (const { name, kind, default: first, choices = [], shownIf = {} } of fields) {
    if (typeof first !== typeOfKind[kind]) return `the default of ${name} is no ${kind}`;
    if (kind === "choice" && !choices.some((choice) => choice.value === first)) {
      return `the default of ${name} is none of its choices`;
    }
    const problem = unknownName(`shownIf of ${name}`, Object.keys(shownIf), fields);
    if (problem !== null) return problem;
  }
  return null;
}

function lineProblem(line: string, fields: readonly Field[]): string | null {
  const names = namesInLine(line);
  const secret = names.find((name) => secretsOf({ fields }).includes(name));
  if (secret !== undefined) return `its line shows the secret ${secret}`;
  return unknownName("line", names, fields);
}

function unknownName(
  where: string,
  names: readonly string[],
  fields: readonly Field[],
): string | null {
  const name = names.find((each) => !fields.some((known) => known.name === each));
  return name === undefined ? null : `its ${where} names ${name}, which is no field`;
}
