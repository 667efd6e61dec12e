/** Code pools by name, with what is left of each: their codes never come to a device. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import { makeCodePool } from "../sync/code-calls.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export class CodePoolsState extends DocumentsState<"codePool"> {
  readonly #api: Api;

  constructor(device: Device, api: Api) {
    super(device, "codePool", (a, b) => b.createdAt - a.createdAt);
    this.#api = api;
  }

  /** A pool of so many codes drawn by chance; only while the server can be reached. */
  make(fields: { readonly name: string; readonly count: number }): Promise<Result<Id, Failure>> {
    return makeCodePool(this.#api, fields);
  }
}
