/**
 * `GET /r/TOKEN`: a short link, which leads on to where its campaign's link leads, and notes that it
 * was followed. Only links that were kept when the campaign went out are followed, and only tokens
 * that this server made: it leads nobody anywhere else. By such an address, too, the pages of a
 * campaign ask for the picture that tells of their opens.
 */
import { isDestination, isFixed } from "#domain/engagement/link.ts";
import { openLink } from "#domain/engagement/open.ts";
import { mergeScope, type Templates } from "#domain/message/template.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readUrl, urlFor } from "../delivery/tracked-content.ts";
import type { LinkScope } from "../store/link-store.ts";
import type { Store } from "../store/store.ts";
import { leavePage } from "./leave-page.ts";
import type { ClickLog } from "./links/click-log.ts";
import { createCountries } from "./links/countries.ts";
import { createKnownLinks, type Found } from "./links/known-links.ts";
import { createRepeats } from "./links/repeats.ts";
import { lookIn, visitOf } from "./links/visit.ts";

/** Where a short link says that it belongs. */
interface Place {
  readonly distribution: number;
  readonly n: number;
  readonly link: number;
}

/** Reads short links, and tells ours from forged ones. */
export interface ShortLinkReader {
  read(token: string): Place | null;
  verify(
    token: string,
    owner: Omit<Place, "link"> & { readonly workspace: string; readonly campaignId: string },
    link: number,
  ): boolean;
}

export interface LinkDeps {
  readonly trackedLinks: ShortLinkReader;
  readonly store: Pick<Store, "links">;
  readonly templates: Templates;
  readonly clicks: Pick<ClickLog, "add" | "addOpen">;
  readonly clock: () => number;
}

/** Many people stand behind one address of a carrier; to guess a token takes 2^48 tries. */
const perMinute = 3_000;

export function registerLinks(app: FastifyInstance, deps: LinkDeps): void {
  const { trackedLinks, store, clicks, clock } = deps;
  const known = createKnownLinks(store, clock);
  const countryOf = createCountries();
  const repeats = createRepeats(clock);
  const config = { policy: "anyone", rateLimit: { max: perMinute, timeWindow: "1 minute" } };
  app.get<{ Params: { token: string } }>("/r/:token", { config }, async (request, reply) => {
    const { token } = request.params;
    const place = trackedLinks.read(token);
    if (place === null) return unknown(reply);
    if (place.link === openLink) return picture(token, place, request, reply);
    const found = await known.find(place.distribution, place.link);
    if (found === null) return unknown(reply);
    const owner = { ...found.of, distribution: place.distribution, n: place.n };
    if (!trackedLinks.verify(token, owner, place.link)) return unknown(reply);
    const url = await destinationOf(deps, found, place);
    if (url === null) return unknown(reply);
    // Asking only for the head is looking, not following.
    if (request.method === "GET" && !repeats.isRepeat(token, request)) {
      void note(place, request);
    }
    return reply
      .code(302)
      .header("location", url)
      .header("cache-control", "no-store")
      .header("referrer-policy", "no-referrer")
      .header("x-robots-tag", "noindex, nofollow")
      .send();
  });

  async function picture(
    token: string,
    { distribution, n }: Place,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const of = await known.findOpens(distribution);
    if (of === null || !trackedLinks.verify(token, { ...of, distribution, n }, openLink)) {
      return unknown(reply);
    }
    if (request.method === "GET" && !repeats.isRepeat(token, request)) {
      clicks.addOpen({ distribution, n, ...lookIn(request.headers) });
    }
    return (
      reply
        .code(200)
        .type("image/gif")
        .header("cache-control", "no-store, private")
        // Mail programs on the web show it on pages of their own.
        .header("cross-origin-resource-policy", "cross-origin")
        .header("x-robots-tag", "noindex, nofollow")
        .send(onePoint)
    );
  }

  async function note({ distribution, n, link }: Place, request: FastifyRequest): Promise<void> {
    const country = await countryOf(request.ip).catch(() => "");
    clicks.add({ distribution, n, link, ...visitOf(request.headers, country) });
  }
}

/** A picture of one point that is not seen. */
const onePoint = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** null: it leads nowhere, or nowhere where anybody may be led. */
async function destinationOf(
  { store, templates }: LinkDeps,
  { link }: Found,
  { distribution, n }: Place,
): Promise<string | null> {
  if (isFixed(link)) return wholeUrl(link.url);
  const scope = await store.links.scopeOf({ distribution, n });
  return scope === null ? null : wholeUrl(urlFor(readUrl(link.url, templates), toScope(scope)));
}

/** As the message was filled in. */
function toScope({ contact, event, code }: LinkScope): object {
  const {
    email = "",
    phone = "",
    firstName = "",
    lastName = "",
    country = "",
    city = "",
  } = contact;
  const { fields = "" } = contact;
  const further = fields === "" ? {} : JSON.parse(fields);
  const person = { email, phone, firstName, lastName, country, city, fields: further };
  const properties = event === undefined ? undefined : JSON.parse(event);
  return mergeScope(person, { unsubscribeUrl: "", code }, properties);
}

/** As it stands in a header. */
function wholeUrl(url: string): string | null {
  if (!isDestination(url) || !URL.canParse(url)) return null;
  return new URL(url).href;
}

function unknown(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .header("referrer-policy", "no-referrer")
    .header("x-robots-tag", "noindex, nofollow")
    .send(leavePage({ state: "unknown" }));
}
