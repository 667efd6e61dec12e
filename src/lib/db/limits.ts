/** How much a device keeps for the server. */

/** More than this many commands never wait on a device: then it must meet the server first. */
export const maxWaiting = 2_000;
/** Nor more than this many bytes of them, as JSON. The largest single command has 4 MB. */
export const maxWaitingBytes = 5_000_000;
