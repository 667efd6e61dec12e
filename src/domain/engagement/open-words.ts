/** How opens are told from what programs load, in words. */
import type { OpenSign } from "./open.ts";

/** The rule in words, for everybody who reads the two numbers. */
export const openSignWords = {
  robot: "It names itself as a robot, or says nothing of itself.",
  prefetch: "It asks ahead, before anybody opened the message.",
  mail_privacy:
    "It is Apple's Mail Privacy Protection, which loads every picture, whether or not somebody looks.",
  too_soon: "It came within a second of the message's arrival.",
} as const satisfies Record<OpenSign, string>;

/** Said beside the number of opens that came through a proxy. */
export const proxyWords =
  "Gmail and Yahoo load pictures by proxies of their own when a person opens the message. That counts as an open, but later ones of the same person may not be seen.";
