/** What templates may use of a contact, as its row holds it. */
import type { ContactColumn, ContactFields } from "../distribution.ts";
import type { Row } from "./database.ts";

export const storedAs: Readonly<Record<ContactColumn, string>> = {
  email: "email",
  phone: "phone",
  firstName: "first_name",
  lastName: "last_name",
  country: "country",
  city: "city",
  fields: "fields",
};

export function contactOf(row: Row, columns: readonly ContactColumn[]): ContactFields {
  const contact: Partial<Record<ContactColumn, string>> = {};
  for (const column of columns) contact[column] = text(row[storedAs[column]]);
  return contact;
}

/** Of a row that is a list: its columns from `at` on, in the same order. */
export function contactAt(
  list: readonly unknown[],
  at: number,
  columns: readonly ContactColumn[],
): ContactFields {
  const contact: Partial<Record<ContactColumn, string>> = {};
  for (const [index, column] of columns.entries()) contact[column] = text(list[at + index]);
  return contact;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
