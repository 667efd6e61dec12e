/** The people of the workspace, and the scripts that act in it. */
import type { Id } from "#domain/core/id.ts";
import type { Member } from "#domain/sync/document.ts";
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export class MembersState extends DocumentsState<"member"> {
  constructor(device: Device) {
    super(device, "member", (a, b) => a.name.localeCompare(b.name));
  }

  /** The name behind "sent by Ana"; a plain word for somebody who left. */
  nameOf(id: Id | null): string {
    if (id === null) return "Fieldcast";
    const member = this.byId(id);
    if (member === undefined) return "Somebody who left";
    return member.isKey === true ? `${member.name} (API key)` : member.name;
  }

  /** Without the scripts. */
  get people(): readonly Member[] {
    return this.all.filter(({ isKey }) => isKey !== true);
  }
}
