/** How imports go and went, newest first. */
import type { Device } from "./device.svelte.ts";
import { DocumentsState } from "./documents.svelte.ts";

export class ImportsState extends DocumentsState<"import"> {
  constructor(device: Device) {
    super(device, "import", (a, b) => b.createdAt - a.createdAt);
  }
}
