/**
 * The calls of one distribution: each message is written, handed over, and comes to a result when
 * its call ends. Too many that fail, or cannot be written, stop the campaign.
 */
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Intended, OpenDistribution } from "../store/distribution.ts";
import type { CampaignWatch, Stop } from "./campaign-watch.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import type { EditionWriter } from "./edition-writer.ts";
import type { Gate } from "./gate.ts";
import { shown, tellGate } from "./gate-news.ts";
import { doubt, toSettlement, toTooLong, toUnwritten } from "./outcome.ts";
import { createPace } from "./pace.ts";
import type { Results } from "./results.ts";

export interface Calls {
  /** In flight. */
  readonly size: number;
  /** Hands the message over. What cannot be written, or is too long, comes to its result at once. */
  begin(message: Intended, account: OpenAccount, writer: EditionWriter): void;
  /** Calls that outlived every time-out of their provider are in doubt. */
  expire(now: Instant): void;
  /** Messages handed over a second, of late. */
  rate(now: Instant, leastMs?: number): number;
}

export interface CallsDeps extends Pick<EngineDeps, "clock" | "keys" | "random"> {
  readonly distribution: OpenDistribution;
  readonly gate: Gate;
  readonly results: Results;
  readonly watch: CampaignWatch;
  readonly point: (name: FaultPoint) => void;
  readonly safely: (work: () => void) => void;
  /** Of so many failures in a hundred the campaign stops; null: of none, or it is halted. */
  readonly failurePercent: () => number | null;
  /** A call ended, or a message was not written; `stop` says why the campaign has to stop, if so. */
  readonly onEnd: (stop: Stop | null) => void;
  readonly onUnwritten: (stop: Stop | null) => void;
}

const callLimitMs = 2 * minuteMs;

interface Call {
  readonly message: Intended;
  readonly segments: number;
  readonly account: OpenAccount;
  readonly since: Instant;
}

/** What the message comes to, and why the campaign has to stop, if so. */
interface Told {
  readonly outcome: Outcome;
  readonly stop: Stop | null;
}

/** Who cannot get this kind of message is what the second way is for: no fault of the account. */
function isForOtherWay(outcome: Outcome, { way, second }: OpenDistribution): boolean {
  const isRefused = outcome.outcome === "refused" && outcome.reason === "not_capable";
  return isRefused && way === "own" && second !== undefined;
}

export function createCalls(deps: CallsDeps): Calls {
  return new CallsInFlight(deps);
}

class CallsInFlight implements Calls {
  readonly #deps: CallsDeps;
  readonly #calls = new Set<Call>();
  readonly #pace = createPace();

  constructor(deps: CallsDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#calls.size;
  }

  rate(now: Instant, leastMs?: number): number {
    return this.#pace.rate(now, leastMs);
  }

  expire(now: Instant): void {
    for (const call of this.#calls) {
      if (now - call.since < callLimitMs) continue;
      const words = `Nothing was heard of the call within ${callLimitMs / secondMs} seconds`;
      this.#end(call, { outcome: "unknown", reason: "provider_timeout", code: "no_answer", words });
    }
  }

  begin(message: Intended, account: OpenAccount, writer: EditionWriter): void {
    const { clock, distribution, gate, keys, onUnwritten, point, results, safely, watch } =
      this.#deps;
    const now = clock();
    const written = writer.write(message);
    if (!written.ok) {
      gate.released(1);
      results.add(toUnwritten(message, now, written.error));
      onUnwritten(watch.unwritten(shown(written.error.words)));
      return;
    }
    watch.written();
    const { content, headers, segments } = written.value;
    if (segments > (message.units ?? segments)) {
      gate.released(1);
      results.add(toTooLong(message, now, segments));
      return;
    }
    const { workspace, campaignId, channel, keyForm, seq } = distribution;
    const { n, gen } = message;
    const key = keys.of({ workspace, campaignId, distribution: seq, n, gen, keyForm });
    point("before send");
    const call: Call = { message, segments, account, since: now };
    this.#calls.add(call);
    gate.began(message.address, now);
    this.#pace.note(now);
    account.carrier.send({ key, channel, to: message.address, content, headers }).then(
      (outcome) => safely(() => this.#end(call, outcome)),
      (error: unknown) => safely(() => this.#end(call, doubt(error))),
    );
  }

  #end(call: Call, outcome: Outcome): void {
    if (!this.#calls.delete(call)) return;
    const { clock, gate, onEnd, point, random, results } = this.#deps;
    point("sent");
    const now = clock();
    gate.ended();
    const { message, segments, account } = call;
    const { provider } = account;
    const told = this.#tell(outcome, message, now);
    results.add(toSettlement(told.outcome, { message, segments, provider, now, random }));
    onEnd(told.stop);
  }

  /** Tells the account's gate how a call ended, and looks whether too many of the campaign fail. */
  #tell(outcome: Outcome, message: Intended, now: Instant): Told {
    const { distribution, failurePercent, gate, watch } = this.#deps;
    if (outcome.outcome === "accepted" || isForOtherWay(outcome, distribution)) {
      gate.succeeded(message.address, now);
      return { outcome, stop: watch.ended(false, null) };
    }
    const told = tellGate(gate, outcome, { message, rate: this.#pace.rate(now), now });
    return { outcome: told.outcome, stop: told.isEnd ? watch.ended(true, failurePercent()) : null };
  }
}
