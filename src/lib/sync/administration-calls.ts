/** What administrators ask of the server directly: people, API keys, the workspace. */
import * as v from "valibot";
import type { Role } from "#domain/access/role.ts";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import {
  keyCreated,
  keyPage,
  memberAnswer,
  memberPage,
  sessionWorkspace,
} from "#protocol/rest/access.ts";
import type { Api, Failure } from "./api.ts";

export interface Key {
  readonly id: Id;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface Person {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface NewPerson extends Omit<Person, "id"> {
  readonly password: string;
}

type Answer<T> = Promise<Result<T, Failure>>;

export interface AdministrationCalls {
  keys(): Answer<readonly Key[]>;
  /** Answers the key itself, which nobody can ask for again. */
  createKey(name: string, role: Role): Answer<string>;
  revokeKey(id: Id): Answer<null>;
  people(): Answer<readonly Person[]>;
  addPerson(person: NewPerson): Answer<Person>;
  setRole(id: Id, role: Role): Answer<Person>;
  removePerson(id: Id): Answer<null>;
  changeWorkspace(change: { name?: string; access?: AccessSettings }): Answer<null>;
}

const nothing = v.pipe(
  v.unknown(),
  v.transform(() => null),
);

export function createAdministrationCalls(api: Api): AdministrationCalls {
  const keysUrl = "/api/v1/keys";
  const membersUrl = "/api/v1/members";
  return {
    keys: () => api.request(keyList, "GET", keysUrl),
    createKey: (name, role) => api.request(keyText, "POST", keysUrl, { name, role }),
    revokeKey: (id) => api.request(nothing, "DELETE", `${keysUrl}/${id}`),
    people: () => api.request(personList, "GET", membersUrl),
    addPerson: (person) => api.request(memberAnswer, "POST", membersUrl, person),
    setRole: (id, role) => api.request(memberAnswer, "PATCH", `${membersUrl}/${id}`, { role }),
    removePerson: (id) => api.request(nothing, "DELETE", `${membersUrl}/${id}`),
    changeWorkspace: (change) => api.request(workspaceDone, "PATCH", "/api/v1/workspace", change),
  };
}

const keyText = v.pipe(
  keyCreated,
  v.transform(({ key }) => key),
);

const keyList = v.pipe(
  keyPage,
  v.transform(({ items }): readonly Key[] =>
    items.map(({ createdAt, lastUsedAt, revokedAt, ...key }) => ({
      ...key,
      createdAt: Date.parse(createdAt),
      lastUsedAt: lastUsedAt === null ? null : Date.parse(lastUsedAt),
      revokedAt: revokedAt === null ? null : Date.parse(revokedAt),
    })),
  ),
);

const personList = v.pipe(
  memberPage,
  v.transform(({ items }): readonly Person[] => items),
);

const workspaceDone = v.pipe(
  sessionWorkspace,
  v.transform(() => null),
);
