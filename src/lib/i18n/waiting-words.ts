/** What waits for the server, on cards and buttons: never said as if it had happened. */
import type { WaitingAct } from "#domain/campaign/campaign.ts";

const offline = {
  send: "Will be sent when online",
  schedule: "Will be scheduled when online",
  approve: "Will be approved when online",
  reject: "Will be rejected when online",
  setLive: "Will be set live when online",
  pause: "Will be paused when online",
  resume: "Will be resumed when online",
  end: "Will be ended when online",
  cancel: "Will be canceled when online",
  retry: "Will be sent again when online",
} as const satisfies Record<WaitingAct, string>;

const online = {
  send: "Starting …",
  schedule: "Scheduling …",
  approve: "Approving …",
  reject: "Rejecting …",
  setLive: "Setting live …",
  pause: "Pausing …",
  resume: "Resuming …",
  end: "Ending …",
  cancel: "Canceling …",
  retry: "Sending again …",
} as const satisfies Record<WaitingAct, string>;

/** `isReached`: the server answers just now, so it is a matter of moments. */
export function waitingText(act: WaitingAct, isReached: boolean): string {
  return isReached ? online[act] : offline[act];
}
