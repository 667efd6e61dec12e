/** People, keys and settings of the workspace: asked of the server each time. */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import {
  keyCreated,
  keyPage,
  memberAnswer,
  memberPage,
  sessionAnswer,
  sessionWorkspace,
} from "#protocol/rest/access.ts";
import { unmatchedChanged, unmatchedList, type UnmatchedItem } from "#protocol/rest/receipt.ts";
import * as v from "valibot";
import type { Api, Failure } from "./api.ts";

type Answer<T> = Promise<Result<T, Failure>>;

export interface MemberInput {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly password: string;
}

export interface Person {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface ApiKey {
  readonly id: Id;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** A receipt that matches no message. */
export type DeadLetter = UnmatchedItem;

export type DeadLetterName = Pick<DeadLetter, "accountId" | "key" | "said">;

export interface DeadLetters {
  readonly items: readonly DeadLetter[];
  readonly totals: { readonly waiting: number; readonly givenUp: number };
}

export function adminCalls(api: Api) {
  return {
    async members(): Answer<readonly Person[]> {
      return itemsOf(await api.request(memberPage, "GET", "/api/v1/members"));
    },
    async addMember(input: MemberInput): Answer<Person> {
      return api.request(memberAnswer, "POST", "/api/v1/members", input);
    },
    async setRole(id: Id, role: Role): Answer<null> {
      return silent(await api.request(memberAnswer, "PATCH", `/api/v1/members/${id}`, { role }));
    },
    async removeMember(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `/api/v1/members/${id}`));
    },
    async changeWorkspace(change: { name?: string; access?: AccessSettings }): Answer<null> {
      return silent(await api.request(sessionWorkspace, "PATCH", "/api/v1/workspace", change));
    },
    async changePassword(was: string, set: string): Answer<null> {
      const path = "/api/v1/session/password";
      return silent(await api.request(sessionAnswer, "POST", path, { was, set }));
    },
    async leave(password: string): Answer<null> {
      return silent(await api.request(v.unknown(), "POST", "/api/v1/session/leave", { password }));
    },
    async deadLetters(): Answer<v.InferOutput<typeof unmatchedList>> {
      return api.request(unmatchedList, "GET", "/api/v1/receipts/unmatched?limit=200");
    },
    async decideDeadLetters(
      act: "retry" | "discard",
      chosen: readonly DeadLetterName[],
    ): Answer<number> {
      const path = `/api/v1/receipts/unmatched/${act}`;
      const answer = await api.request(unmatchedChanged, "POST", path, { chosen });
      return answer.ok ? ok(answer.value.changed) : answer;
    },
    async keys(): Answer<readonly ApiKey[]> {
      return itemsOf(await api.request(keyPage, "GET", "/api/v1/keys"));
    },
    /** The answer is the only one that holds the key itself. */
    async createKey(input: { name: string; role: Role }): Answer<ApiKey & { key: string }> {
      return api.request(keyCreated, "POST", "/api/v1/keys", input);
    },
    async revokeKey(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `/api/v1/keys/${id}`));
    },
  };
}

export type AdminCalls = ReturnType<typeof adminCalls>;

function silent<T>(answer: Result<T, Failure>): Result<null, Failure> {
  return answer.ok ? ok(null) : answer;
}

function itemsOf<T>(
  answer: Result<{ readonly items: readonly T[] }, Failure>,
): Result<readonly T[], Failure> {
  return answer.ok ? ok(answer.value.items) : answer;
}
