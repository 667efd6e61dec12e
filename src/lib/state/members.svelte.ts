/** The people of the workspace. */
import type { Id } from "#domain/core/id.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export class MembersState extends DocumentsState<"member"> {
  constructor(device: Device) {
    super(device, "member", (a, b) => a.name.localeCompare(b.name));
  }

  /** The name behind "sent by Ana"; a plain word for somebody who left. */
  nameOf(id: Id | null): string {
    if (id === null) return "Fieldcast";
    return this.byId(id)?.name ?? "Somebody";
  }
}
