/**
 * Which addresses may be called for a person of a workspace. Without leave for private targets
 * only public unicast addresses over https are: the name is resolved once, every address that
 * it has is looked at, and the connection goes to one that was looked at.
 */
import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { err, ok, type Result } from "#domain/core/result.ts";
import ipaddr from "ipaddr.js";
import type { SettingsProblem } from "./provider.ts";

const openPorts = new Set(["", "80", "443", "8443"]);

export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** What can be told from the text of a URL alone; names are looked at when they are resolved. */
export function checkTarget(text: string, privateTargets: boolean): Result<URL, SettingsProblem> {
  if (!isWebAddress(text)) return wrong("must be a URL that begins with https:// or http://");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return wrong("must not hold a user or password");
  }
  if (privateTargets) return ok(url);
  if (url.protocol !== "https:") return wrong("must begin with https:// on this server", true);
  if (!openPorts.has(url.port)) return wrong("must use port 443 or 8443", true);
  const host = url.hostname.replaceAll(/^\[|\]$/g, "");
  if (ipaddr.isValid(host) && !isPublic(host)) {
    return wrong("must not be a private address", true);
  }
  return ok(url);
}

function wrong(detail: string, forbidden = false): Result<URL, SettingsProblem> {
  return err({ field: "url", detail, forbidden });
}

/** Whether anybody on the internet could be meant; also of IPv4 written inside IPv6. */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === "unicast";
}

/** For sockets: resolves as usual, and refuses a name that has any address which must not be called. */
export function createLookup(privateTargets: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? new Error(`${hostname} has no address`), []);
        return;
      }
      if (!privateTargets && addresses.some(({ address }) => !isPublic(address))) {
        callback(new Error(`${hostname} is a private address`), []);
        return;
      }
      answer(options.all === true, addresses, first, callback);
    });
  };
}

function answer(
  all: boolean,
  addresses: LookupAddress[],
  first: LookupAddress,
  callback: Parameters<LookupFunction>[2],
): void {
  if (all) callback(null, addresses);
  else callback(null, first.address, first.family);
}
