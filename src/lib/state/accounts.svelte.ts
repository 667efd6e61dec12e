/** Sending accounts. Their secrets live on the server only, so changing one needs a connection. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import type { accountCalls, AccountInput } from "../sync/calls.ts";
import { late, loadCalls } from "../sync/late.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export type { AccountInput } from "../sync/calls.ts";

/** What may be changed of an account: settings left out stay as they are. */
export type AccountChange = Partial<Omit<AccountInput, "channel" | "provider">>;

export class AccountsState extends DocumentsState<"account"> {
  readonly #api: Api;

  constructor(device: Device, api: Api) {
    super(device, "account", (a, b) => a.name.localeCompare(b.name));
    this.#api = api;
  }

  create(input: AccountInput): Promise<Result<Id, Failure>> {
    return this.#ask((calls) => calls.create(input));
  }

  update(id: Id, change: AccountChange): Promise<Result<null, Failure>> {
    return this.#ask((calls) => calls.update(id, change));
  }

  remove(id: Id): Promise<Result<null, Failure>> {
    return this.#ask((calls) => calls.remove(id));
  }

  /** Whether the provider accepts the settings now; the answer is its own words. */
  test(id: Id): Promise<Result<string, Failure>> {
    return this.#ask((calls) => calls.test(id));
  }

  #ask<T>(
    ask: (calls: ReturnType<typeof accountCalls>) => Promise<Result<T, Failure>>,
  ): Promise<Result<T, Failure>> {
    return late(loadCalls, (calls) => ask(calls.accountCalls(this.#api)));
  }
}
