/** What a page needs for talking with the server, and not for showing what this device has. */
export { createApi } from "./api.ts";
export { loadDraft, saveDraft } from "../db/draft.ts";
export { openDeviceSync } from "./device-sync.ts";
export { askSession, setUp, signIn, signOut } from "./session-calls.ts";
