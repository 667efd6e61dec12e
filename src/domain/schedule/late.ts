/** How late is too late for what a clock set off. */
import { hourMs } from "../core/time.ts";

/** A time that comes while the server is down for longer than this is late. */
export const lateMs = 6 * hourMs;
