/** The number on the app's icon: what is unsent, and what needs attention. */
import type { AttentionState } from "./attention.svelte.ts";
import { showBadge } from "./storage.ts";
import type { SyncState } from "./sync.svelte.ts";

/** Keeps it right for as long as the app runs. */
export function keepBadge(sync: SyncState, attention: AttentionState): void {
  $effect.root(() => {
    $effect(() => showBadge(sync.unsent + attention.count));
  });
}
