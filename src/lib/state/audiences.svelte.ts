/** Saved sets of contacts. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { Api } from "../sync/api.ts";
import type { AudienceCount } from "../sync/calls.ts";
import { late, loadCalls } from "../sync/late.ts";
import { change } from "./changes.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";
import type { Writer } from "./writer.svelte.ts";

export type { AudienceCount } from "../sync/calls.ts";

export interface AudienceFields {
  readonly name: string;
  readonly rule: AudienceRule;
}

export interface AudiencesDeps {
  readonly device: Device;
  readonly writer: Writer;
  readonly newId: () => Id;
  readonly api: Api;
}

export class AudiencesState extends DocumentsState<"audience"> {
  readonly #deps: AudiencesDeps;

  constructor(deps: AudiencesDeps) {
    super(deps.device, "audience", (a, b) => a.name.localeCompare(b.name));
    this.#deps = deps;
  }

  create(fields: AudienceFields): Promise<Result<Id, Refusal>> {
    const id = this.#deps.newId();
    return this.#deps.writer.write({ name: "audience.create", args: { id, ...fields } }, id);
  }

  /** `was`: the fields as they were when editing began. */
  async edit(
    id: Id,
    was: AudienceFields,
    set: Partial<AudienceFields>,
  ): Promise<Result<Id, Refusal>> {
    const name = change(was.name, set.name);
    const rule = change(was.rule, set.rule);
    if (name === null && rule === null) return { ok: true, value: id };
    const args = {
      id,
      ...(name === null ? {} : { name }),
      ...(rule === null ? {} : { rule }),
    };
    return this.#deps.writer.write({ name: "audience.edit", args }, id);
  }

  remove(id: Id): Promise<Result<Id, Refusal>> {
    return this.#deps.writer.write({ name: "audience.delete", args: { id } }, id);
  }

  /** How many contacts the rule means, by the server; null offline. */
  async preview(rule: AudienceRule): Promise<AudienceCount | null> {
    const { api } = this.#deps;
    const counted = await late(loadCalls, ({ countAudience }) => countAudience(api, rule));
    return counted.ok ? counted.value : null;
  }
}
