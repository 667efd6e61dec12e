/** The part of storage that access needs: workspaces, members, API keys and replayed requests. */
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

export interface AccessStore {
  createWorkspace(args: { readonly workspace: Workspace; readonly now: Instant }): Promise<void>;
  workspaces(args: Record<string, never>): Promise<readonly Workspace[]>;
  addMember(args: { readonly membership: Membership; readonly now: Instant }): Promise<void>;
  setRole(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly role: Role;
    readonly now: Instant;
  }): Promise<boolean>;
  removeMember(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly now: Instant;
  }): Promise<boolean>;
  members(args: { readonly workspace: Id }): Promise<readonly Membership[]>;
  membershipsOf(args: { readonly user: Id }): Promise<readonly Membership[]>;
  addKey(args: { readonly key: ApiKey; readonly hash: string }): Promise<void>;
  keys(args: { readonly workspace: Id }): Promise<readonly ApiKey[]>;
  /** The living key of a hash, noting that it was used; null when there is none. */
  useKey(args: { readonly hash: string; readonly now: Instant }): Promise<ApiKey | null>;
  revokeKey(args: {
    readonly workspace: Id;
    readonly id: Id;
    readonly now: Instant;
  }): Promise<boolean>;
  answerOf(args: { readonly workspace: Id; readonly key: string }): Promise<StoredAnswer | null>;
  keepAnswer(args: {
    readonly workspace: Id;
    readonly key: string;
    readonly answer: StoredAnswer;
    readonly now: Instant;
  }): Promise<void>;
}
