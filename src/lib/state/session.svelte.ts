/** Who is signed in on this device. Opens without a network for whoever was last. */
import type { AccessSettings, Permission } from "#domain/access/permission.ts";
import { defaultAccessSettings, may } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Result } from "#domain/core/result.ts";
import type { SignedIn } from "../db/registry.ts";
import type { Failure, Problem } from "../sync/api.ts";
import type { Lock } from "../sync/lease-lock.ts";
import type { SetUpInput, SignInInput } from "../sync/session-calls.ts";
import type { SessionKeeper, SessionStatus } from "../sync/session-keeper.ts";

export type { SetUpInput, SignInInput } from "../sync/session-calls.ts";
export type { SessionStatus } from "../sync/session-keeper.ts";

export type { Lock } from "../sync/lease-lock.ts";

type Calls = Pick<SessionKeeper, "setUp" | "signIn" | "signOut" | "judge">;

export type SessionOutcome =
  { readonly ok: true } | { readonly ok: false; readonly problem: Problem };

export class SessionState {
  #status: SessionStatus = $state("loading");
  #signedIn: SignedIn | null = $state.raw(null);
  #trouble: Failure | null = $state.raw(null);
  #lock: Lock | null = $state.raw(null);
  readonly #keeper: Calls;

  constructor(keeper: Calls) {
    this.#keeper = keeper;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  get user(): SignedIn["user"] | null {
    return this.#signedIn?.user ?? null;
  }

  get workspace(): SignedIn["workspace"] | null {
    return this.#signedIn?.workspace ?? null;
  }

  get role(): Role | null {
    return this.#signedIn?.role ?? null;
  }

  get access(): AccessSettings {
    return this.#signedIn?.access ?? defaultAccessSettings;
  }

  /** Why the server could not be asked at the first start, or why this device was signed out; null: neither. */
  get trouble(): Failure | null {
    return this.#trouble;
  }

  /** Why their data is locked; null: it is not. */
  get lock(): Lock | null {
    return this.#lock;
  }

  /** Whether the person may: greys out what the server would refuse. */
  may(permission: Permission): boolean {
    const { role } = this;
    return role !== null && may(role, permission, this.access);
  }

  setUp(input: SetUpInput): Promise<SessionOutcome> {
    return this.#keeper.setUp(input).then(toOutcome);
  }

  /** Also signs in again after a session ended, without touching what is on the device. */
  signIn(input: SignInInput): Promise<SessionOutcome> {
    return this.#keeper.signIn(input).then(toOutcome);
  }

  signOut(): Promise<void> {
    return this.#keeper.signOut();
  }

  /** Locked: the clock may be right again, or the server may answer. */
  judge(): Promise<void> {
    return this.#keeper.judge();
  }

  /** Told by app.ts alone. */
  tell(...[status, signedIn, trouble = null, lock = null]: Told): void {
    this.#status = status;
    this.#lock = lock;
    this.#signedIn = signedIn;
    this.#trouble = trouble;
  }
}

type Told = [
  status: SessionStatus,
  signedIn: SignedIn | null,
  trouble?: Failure | null,
  lock?: Lock | null,
];

function toOutcome(result: Result<null, Failure>): SessionOutcome {
  return result.ok ? { ok: true } : { ok: false, problem: result.error };
}
