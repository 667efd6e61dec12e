/** What an accepted command on a contact of the stand does, with everything that its proof needs. */
import { sourceOf } from "#domain/audience/sign-up.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Decision } from "#domain/sync/decision.ts";
import type { Command } from "#protocol/command.ts";
import type { SaidAtStand, StandEffect } from "../store/sign-up-store.ts";
import { isTrusted, madeAt } from "./activity.ts";

/** Null: it was refused, or is about something else. */
export function effectAtStand(
  act: Act,
  decision: Decision,
  { command, client, user }: { readonly command: Command; readonly client: Id; readonly user: Id },
  now: Instant,
): StandEffect | null {
  const signUp = decision.outcome === "rejected" ? null : signUpOf(decision);
  if (signUp === null) return null;
  const { at, uid } = command;
  const claim = { wall: at.wall, at: Math.max(madeAt(at), 0), isTrusted: isTrusted(at, now) };
  return { signUp, ...whatOf(act), uid, client, by: user, source: sourceOf(placeOf(act)), claim };
}

function signUpOf({ writes }: Exclude<Decision, { readonly outcome: "rejected" }>) {
  for (const write of writes) if (write.kind === "signUp") return write.doc;
  return null;
}

function whatOf(act: Act): {
  readonly what: StandEffect["what"];
  readonly said: readonly SaidAtStand[];
} {
  switch (act.name) {
    case "contact.add":
      return {
        what: "add",
        said: act.args.consents.map((consent) => ({ ...consent, granted: true })),
      };
    case "consent.in": {
      const { channel, text, how, signature } = act.args;
      const drawn = signature === undefined ? {} : { signature };
      return { what: "consent", said: [{ granted: true, channel, text, how, ...drawn }] };
    }
    case "consent.out":
      return { what: "consent", said: [{ granted: false, channel: act.args.channel }] };
    default:
      return { what: "edit", said: [] };
  }
}

function placeOf(act: Act): string {
  return "place" in act.args ? act.args.place : "";
}
