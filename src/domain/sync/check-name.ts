/** What every document that people name takes as its name. */
import { isPlainName, plainNameWords } from "../core/name.ts";
import { rejected, type Decision } from "./decision.ts";

/** Why the name is refused; null when it is taken. */
export function checkName(name: string): Decision | null {
  const text = name.trim();
  if (text === "") return rejected("invalid", "name");
  return isPlainName(text) ? null : rejected("invalid", "name", { message: plainNameWords });
}
