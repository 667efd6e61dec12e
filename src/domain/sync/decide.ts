/**
 * Decide: the pure rule behind every command. Runs on the device at once (`authority: false`)
 * and again on the server (`authority: true`), whose answer counts. Same view, same act, same
 * context: same decision. It never throws on arguments that fit their schema.
 */
import { may } from "../access/permission.ts";
import { decideSavedView } from "../analytics/decide-saved-view.ts";
import { decideAudience } from "../audience/decide.ts";
import { decideSignUp } from "../audience/decide-sign-up.ts";
import { decideCampaign } from "../campaign/decide.ts";
import { decidePin } from "../report/decide-pin.ts";
import { permissionOf, type Act } from "./command.ts";
import { rejected, type DecideContext, type Decision, type View } from "./decision.ts";

export function decide(view: View, act: Act, context: DecideContext): Decision {
  if (!may(context.role, permissionOf[act.name], context.access)) {
    return rejected("forbidden", null, { act: act.name });
  }
  switch (act.name) {
    case "audience.create":
    case "audience.edit":
    case "audience.delete":
      return decideAudience(view, act, context);
    case "pin.add":
    case "pin.remove":
      return decidePin(view, act, context);
    case "report.keep":
    case "report.default":
      return decideSavedView(view, act, context);
    case "contact.add":
    case "contact.edit":
    case "consent.in":
    case "consent.out":
      return decideSignUp(view, act, context);
    default:
      return decideCampaign(view, act, context);
  }
}
