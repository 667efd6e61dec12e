/** What everybody who is asked for bytes promises. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Rollup } from "#domain/report/rollup.ts";

export interface Travelled {
  readonly raw: number;
  /** Compressed as it travels, or with gzip at its fastest where the peer leaves that to others. */
  readonly packed: number;
  readonly messages: number;
}

/** A server's replica and one device's, by a library's own way of bringing them together. */
export interface Peer {
  /** The server's side changes. */
  campaign(doc: Campaign): void;
  rollup(doc: Rollup): void;
  /** Brings the device to where the server is; what travelled to it. */
  catchUp(): Promise<Travelled>;
  /** Everything that goes to a device that listens from here on; stopping answers how much. */
  listen(): Promise<() => Promise<Travelled>>;
}

/** A document as fields that change by themselves, for those who merge field by field. */
export type Fields = Readonly<Record<string, unknown>>;

export function campaignFields({ content, ...rest }: Campaign): Fields {
  return { ...rest, ...content };
}

export function rollupFields({ states, segments, series, ...rest }: Rollup): Fields {
  const points = series.map(({ at, entered }): [string, unknown] => [`at ${at}`, entered]);
  const billed = Object.entries(segments).map(([state, n]): [string, unknown] => [
    `segments ${state}`,
    n,
  ]);
  return { ...rest, ...states, ...Object.fromEntries([...billed, ...points]) };
}
