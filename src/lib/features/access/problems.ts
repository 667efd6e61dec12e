/** Errors that stand beside the fields of a form, and those of the form as a whole. */
import { passwordProblem } from "#domain/access/password.ts";

export interface FormProblem {
  readonly field: string | null;
  readonly text: string;
}

interface ToldProblem {
  readonly title: string;
  readonly detail: string;
  readonly field?: string;
}

/** What the server said, as a sentence beside the field that it is about. */
export function problemOf({ title, detail, field }: ToldProblem): FormProblem {
  const text = detail === title ? title : `${title.replace(/\.$/, "")}. ${detail}`;
  return { field: field ?? null, text };
}

/** The sentence for one field; undefined when it is fine. */
export function errorAt(problems: readonly FormProblem[], field: string): string | undefined {
  return problems.find((problem) => problem.field === field)?.text;
}

/** What is about none of the fields that the form shows. */
export function otherErrors(
  problems: readonly FormProblem[],
  fields: readonly string[],
): readonly FormProblem[] {
  return problems.filter(({ field }) => field === null || !fields.includes(field));
}

const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function checkEmail(email: string): FormProblem[] {
  if (emailPattern.test(email.trim())) return [];
  return [{ field: "email", text: "Enter an e-mail address, like ana@example.org" }];
}

export function checkNewPassword(
  password: string,
  about: { readonly email: string; readonly name: string },
): FormProblem[] {
  const trouble = passwordProblem(password, about);
  return trouble === null ? [] : [{ field: "password", text: `The password ${trouble}` }];
}

/** `name` must not be empty; `text` says so. */
export function checkFilled(field: string, value: string, text: string): FormProblem[] {
  return value.trim() === "" ? [{ field, text }] : [];
}
