// What the app loads of ours before it keeps data and brings it together with a server.
export { openLateSync } from "#lib/sync/late-sync.ts";
export { openDeviceSync } from "#lib/sync/online.ts";
