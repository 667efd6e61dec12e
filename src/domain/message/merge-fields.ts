/** What is doubtful in a message before it goes out: what cannot be read, and fields nobody may have. */
import type { Content } from "../campaign/campaign.ts";
import {
  inWords,
  mergeFields,
  mergeScope,
  type LiquidLike,
  type Part,
  type TemplateProblem,
} from "./template.ts";

/** A Liquid machine that can tell which names from outside a template uses. */
export interface Analyst<T> extends LiquidLike<T> {
  globalVariablesSync(template: T): readonly string[];
}

/** A name that not every contact has; only a column of an imported file can fill it. */
export interface UnknownField {
  readonly part: Part;
  readonly name: string;
}

/** What a person must know of a content before they launch it. */
export interface ContentCheck {
  /** At most one for each part: as long as it stands, nothing of the campaign can go out. */
  readonly problems: readonly TemplateProblem[];
  /** Each name once for each part, in the order of the text. */
  readonly unknown: readonly UnknownField[];
}

/** Of a content that nobody could look into yet. */
export const uncheckedContent: ContentCheck = { problems: [], unknown: [] };

/** What `createContentCheck` gives: judges a content as it stands. */
export type CheckContent = (content: Content) => ContentCheck;

const known: ReadonlySet<string> = new Set<string>([...mergeFields, "fields"]);

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
    for (const part of parts) {
      const source = content[part];
      if (!source.includes("{{") && !source.includes("{%")) continue;
      try {
        const template = machine.parse(source);
        machine.renderSync(template, nobody);
        const names = machine.globalVariablesSync(template);
        unknown.push(...names.filter((name) => !known.has(name)).map((name) => ({ part, name })));
      } catch (error) {
        problems.push({ part, detail: inWords(error) });
      }
    }
    return { problems, unknown };
  };
}

/** Each name once, whichever parts it is in. */
export function unknownNames({ unknown }: ContentCheck): readonly string[] {
  return [...new Set(unknown.map(({ name }) => name))];
}
