/** What is left to do when this device was revoked: the data is removed already, with what was not sent. */
import type { Failure } from "./api.ts";
import type { Ending } from "./failures.ts";

/** Removes what a page keeps beside its databases, and tells the browser to take no more notices for it. */
export async function leaveNothing(): Promise<void> {
  sessionStorage.clear();
  // Missing in some browsers on plain http.
  const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  const registration = await workers?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

/** What stands at the door afterwards. */
export function endingNotice({ why, lost }: Ending): Failure {
  const n = Object.values(lost).reduce((sum, each) => sum + each, 0);
  const unsent =
    n === 0
      ? "Everything had been sent."
      : n === 1
        ? "One change that had not been sent is lost."
        : `${n} changes that had not been sent are lost.`;
  const because = why === null ? "" : `${why} `;
  return {
    kind: "revoked",
    retryAfterMs: null,
    type: "/docs/errors#revoked",
    title: "This device was signed out",
    status: 410,
    detail: `${because}Its data was removed. ${unsent}`,
  };
}
