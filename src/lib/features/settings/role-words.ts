import type { Role } from "#domain/access/role.ts";

/** What each role is for. */
export const roleWords = {
  admin: { label: "Administrator", explain: "Everything, with accounts, people and keys" },
  office: { label: "Office", explain: "Plans, sends, imports, exports, sees addresses" },
  field: { label: "Field", explain: "Writes own drafts, captures contacts" },
  manager: { label: "Manager", explain: "Reads everything, pauses; addresses are masked" },
} as const satisfies Record<Role, { readonly label: string; readonly explain: string }>;
