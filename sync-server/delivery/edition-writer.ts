/** Writing for a campaign that was edited after its launch: whoever was first written to with an old text gets it again. */
import type { Result } from "#domain/core/result.ts";
import { findLinks, type FoundLink } from "#domain/engagement/link.ts";
import { openLink } from "#domain/engagement/open.ts";
import { type Wording } from "../store/delivery-store.ts";
import {
  contactColumns,
  type ContactColumn,
  type Intended,
  type OpenDistribution,
} from "../store/distribution.ts";
import type { EngineDeps } from "./carriers.ts";
import { createWriter, type Unwritten, type WriterDeps, type Written } from "./writer.ts";

/** Writes each message with the text that it has to carry. */
export interface EditionWriter {
  /** The newest text. */
  readonly edition: number;
  /** What any of the texts has to know of a contact. */
  readonly columns: readonly ContactColumn[];
  write(
    message: Pick<Intended, "n" | "contact" | "edition" | "event" | "code">,
  ): Result<Written, Unwritten>;
}

/** Reads every text that a message of the distribution may have to carry. */
export async function openWriter(
  { leaveLinks, trackedLinks, store, templates }: WriterParts,
  {
    way,
    workspace,
    campaignId,
    channel,
    seq,
    tracksLinks,
    tracksOpens,
  }: Pick<
    OpenDistribution,
    "way" | "workspace" | "campaignId" | "channel" | "seq" | "tracksLinks" | "tracksOpens"
  >,
): Promise<EditionWriter> {
  const wordings = await store.delivery.wordings({ distribution: seq, way });
  const ownerOf = (n: number) => ({ workspace, campaignId, distribution: seq, n });
  const { ownUrl, length } = trackedLinks;
  // Durable before any message has them.
  const links = tracksLinks
    ? await store.delivery.noteLinks({
        distribution: seq,
        links: linksIn(wordings, ownUrl),
        length,
      })
    : [];
  return createEditionWriter(wordings, {
    templates,
    channel,
    leaveUrl: (n) => leaveLinks.urlOf(ownerOf(n)),
    ...(tracksOpens ? { pictureUrl: (n) => trackedLinks.urlOf(ownerOf(n), openLink) } : {}),
    tracked: { links, ownUrl, urlOf: (n, link) => trackedLinks.urlOf(ownerOf(n), link) },
  });
}

type WriterParts = Pick<EngineDeps, "leaveLinks" | "trackedLinks" | "store" | "templates">;

function linksIn(wordings: readonly Wording[], ownUrl: string): readonly FoundLink[] {
  return wordings.flatMap(({ content }) => findLinks(content, ownUrl));
}

function createEditionWriter(
  wordings: readonly Wording[],
  deps: Omit<WriterDeps, "content">,
): EditionWriter {
  const writers = new Map(
    wordings.map(({ edition, content }) => [edition, createWriter({ ...deps, content })]),
  );
  const used = new Set([...writers.values()].flatMap(({ columns }) => columns));
  return {
    edition: Math.max(...writers.keys()),
    columns: contactColumns.filter((column) => used.has(column)),
    write: (message) => {
      const writer = writers.get(message.edition);
      if (writer === undefined) throw new Error(`there is no text ${message.edition}`);
      return writer.write(message);
    },
  };
}
