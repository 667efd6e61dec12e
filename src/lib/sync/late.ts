/** Parts of the app that need the server come after the first page is drawn, and may fail to come. */
import { err, type Result } from "#domain/core/result.ts";
import type { Api, ApiDeps, Failure } from "./api.ts";

/** The part itself could not be loaded: the network went before it came. */
const notLoaded: Failure = {
  type: "about:blank#unreachable",
  status: 0,
  title: "No connection to the server",
  detail: "Check the network. What you did on this device is kept.",
  kind: "unreachable",
  retryAfterMs: null,
};

/** Asks through a part that is loaded when it is needed; one that does not come is a failure like any. */
export async function late<M, T>(
  load: () => Promise<M>,
  ask: (part: M) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  let part: M;
  try {
    part = await load();
  } catch {
    return err(notLoaded);
  }
  return ask(part);
}

/** Everything that talks with the server, in one file of the build. */
export function loadOnline() {
  return import("./online.ts");
}

/** What is done with data whose lease is over. */
export function loadLock() {
  return import("./lease-lock.ts");
}

/** What screens ask beside syncing. */
export function loadCalls() {
  return import("./calls.ts");
}

export function createLateApi(deps: ApiDeps): Api {
  let api: Api | null = null;
  return {
    troubles: () => api?.troubles?.() ?? [],
    request: (...asked) =>
      late(loadOnline, ({ createApi }) => {
        api ??= createApi(deps);
        return api.request(...asked);
      }),
  };
}
