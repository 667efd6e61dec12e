/**
 * The page behind an unsubscribe link, for people without an account: plain HTML without
 * script. Opening it never unsubscribes anybody, as scanners and previews open links; pressing
 * its button does, and so does the one click of a mail program (RFC 8058), which POSTs without
 * cookies or origin. The link itself, which nobody can guess, vouches for who asks.
 */
import { maskAddress } from "#domain/audience/contact.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Recount } from "../commands/recount.ts";
import type { Leaving } from "../store/limits-store.ts";
import type { Store } from "../store/store.ts";
import { leavePage, leaveStyle, type LeaveState } from "./leave-page.ts";

/** Where a link says that it belongs. */
interface Place {
  readonly distribution: number;
  readonly n: number;
}

/** Reads links, and tells ours from forged ones. */
export interface LinkReader {
  read(token: string): Place | null;
  verify(
    token: string,
    owner: Place & { readonly workspace: string; readonly campaignId: string },
  ): boolean;
}

export interface LeaveDeps {
  readonly links: LinkReader;
  readonly store: Pick<Store, "limits">;
  readonly recount: Pick<Recount, "contactsChanged">;
  readonly clock: () => number;
}

/** Where a consent came from that such a link withdrew. */
export const linkSource = "unsubscribe link";

const maxBytes = 16 * 1024;
/** Far more than a person does, and enough for a mail provider that speaks for many. */
const perMinute = 600;
const url = "/r/u/:token";
const returning = /(?:^|&)choice=return(?:&|$)/;

export function registerLeave(app: FastifyInstance, deps: LeaveDeps): void {
  void app.register(async (inner) => {
    inner.removeAllContentTypeParsers();
    // A form, a mail program's one click, or nothing: all that is looked for is one word.
    inner.addContentTypeParser(
      "*",
      { parseAs: "string", bodyLimit: maxBytes },
      async (_request: unknown, body: string | Buffer) => body.toString(),
    );
    const config = {
      policy: "anyone",
      rateLimit: { max: perMinute, timeWindow: "1 minute" },
    };
    inner.get<{ Params: { token: string } }>(url, { config }, async (request, reply) => {
      const found = await find(deps, request.params.token);
      if (found === null) return answer(reply, 404, { state: "unknown" });
      const { leaving } = found;
      return show(reply, leaving, leaving.isSubscribed ? "asks" : "gone");
    });
    inner.post<{ Params: { token: string } }>(url, { config }, async (request, reply) => {
      const found = await find(deps, request.params.token);
      if (found === null) return answer(reply, 404, { state: "unknown" });
      const { leaving, place } = found;
      const now = deps.clock();
      const isReturn = typeof request.body === "string" && returning.test(request.body);
      if (isReturn) await deps.store.limits.comeBack({ ...place, source: linkSource, now });
      else await deps.store.limits.optOut({ ...place, source: linkSource, now });
      deps.recount.contactsChanged(leaving.workspace);
      return show(reply, leaving, isReturn ? "back" : "left");
    });
    inner.get("/r/style.css", { config }, async (_request, reply) =>
      reply
        .type("text/css; charset=utf-8")
        .header("cache-control", "public, max-age=3600")
        .send(leaveStyle),
    );
  });
}

/** The message of a link that is really ours. */
async function find(
  { links, store }: LeaveDeps,
  token: string,
): Promise<{ readonly leaving: Leaving; readonly place: Place } | null> {
  const place = links.read(token);
  const leaving = place === null ? null : await store.limits.leaving(place);
  if (place === null || leaving === null) return null;
  const { workspace, campaignId } = leaving;
  return links.verify(token, { workspace, campaignId, ...place }) ? { leaving, place } : null;
}

function show(reply: FastifyReply, leaving: Leaving, state: LeaveState): FastifyReply {
  const { address, channel, workspaceName } = leaving;
  const who = maskAddress(address, addressKindOf[channel]);
  return answer(reply, 200, { state, who, channel, from: workspaceName });
}

function answer(
  reply: FastifyReply,
  status: number,
  page: Parameters<typeof leavePage>[0],
): FastifyReply {
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-robots-tag", "noindex, nofollow")
    .send(leavePage(page));
}
