/** What a person is in a workspace (README, "Roles"). */
export const roles = ["admin", "office", "field", "manager"] as const;

export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
