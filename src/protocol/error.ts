/**
 * Every error that a person or a script can meet, once, with its cause and its cure: the help
 * page, the problem details of the API (RFC 9457) and the cards of Needs attention are made
 * from this list. `type` is stable for ever.
 */
import type { RefusalType } from "#domain/sync/refusal.ts";

interface ErrorFacts {
  readonly status: number;
  readonly title: string;
  readonly cure: string;
}

const refusals = {
  invalid: {
    status: 422,
    title: "A value does not fit its field",
    cure: "Correct the field that is named; everything else was kept.",
  },
  forbidden: {
    status: 403,
    title: "Your role does not allow this",
    cure: "Ask an administrator of the workspace.",
  },
  gone: {
    status: 404,
    title: "It does not exist, or was deleted",
    cure: "Look for it in the list, or make a new one from what you typed.",
  },
  exists: {
    status: 409,
    title: "It exists already",
    cure: "Nothing needs to be done if it is the one you made.",
  },
  already_sent: {
    status: 409,
    title: "The campaign was launched already",
    cure: "Make a new draft from your version.",
  },
  illegal_move: {
    status: 409,
    title: "That step is not possible from here",
    cure: "Look at the campaign's state: it may have moved on.",
  },
  incomplete: {
    status: 422,
    title: "Something is still missing",
    cure: "Fill in the field that is named, then send again.",
  },
  changed_since_review: {
    status: 409,
    title: "Something changed since you reviewed it",
    cure: "Look at the change and send again.",
  },
  nothing_to_retry: {
    status: 409,
    title: "There is nobody to send to again",
    cure: "Look at the report: what had failed may have arrived meanwhile.",
  },
  not_asked: {
    status: 409,
    title: "Nobody asks for approval",
    cure: "Look at the campaign: it was taken back, changed, or answered already.",
  },
  own_approval: {
    status: 403,
    title: "Another person has to approve it",
    cure: "Ask a colleague who may approve campaigns.",
  },
  needs_approval: {
    status: 409,
    title: "A change needs approval here",
    cure: "Let another person approve the new text, or ask for approval of a copy with your changes.",
  },
  codes_short: {
    status: 409,
    title: "The code pool has too few codes",
    cure: "Add codes to the pool, choose a smaller audience, or let the campaign skip whoever gets none.",
  },
  audience_gone: {
    status: 409,
    title: "The audience was deleted",
    cure: "Choose another audience.",
  },
  account_gone: {
    status: 409,
    title: "The sending account was removed",
    cure: "Choose another account.",
  },
  channel_mismatch: {
    status: 422,
    title: "The account cannot carry this kind of message",
    cure: "Choose an account of the campaign's channel.",
  },
  in_use: {
    status: 409,
    title: "Something still uses it",
    cure: "Finish or change the campaigns that use it first.",
  },
  schedule_in_past: {
    status: 422,
    title: "The planned time has passed",
    cure: "Send now, or pick another time.",
  },
  parent: {
    status: 409,
    title: "It builds on something that was refused",
    cure: "Mend what was refused first, then repeat this.",
  },
} as const satisfies Record<RefusalType, ErrorFacts>;

