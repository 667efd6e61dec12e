/** Every part of the promise with its operations, by name. */
import { accessOperations } from "./access-operations.ts";
import { adminOperations } from "./admin-operations.ts";
import { bounceOperations } from "./bounce-operations.ts";
import { budgetOperations } from "./budget-operations.ts";
import { codeOperations } from "./code-operations.ts";
import { contactOperations } from "./contact-operations.ts";
import type { Database } from "./database.ts";
import { deliveryOperations } from "./delivery-operations.ts";
import { deviceOperations } from "./device-operations.ts";
import { limitsOperations } from "./limits-operations.ts";
import { linkOperations } from "./link-operations.ts";
import { noticeOperations } from "./notice-operations.ts";
import type { Call } from "./operation.ts";
import { preflightOperations } from "./preflight-operations.ts";
import { reportOperations } from "./report-operations.ts";
import { signUpOperations } from "./sign-up-operations.ts";
import { subscriptionOperations } from "./subscription-operations.ts";
import { syncOperations } from "./sync-operations.ts";

export const parts = {
  access: accessOperations,
  admin: adminOperations,
  bounces: bounceOperations,
  budgets: budgetOperations,
  codes: codeOperations,
  contacts: contactOperations,
  delivery: deliveryOperations,
  devices: deviceOperations,
  limits: limitsOperations,
  links: linkOperations,
  notices: noticeOperations,
  preflight: preflightOperations,
  reports: reportOperations,
  signUps: signUpOperations,
  subscriptions: subscriptionOperations,
  sync: syncOperations,
};

type AnyOperation = (db: Database, args: never) => unknown;

/** Runs a call on an open transaction. */
export function perform(db: Database, call: Call): unknown {
  const part = Object.entries(parts).find(([name]) => name === call.part)?.[1];
  const operations: Readonly<Record<string, AnyOperation>> = { ...part?.operations };
  const operation = operations[call.method];
  if (operation === undefined) throw new Error(`no operation ${call.part}.${call.method}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller was typed against the promise; the thread's border forgets it
  return operation(db, call.args as never);
}
