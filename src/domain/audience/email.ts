/** Whether a text is an e-mail address that mail can be sent to. */

const maxLocal = 64;
const maxAddress = 254;

/** Local part without spaces or brackets, a domain of at least two labels: stricter than RFC 5322, as servers are. */
const pattern =
  /^[^\s@"(),:;<>[\\\]]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])$/u;

/** The address in lower case, as it is compared and kept; null when it is none. */
export function parseEmail(text: string): string | null {
  const address = text.trim().toLowerCase();
  if (address.length > maxAddress || address.indexOf("@") > maxLocal) return null;
  const local = address.slice(0, address.indexOf("@"));
  if (local.startsWith(".") || local.endsWith(".") || local.includes("..")) return null;
  return pattern.test(address) ? address : null;
}
