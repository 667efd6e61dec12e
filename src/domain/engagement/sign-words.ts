/** What makes a click a scanner's, in words. */
import type { ScannerSign } from "./click.ts";

/** The rule in words, for everybody who reads the two numbers. */
export const signWords = {
  robot: "It names itself as a robot, or says nothing of itself.",
  prefetch: "It asks ahead, before anybody pressed the link.",
  too_soon: "It came within two seconds of the e-mail's being handed over.",
  several: "It opened several links of one message within a second.",
} as const satisfies Record<ScannerSign, string>;
