/**
 * Who may do what. The same table greys a button on a screen and guards the command and the
 * REST call on the server; nothing else decides it.
 */
import type { Role } from "./role.ts";
import { noSendingRules, type SendingRules } from "./sending-rules.ts";

/** Every act that needs leave, named `thing.act`. */
export const permissions = [
  "campaign.read",
  "campaign.create",
  "campaign.edit",
  "campaign.send",
  "campaign.ask",
  "campaign.approve",
  "campaign.pause",
  "campaign.cancel",
  "campaign.delete",
  "audience.read",
  "audience.edit",
  "contact.read",
  "contact.edit",
  "contact.import",
  "contact.erase",
  "address.see",
  "suppression.edit",
  "code.edit",
  "code.see",
  "code.redeem",
  "report.read",
  "report.export",
  "account.read",
  "account.edit",
  "member.read",
  "member.edit",
  "key.edit",
] as const;

export type Permission = (typeof permissions)[number];

const reading = ["campaign.read", "audience.read", "account.read", "report.read"] as const;

const granted = {
  admin: permissions,
  office: [
    ...reading,
    "campaign.create",
    "campaign.edit",
    "campaign.send",
    "campaign.ask",
    "campaign.approve",
    "campaign.pause",
    "campaign.cancel",
    "campaign.delete",
    "audience.edit",
    "contact.read",
    "contact.edit",
    "contact.import",
    "address.see",
    "suppression.edit",
    "code.edit",
    "code.see",
    "code.redeem",
    "report.export",
    "member.read",
  ],
  field: [
    ...reading,
    "campaign.create",
    "campaign.edit",
    "campaign.ask",
    "campaign.delete",
    "contact.read",
    "contact.edit",
    "code.redeem",
  ],
  manager: [
    ...reading,
    "campaign.approve",
    "campaign.pause",
    "contact.read",
    "report.export",
    "member.read",
  ],
} as const satisfies Record<Role, readonly Permission[]>;

/** What a workspace lets its people do: a wider role for field marketers, rules for everybody's sending. */
export interface AccessSettings {
  /** Field marketers send, schedule, pause and cancel campaigns that they made themselves. */
  readonly fieldMaySend: boolean;
  /** What everybody's sending has to obey; workspaces of before have none. */
  readonly sending?: SendingRules;
  /** Days that a device may keep its data without a contact; workspaces of before have the default. */
  readonly leaseDays?: number;
}

export const defaultAccessSettings: AccessSettings = { fieldMaySend: false };

/** The rules for sending that hold in a workspace. */
export function sendingRules({ sending }: AccessSettings): SendingRules {
  return sending ?? noSendingRules;
}

const fieldSending = ["campaign.send", "campaign.pause", "campaign.cancel"] as const;

/** Whether the role may do the act in a workspace with these settings. */
export function may(
  role: Role,
  permission: Permission,
  settings: AccessSettings = defaultAccessSettings,
): boolean {
  if (role === "field" && settings.fieldMaySend && isOneOf(fieldSending, permission)) return true;
  return isOneOf(granted[role], permission);
}

function isOneOf(list: readonly Permission[], permission: Permission): boolean {
  return list.includes(permission);
}
