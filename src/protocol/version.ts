/**
 * Versions that the two sides tell each other.
 *
 * `protocolVersion` covers the shapes of up.ts and down.ts; `schemaVersion` covers the
 * documents. A device of an older schema may always push what it has; it pulls only after an
 * update. History: 1 = the first;
 * 2 = what clocks shall show, in a schedule; 3 = recipients' own clocks, and the end of a campaign;
 * 4 = sending at once;
 * 5 = sending again, in the campaign or to an audience of those who were missed;
 * 6 = campaigns that repeat, and their end;
 * 7 = launches that another person approves or rejects;
 * 8 = campaigns that wait for an event;
 * 9 = campaigns that wait for a code, a date or for who comes into their audience;
 * 10 = devices that are known, and what they keep and say of themselves;
 * 11 = links that are tracked, remarks on the moments of a campaign, and kept reports;
 * 12 = a second channel for who cannot be reached by the first, and live frames in fewer bytes.
 */
export const protocolVersion = 12;
export const schemaVersion = 1;

/**
 * The oldest version that may still push what it has. A version may push for 18 months after the
 * next one was released; then this rises, and what the older ones needed goes.
 */
export const oldestProtocol = 1;

/**
 * Devices before this version take an answer that does not carry their own version for a stranger's,
 * refuse words that came later, and pull before they push.
 */
export const toleratesOthersSince = 10;

/** The name of the header (and the value that must come back) by which a device knows our server from a captive portal. */
export const protocolHeader = "fieldcast-protocol";

/** The header by which the app says, with everything it asks, which device it runs on. */
export const deviceHeader = "fieldcast-device";

/** Whether who speaks these versions is newer than this build. */
export function isNewer(their: { readonly v: number; readonly schema: number }): boolean {
  return their.v > protocolVersion || their.schema > schemaVersion;
}
