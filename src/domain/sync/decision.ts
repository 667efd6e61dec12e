/** What a decide function takes and answers. */
import type { AccessSettings } from "../access/permission.ts";
import type { Role } from "../access/role.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { Documents, Kind } from "./document.ts";
import type { Refusal, RefusalType } from "./refusal.ts";

/** The rows that a rule may look at: exactly those that `keysOf` names. */
export interface View {
  get<K extends Kind>(kind: K, id: Id): Documents[K] | undefined;
}

export interface DecideContext {
  /** The server's clock with authority; the device's corrected clock without. */
  readonly now: Instant;
  readonly user: Id;
  readonly role: Role;
  readonly access: AccessSettings;
  /** Whether this answer counts. Without authority, a launch is only noted as waiting. */
  readonly authority: boolean;
}

/** A row as it shall be; `doc: null` removes it. */
export type Write = {
  readonly [K in Kind]: { readonly kind: K; readonly id: Id; readonly doc: Documents[K] | null };
}[Kind];

/** A value that somebody else had typed and this command wrote over. */
export interface Lost {
  readonly field: string;
  readonly theirs: string;
  readonly mine: string;
}

export type Decision =
  | { readonly outcome: "ok"; readonly writes: readonly Write[] }
  | {
      readonly outcome: "merged";
      readonly writes: readonly Write[];
      readonly lost: readonly Lost[];
    }
  | Rejected;

export interface Rejected {
  readonly outcome: "rejected";
  readonly refusal: Refusal;
}

export function rejected(
  type: RefusalType,
  field: string | null = null,
  detail: Refusal["detail"] = {},
): Rejected {
  return { outcome: "rejected", refusal: { type, field, detail } };
}

/** Accepted, with what it wrote over when two people changed the same field. */
export function accepted(writes: readonly Write[], lost: readonly Lost[] = []): Decision {
  return lost.length === 0 ? { outcome: "ok", writes } : { outcome: "merged", writes, lost };
}
