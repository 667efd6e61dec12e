/** What is doubtful in a message before it goes out: what cannot be read, and fields nobody may have. */
import type { Content } from "../campaign/campaign.ts";
import {
  inWords,
  isShapeless,
  mergeFields,
  mergeScope,
  severalValues,
  type LiquidLike,
  type Part,
  type TemplateProblem,
} from "./template.ts";

/** A Liquid machine that can tell which names from outside a template uses. */
export interface Analyst<T> extends LiquidLike<T> {
  globalVariablesSync(template: T): readonly string[];
  /** The same with what is taken of each: `event`, `product`. */
  globalVariableSegmentsSync(template: T): readonly (readonly unknown[])[];
}

/** A name that not every contact has; only a column of an imported file can fill it. */
export interface UnknownField {
  readonly part: Part;
  readonly name: string;
}

/** What an event has to tell: `{{ event.product }}`. */
export interface EventField {
  readonly part: Part;
  readonly name: string;
  /** Something stands in its place where the event does not tell it. */
  readonly hasFallback: boolean;
}

/** The name by which a text shows the code of its message: `{{ code }}`. */
export const codeField = "code";

/** What a person must know of a content before they launch it. */
export interface ContentCheck {
  /** At most one for each part: as long as it stands, nothing of the campaign can go out. */
  readonly problems: readonly TemplateProblem[];
  /** Each name once for each part, in the order of the text. */
  readonly unknown: readonly UnknownField[];
  /** What only a campaign can fill in that waits for an event or a code; left out: nothing. */
  readonly event?: readonly EventField[];
  /** The parts that show the code, which only a campaign with a code pool has; left out: none. */
  readonly codes?: readonly Part[];
}

/** Of a content that nobody could look into yet. */
export const uncheckedContent: ContentCheck = { problems: [], unknown: [] };

/** What `createContentCheck` gives: judges a content as it stands. */
export type CheckContent = (content: Content) => ContentCheck;

const known: ReadonlySet<string> = new Set<string>([...mergeFields, "fields", "code"]);

/** A contact of whom nothing is known: what cannot be written for them cannot be written at all. */
const nobody = mergeScope(
  { email: null, phone: null, firstName: "", lastName: "", country: "", city: "", fields: {} },
  { unsubscribeUrl: "" },
);

const parts = ["subject", "text", "html"] as const satisfies readonly Part[];

/** The machine is set up with `liquidOptions`. */
export function createContentCheck<T>(machine: Analyst<T>): CheckContent {
  return (content) => {
    const problems: TemplateProblem[] = [];
    const unknown: UnknownField[] = [];
    const event: EventField[] = [];
    const codes: Part[] = [];
    for (const part of parts) {
      const source = content[part];
      if (!source.includes("{{") && !source.includes("{%")) continue;
      try {
        const template = machine.parse(source);
        const written = String(machine.renderSync(template, nobody));
        const told = eventFieldsOf(machine.globalVariableSegmentsSync(template));
        if (isShapeless(written, source)) {
          problems.push({ part, detail: severalIn(source) });
        }
        event.push(...told.map((name) => ({ part, name, hasFallback: hasFallback(source, name) })));
        const isTold = (name: string): boolean => name === "event" && told.length > 0;
        const names = machine.globalVariablesSync(template);
        if (names.includes(codeField)) codes.push(part);
        unknown.push(
          ...names
            .filter((name) => !known.has(name) && !isTold(name))
            .map((name) => ({ part, name })),
        );
      } catch (error) {
        problems.push({ part, detail: inWords(error) });
      }
    }
    return {
      problems,
      unknown,
      ...(event.length === 0 ? {} : { event }),
      ...(codes.length === 0 ? {} : { codes }),
    };
  };
}

const allColumns = '“{{ fields }}” is all columns together: name one, as {{ fields["Heading"] }}';

/** What stands for several values, where it stands there by its own name. */
function severalIn(source: string): string {
  return /\{\{-?\s*fields\s*(?:\||-?\}\})/.test(source) ? allColumns : severalValues;
}

function eventFieldsOf(segments: readonly (readonly unknown[])[]): readonly string[] {
  const names = segments.flatMap(([first, name]) =>
    first === "event" && typeof name === "string" ? [name] : [],
  );
  return [...new Set(names)];
}

/** Whether every place that shows it says what to show instead. */
function hasFallback(source: string, name: string): boolean {
  const shown = source.match(/\{\{.*?\}\}/gs) ?? [];
  return shown
    .filter((place) => /^\{\{-?\s*event\b/.test(place) && place.includes(name))
    .every((place) => /\|\s*default\s*:/.test(place));
}

/** Each name once, whichever parts it is in. */
export function unknownNames({ unknown }: ContentCheck): readonly string[] {
  return [...new Set(unknown.map(({ name }) => name))];
}
