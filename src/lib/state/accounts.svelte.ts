/** Sending accounts. Their secrets live on the server only, so changing one needs a connection. */
import type { Limits, ProviderName } from "#domain/campaign/account.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Failure } from "../sync/api.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export interface AccountInput {
  readonly name: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** Includes secrets; a secret left out of an update stays as it is. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly limits: Limits;
}

/** The calls behind it, given by the app. */
export interface AccountCalls {
  create(input: AccountInput): Promise<Result<Id, Failure>>;
  update(id: Id, input: Partial<AccountInput>): Promise<Result<null, Failure>>;
  remove(id: Id): Promise<Result<null, Failure>>;
  test(id: Id): Promise<Result<null, Failure>>;
}

export class AccountsState extends DocumentsState<"account"> {
  readonly #calls: AccountCalls;

  constructor(device: Device, calls: AccountCalls) {
    super(device, "account", (a, b) => a.name.localeCompare(b.name));
    this.#calls = calls;
  }

  create(input: AccountInput): Promise<Result<Id, Failure>> {
    return this.#calls.create(input);
  }

  update(id: Id, input: Partial<AccountInput>): Promise<Result<null, Failure>> {
    return this.#calls.update(id, input);
  }

  remove(id: Id): Promise<Result<null, Failure>> {
    return this.#calls.remove(id);
  }

  /** Whether the provider accepts the settings now. */
  test(id: Id): Promise<Result<null, Failure>> {
    return this.#calls.test(id);
  }
}
