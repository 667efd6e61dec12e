/** The part of storage that access needs: workspaces, members, API keys and replayed requests. */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Workspace } from "#domain/sync/document.ts";

export interface Membership {
  readonly workspace: Id;
  readonly user: Id;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
}

export interface ApiKey {
  readonly id: Id;
  readonly workspace: Id;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** An answer that was given under an Idempotency-Key, to be given again. */
export interface StoredAnswer {
  /** Fingerprint of method, path and body: another request under the same key is refused. */
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

/** What a person is, and where: all that a request of theirs needs. */
export interface Standing {
  readonly membership: Membership;
  readonly workspace: Workspace;
}

/** How a change of a member ended. `last_admin`: nobody would be left who may undo it. */
export type MemberOutcome = "done" | "unknown" | "last_admin";

export interface AccessStore {
  /**
   * Makes a workspace together with its first admin. With `onlyFirst`, answers false and does
   * nothing when there is a workspace already.
   */
  createWorkspace(args: {
    readonly workspace: Workspace;
    readonly admin: Omit<Membership, "workspace" | "role">;
    readonly onlyFirst: boolean;
    readonly now: Instant;
  }): Promise<boolean>;
  workspaces(args: Record<string, never>): Promise<readonly Workspace[]>;
  /** The workspace as it is now; null when there is none of this id. */
  changeWorkspace(args: {
    readonly workspace: Id;
    readonly name: string | null;
    readonly access: AccessSettings | null;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<Workspace | null>;
  /** Answers false when the person is a member already. */
  addMember(args: {
    readonly membership: Membership;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<boolean>;
  setRole(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly role: Role;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<MemberOutcome>;
  /** `by` the person: they left by themselves, which the activity says. */
  removeMember(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<MemberOutcome>;
  /** The first membership of a person with its workspace; null for a stranger. */
  standingOf(args: { readonly user: Id }): Promise<Standing | null>;
  members(args: { readonly workspace: Id }): Promise<readonly Membership[]>;
  addKey(args: { readonly key: ApiKey; readonly hash: string; readonly by: Id }): Promise<void>;
  keys(args: { readonly workspace: Id }): Promise<readonly ApiKey[]>;
  /** The living key of a hash; null when there is none. */
  livingKey(args: { readonly hash: string }): Promise<ApiKey | null>;
  /** The same, noting that it was used. */
  useKey(args: { readonly hash: string; readonly now: Instant }): Promise<ApiKey | null>;
  revokeKey(args: {
    readonly workspace: Id;
    readonly id: Id;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<boolean>;
  answerOf(args: { readonly workspace: Id; readonly key: string }): Promise<StoredAnswer | null>;
  /** Keeps an answer in place of what was kept under its key. */
  keepAnswer(args: {
    readonly workspace: Id;
    readonly key: string;
    readonly answer: StoredAnswer;
    readonly now: Instant;
  }): Promise<void>;
  /** Forgets one answer: nothing was done under its key. */
  dropAnswer(args: { readonly workspace: Id; readonly key: string }): Promise<void>;
  /** Forgets answers older than the moment; answers how many. */
  forgetAnswers(args: { readonly before: Instant }): Promise<number>;
}
