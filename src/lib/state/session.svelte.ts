/** Who is signed in on this device. Opens without a network for whoever was last. */
import type { AccessSettings, Permission } from "#domain/access/permission.ts";
import { defaultAccessSettings, may } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Failure, Problem } from "../sync/api.ts";

export type SessionStatus = "loading" | "set-up" | "signed-out" | "ready";

export interface SessionUser {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
}

export interface SessionWorkspace {
  readonly id: Id;
  readonly name: string;
}

export interface SignedIn {
  readonly user: SessionUser;
  readonly workspace: SessionWorkspace;
  readonly role: Role;
  readonly access: AccessSettings;
}

export interface SetUpInput {
  readonly workspace: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Start with a workspace full of examples. */
  readonly demo: boolean;
}

export interface SignInInput {
  readonly email: string;
  readonly password: string;
}

export type SessionOutcome =
  { readonly ok: true } | { readonly ok: false; readonly problem: Problem };

/** What the session asks the server and the device; app.ts joins them. */
export interface SessionCalls {
  setUp(input: SetUpInput): Promise<SessionOutcome>;
  signIn(input: SignInInput): Promise<SessionOutcome>;
  signOut(): Promise<void>;
}

export class SessionState {
  #status: SessionStatus = $state("loading");
  #signedIn: SignedIn | null = $state.raw(null);
  #trouble: Failure | null = $state.raw(null);
  readonly #calls: SessionCalls;

  constructor(calls: SessionCalls) {
    this.#calls = calls;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  get user(): SessionUser | null {
    return this.#signedIn?.user ?? null;
  }

  get workspace(): SessionWorkspace | null {
    return this.#signedIn?.workspace ?? null;
  }

  get role(): Role | null {
    return this.#signedIn?.role ?? null;
  }

  get access(): AccessSettings {
    return this.#signedIn?.access ?? defaultAccessSettings;
  }

  /** Why the server could not be asked at the first start; null when it could. */
  get trouble(): Failure | null {
    return this.#trouble;
  }

  /** Whether the person may: greys out what the server would refuse. */
  may(permission: Permission): boolean {
    const { role } = this;
    return role !== null && may(role, permission, this.access);
  }

  setUp(input: SetUpInput): Promise<SessionOutcome> {
    return this.#calls.setUp(input);
  }

  /** Also signs in again after a session ended, without touching what is on the device. */
  signIn(input: SignInInput): Promise<SessionOutcome> {
    return this.#calls.signIn(input);
  }

  signOut(): Promise<void> {
    return this.#calls.signOut();
  }

  /** Told by app.ts alone. */
  tell(status: SessionStatus, signedIn: SignedIn | null, trouble: Failure | null = null): void {
    this.#status = status;
    this.#signedIn = signedIn;
    this.#trouble = trouble;
  }
}
