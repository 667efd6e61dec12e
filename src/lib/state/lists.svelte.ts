/** Named sets of contacts, made by an import or by hand. */
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export class ListsState extends DocumentsState<"list"> {
  constructor(device: Device) {
    super(device, "list", (a, b) => a.name.localeCompare(b.name));
  }
}