const general = {
  malformed: {
    status: 400,
    title: "The request cannot be read",
    cure: "Check that the body is valid JSON of the stated content type.",
  },
  unauthenticated: {
    status: 401,
    title: "Nobody is signed in",
    cure: "Sign in, or send a valid API key.",
  },
  bad_origin: {
    status: 403,
    title: "The request came from another site",
    cure: "Use the app's own address (PUBLIC_URL).",
  },
  opted_out: {
    status: 409,
    title: "They unsubscribed by themselves",
    cure: "Only they can come back: by START, by the page of the link in a message, or by asking anew.",
  },
  not_found: {
    status: 404,
    title: "There is nothing here",
    cure: "Check the address and the id.",
  },
  method_not_allowed: {
    status: 405,
    title: "This address does not take that method",
    cure: "See the API description.",
  },
  unsupported_type: {
    status: 415,
    title: "The content type is not taken here",
    cure: "Send one of the types that the API description names.",
  },
  too_large: {
    status: 413,
    title: "The request is too large",
    cure: "Send it in smaller parts.",
  },
  too_many_requests: {
    status: 429,
    title: "Too many requests",
    cure: "Wait as long as the Retry-After header says.",
  },
  key_reused: {
    status: 409,
    title: "The Idempotency-Key was used for another request",
    cure: "Use a new key for a new request.",
  },
  set_up_already: {
    status: 409,
    title: "This server is set up already",
    cure: "Sign in, or ask an administrator to add you.",
  },
  last_admin: {
    status: 409,
    title: "The workspace needs an administrator",
    cure: "Make somebody else an administrator first.",
  },
  wrong_credentials: {
    status: 401,
    title: "E-mail and password do not match",
    cure: "Try again; after several tries, wait a minute.",
  },
  snapshot_gone: {
    status: 410,
    title: "The report of this snapshot is not kept any more",
    cure: "Ask for the report without a snapshot: it answers the present digits under their own name.",
  },
  rows_moved_on: {
    status: 410,
    title: "The recipients are not as they were in this snapshot",
    cure: "Export without a snapshot: the file names the one it is of.",
  },
  import_broken: {
    status: 422,
    title: "The file cannot be read as a table",
    cure: "Save it as CSV in UTF-8 and try again.",
  },
  account_broken: {
    status: 422,
    title: "The provider does not accept these settings",
    cure: "Check address, port, user and password.",
  },
  target_not_allowed: {
    status: 422,
    title: "This address must not be called from here",
    cure: "Use a public https address, or allow private targets on the server.",
  },
  code_unknown: {
    status: 404,
    title: "The pool has no such code",
    cure: "Read the code again; after several wrong ones, wait a minute.",
  },
  code_used_up: {
    status: 409,
    title: "The code was redeemed already",
    cure: "A code counts as often as its pool allows: look up who used it, or give out another.",
  },
  code_closed: {
    status: 409,
    title: "The code may not be redeemed now",
    cure: "Look at the pool: its codes are active from and until certain times, or switched off.",
  },
  not_redeemed: {
    status: 409,
    title: "There is no redemption to roll back",
    cure: "It was refused, or rolled back before: look at the list again.",
  },
  upgrade_required: {
    status: 426,
    title: "This app is too old for the server",
    cure: "Reload to update. What you typed is kept.",
  },
  revoked: {
    status: 410,
    title: "This device was signed out",
    cure: "Sign in again if you may.",
  },
  fork: {
    status: 409,
    title: "This device's profile was copied",
    cure: "The app takes a name of its own by itself and goes on; nothing is lost.",
  },
  storage_full: {
    status: 507,
    title: "The server's disk is full",
    cure: "Free some space; nothing was lost.",
  },
  unavailable: {
    status: 503,
    title: "The server cannot answer just now",
    cure: "Try again in a moment.",
  },
  internal: {
    status: 500,
    title: "Something went wrong on our side",
    cure: "Try again; if it stays, give the request id to your administrator.",
  },
} as const satisfies Record<string, ErrorFacts>;

export const errors = { ...refusals, ...general };

export type ErrorType = keyof typeof errors;

/** RFC 9457 problem details, as every error of the API is answered. */
export interface Problem {
  /** `/docs/errors#<type>`: resolves to the help page. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The field that it is about, as a path; left out when it is about the whole. */
  readonly field?: string;
  readonly requestId?: string;
}

export function problemType(type: ErrorType): string {
  return `/docs/errors#${type}`;
}

/** Problem details of an error; `detail` says what happened here, and falls back to the cure. */
export function problem(type: ErrorType, detail?: string, field?: string): Problem {
  const { status, title, cure } = errors[type];
  return {
    type: problemType(type),
    title,
    status,
    detail: detail ?? cure,
    ...(field === undefined ? {} : { field }),
  };
}
