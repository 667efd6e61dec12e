/** The database's shape, step by step. A step that was released never changes; add at the end. */
import { core } from "./migration-0001-core.ts";
import { contacts } from "./migration-0002-contacts.ts";
import { delivery } from "./migration-0003-delivery.ts";
import { importNotes } from "./migration-0004-import-notes.ts";
import { marks } from "./migration-0005-marks.ts";
import { standing } from "./migration-0006-standing.ts";
import { peopleLimits } from "./migration-0007-people-limits.ts";
import { folds } from "./migration-0008-folds.ts";
import { optOutMarks } from "./migration-0009-opt-out-marks.ts";
import { dueChunks } from "./migration-0010-due-chunks.ts";
import { guards } from "./migration-0011-guards.ts";
import { retry } from "./migration-0012-retry.ts";
import { unmatched } from "./migration-0013-unmatched.ts";
import { series } from "./migration-0014-series.ts";
import { triggers } from "./migration-0015-triggers.ts";
import { keyForm } from "./migration-0016-key-form.ts";
import { editions } from "./migration-0017-editions.ts";
import { watches } from "./migration-0018-watches.ts";
import { bounces } from "./migration-0019-bounces.ts";
import { costs } from "./migration-0020-costs.ts";
import { charges } from "./migration-0021-charges.ts";
import { notices } from "./migration-0022-notices.ts";
import { pressureByMessage } from "./migration-0023-pressure.ts";
import { signUps } from "./migration-0024-sign-ups.ts";
import { devices } from "./migration-0025-devices.ts";
import { warmUp } from "./migration-0026-warm-up.ts";
import { codes } from "./migration-0027-codes.ts";
import { spend } from "./migration-0028-spend.ts";
import { domainRests } from "./migration-0029-domain-rests.ts";
import { keyAges } from "./migration-0030-key-ages.ts";
import { notedRows } from "./migration-0031-noted-rows.ts";
import { noticeTopics } from "./migration-0032-notice-topics.ts";
import { links } from "./migration-0033-links.ts";
import { snapshots } from "./migration-0034-snapshots.ts";
import { carriers } from "./migration-0035-carriers.ts";
import { codeUses } from "./migration-0036-code-uses.ts";
import { subscriptions } from "./migration-0037-subscriptions.ts";
import { reach } from "./migration-0038-reach.ts";
import { opens } from "./migration-0039-opens.ts";
import { remains } from "./migration-0040-remains.ts";
import { inbound } from "./migration-0041-inbound.ts";
import { stopped } from "./migration-0042-stopped.ts";
import { erased } from "./migration-0043-erased.ts";
import { fallback } from "./migration-0044-fallback.ts";
import { byCarrier } from "./migration-0045-by-carrier.ts";
import { textCarried } from "./migration-0046-text-carried.ts";
import { receiptDelays } from "./migration-0047-receipt-delays.ts";
import { receiptInbox } from "./migration-0048-receipt-inbox.ts";
import { timerWays } from "./migration-0049-timer-ways.ts";
import { fallbackCounts } from "./migration-0050-fallback-counts.ts";
import { fallenOutcomes } from "./migration-0051-fallen-outcomes.ts";
import { fallbackEditions } from "./migration-0052-fallback-editions.ts";
import { unmeasured } from "./migration-0053-unmeasured.ts";
import { plainConditions } from "./migration-0054-plain-conditions.ts";
import { checkIns } from "./migration-0055-check-ins.ts";
import { lateEvents } from "./migration-0056-late-events.ts";
import { reachByWay } from "./migration-0057-reach-by-way.ts";

export const migrations: readonly string[] = [
  core,
  contacts,
  delivery,
  importNotes,
  marks,
  standing,
  peopleLimits,
  folds,
  optOutMarks,
  dueChunks,
  guards,
  retry,
  unmatched,
  series,
  triggers,
  keyForm,
  editions,
  watches,
  bounces,
  costs,
  charges,
  notices,
  pressureByMessage,
  signUps,
  devices,
  warmUp,
  codes,
  spend,
  domainRests,
  keyAges,
  notedRows,
  noticeTopics,
  links,
  snapshots,
  carriers,
  codeUses,
  subscriptions,
  reach,
  opens,
  remains,
  inbound,
  stopped,
  erased,
  fallback,
  byCarrier,
  textCarried,
  receiptDelays,
  receiptInbox,
  timerWays,
  fallbackCounts,
  fallenOutcomes,
  fallbackEditions,
  unmeasured,
  plainConditions,
  checkIns,
  lateEvents,
  reachByWay,
];
