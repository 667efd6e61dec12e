/** A visit to a shop, as another system tells it, and the campaigns that may have brought it. */
import { hourMs } from "../core/time.ts";

/** An event of this name is a visit. */
export const checkInEvent = "check_in";

/** So long after its launch a campaign that reached somebody may have brought them. */
export const broughtWithinMs = 48 * hourMs;
