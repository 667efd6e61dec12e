/** What a request tells of who makes it, as far as it is kept: no address, and nothing that names a person. */
import type { IncomingHttpHeaders } from "node:http";
import type { Device, Visit } from "#domain/engagement/click.ts";
import { lookOf, type Look } from "#domain/engagement/open.ts";
import Bowser from "bowser";
import { isbot } from "isbot";

/** Longer ones are made to be longer. */
const maxAgent = 400;

export function visitOf(headers: IncomingHttpHeaders, country: string): Visit {
  const agent = (headers["user-agent"] ?? "").slice(0, maxAgent);
  return { ...machineOf(agent), country, sign: signOf(headers, agent) };
}

/** The same of whoever loads a page's picture. */
export function lookIn(headers: IncomingHttpHeaders): Look {
  const agent = (headers["user-agent"] ?? "").slice(0, maxAgent);
  return lookOf(agent, { isRobot: isbot(agent), isAhead: isAhead(headers) });
}

function isAhead(headers: IncomingHttpHeaders): boolean {
  const purposes = ["purpose", "sec-purpose", "x-purpose", "x-moz"].map((name) => headers[name]);
  return purposes.some((purpose) => /prefetch|prerender|preview/i.test(String(purpose ?? "")));
}

function signOf(headers: IncomingHttpHeaders, agent: string): Visit["sign"] {
  if (isAhead(headers)) return "prefetch";
  return agent.trim() === "" || isbot(agent) ? "robot" : null;
}

const devices: Readonly<Record<string, Device>> = {
  mobile: "phone",
  tablet: "tablet",
  desktop: "computer",
};

const systems = ["Android", "iOS", "Windows", "macOS", "Linux", "Chrome OS", "HarmonyOS"] as const;

function machineOf(agent: string): Pick<Visit, "device" | "os"> {
  if (agent.trim() === "") return { device: "other", os: "" };
  const { platform, os } = Bowser.parse(agent);
  return {
    device: devices[platform.type ?? ""] ?? "other",
    os: systems.find((name) => name === os.name) ?? "",
  };
}
