/** How much a device keeps for the server. */

/** More than this many commands never wait on a device: then it must meet the server first. */
export const maxWaiting = 2_000;
