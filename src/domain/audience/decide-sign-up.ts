/**
 * The commands on contacts that are added at the stand, and on what these people allow.
 *
 * A device decides with masked addresses, as that is all it keeps; with authority a masked address
 * is none. Who the contact is (an address that is known already) and whether a consent counts at
 * once or waits for a person to look is found out by the server, in the transaction of the verdict.
 */
import { isPlainName, plainNameWords } from "../core/name.ts";
import type { CommandArgs } from "../sync/command.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type Lost,
  type View,
} from "../sync/decision.ts";
import { mergeField } from "../sync/merge.ts";
import { addressKindOf, type AddressKind } from "../campaign/channel.ts";
import { maskAddress, type ConsentChannel } from "./contact.ts";
import { parseEmail } from "./email.ts";
import { signaturePattern, type GivenConsent, type SignUp } from "./sign-up.ts";

export type SignUpCommand = "contact.add" | "contact.edit" | "consent.in" | "consent.out";

export type SignUpAct = {
  readonly [N in SignUpCommand]: { readonly name: N; readonly args: CommandArgs[N] };
}[SignUpCommand];

export function decideSignUp(view: View, act: SignUpAct, context: DecideContext): Decision {
  const known = view.get("signUp", act.args.id);
  if (act.name === "contact.add") {
    return known === undefined ? add(view, act.args, context) : rejected("exists");
  }
  if (known === undefined) return rejected("gone");
  // Whoever hears that a person wants no more messages says so, whoever added them.
  if (act.name === "consent.out") return stored(withdrawn(known, act.args.channel, context));
  if (known.addedBy !== context.user) return rejected("forbidden", null, { act: act.name });
  return act.name === "contact.edit"
    ? edit(known, act.args, context)
    : agree(view, known, act.args, context);
}

function add(view: View, args: CommandArgs["contact.add"], context: DecideContext): Decision {
  const wrong =
    factsProblem(args, context.authority) ?? consentsProblem(view, args.consents, args, context);
  if (wrong !== null) return wrong;
  const { now, user } = context;
  return stored({
    id: args.id,
    rev: 1,
    firstName: args.firstName.trim(),
    lastName: args.lastName.trim(),
    email: args.email,
    phone: args.phone,
    country: args.country,
    sealed: args.sealed === undefined ? [] : [args.sealed],
    consents: Object.fromEntries(
      args.consents.map(({ channel, text, how }) => [
        channel,
        { granted: true, at: now, text, how },
      ]),
    ),
    addedBy: user,
    addedAt: now,
    updatedAt: now,
  });
}

function edit(known: SignUp, args: CommandArgs["contact.edit"], context: DecideContext): Decision {
  const lost: Lost[] = [];
  const doc: SignUp = {
    ...known,
    rev: known.rev + 1,
    firstName: mergeField("firstName", known.firstName, args.firstName, lost).trim(),
    lastName: mergeField("lastName", known.lastName, args.lastName, lost).trim(),
    email: mergeField("email", known.email, args.email, lost),
    phone: mergeField("phone", known.phone, args.phone, lost),
    country: mergeField("country", known.country, args.country, lost),
    sealed: args.sealed === undefined ? known.sealed : [...known.sealed, args.sealed],
    updatedAt: context.now,
  };
  const wrong = factsProblem(doc, context.authority);
  return wrong ?? accepted([{ kind: "signUp", id: doc.id, doc }], lost.map(maskLost));
}

function agree(
  view: View,
  known: SignUp,
  args: CommandArgs["consent.in"],
  context: DecideContext,
): Decision {
  const wrong = consentsProblem(view, [args], known, context);
  if (wrong !== null) return wrong;
  const { channel, text, how } = args;
  const consent = { granted: true, at: context.now, text, how };
  return stored({
    ...known,
    rev: known.rev + 1,
    consents: { ...known.consents, [channel]: consent },
    updatedAt: context.now,
  });
}

function withdrawn(known: SignUp, channel: ConsentChannel, { now }: DecideContext): SignUp {
  const consent = { granted: false, at: now, text: null, how: null };
  return {
    ...known,
    rev: known.rev + 1,
    consents: { ...known.consents, [channel]: consent },
    updatedAt: now,
  };
}

function stored(doc: SignUp): Decision {
  return accepted([{ kind: "signUp", id: doc.id, doc }]);
}

type Facts = Pick<SignUp, "firstName" | "lastName" | "email" | "phone" | "country">;

/** Why the facts are refused, with the field; null when they are taken. */
export function factsProblem(facts: Facts, authority: boolean): Decision | null {
  const { email, phone, country } = facts;
  for (const field of ["firstName", "lastName"] as const) {
    if (!isPlainName(facts[field].trim()))
      return rejected("invalid", field, { message: plainNameWords });
  }
  if (email === null && phone === null)
    return rejected("invalid", "email", {
      message: "an e-mail address or a phone number is needed",
    });
  if (email !== null && !isAddress(email, "email", authority))
    return rejected("invalid", "email", { message: "is not an e-mail address" });
  if (phone !== null && !isAddress(phone, "phone", authority))
    return rejected("invalid", "phone", { message: "is not a phone number" });
  if (!/^(?:[A-Z]{2})?$/.test(country))
    return rejected("invalid", "country", { message: "is not a country" });
  return null;
}

/** E.164: a plus, the country's code, at most fifteen digits. */
const phonePattern = /^\+[1-9]\d{5,14}$/;

function isAddress(text: string, kind: AddressKind, authority: boolean): boolean {
  if (isMasked(text)) return !authority;
  return kind === "email" ? parseEmail(text) === text : phonePattern.test(text);
}

function isMasked(text: string): boolean {
  return text.includes("•••");
}

function consentsProblem(
  view: View,
  consents: readonly GivenConsent[],
  addresses: Pick<SignUp, "email" | "phone">,
  { authority }: DecideContext,
): Decision | null {
  const channels = consents.map(({ channel }) => channel);
  if (new Set(channels).size < channels.length)
    return rejected("invalid", "consents", { message: "names a channel twice" });
  for (const { channel, text, how, signature } of consents) {
    if (addresses[addressKindOf[channel]] === null)
      return rejected("invalid", "consents", { message: `has no address for ${channel}` });
    if (text !== null && view.get("consentText", text)?.channel !== channel)
      return rejected("invalid", "consents.text", { message: "is no text of this channel" });
    // The drawing is sealed on the device; whoever has it, it must be one.
    const isMissing = authority && how === "signature" && signature === undefined;
    if (isMissing || (signature !== undefined && !signaturePattern.test(signature)))
      return rejected("invalid", "consents.signature", { message: "is no signature" });
  }
  return null;
}

/** What was written over is told on a card, which is kept on the device: no address stands there open. */
function maskLost(lost: Lost): Lost {
  if (lost.field !== "email" && lost.field !== "phone") return lost;
  return {
    ...lost,
    theirs: maskText(lost.theirs, lost.field),
    mine: maskText(lost.mine, lost.field),
  };
}

function maskText(text: string, kind: AddressKind): string {
  return text === "null" || isMasked(text) ? text : maskAddress(text, kind);
}
