/** A campaign while somebody writes it: what is typed, and how it differs from what was saved. */
import {
  missingParts,
  type Campaign,
  type CampaignFields,
  type Content,
} from "#domain/campaign/campaign.ts";
import { toFallback } from "#domain/campaign/fallback.ts";
import type { CodePolicy } from "#domain/codes/pool.ts";
import type { Id } from "#domain/core/id.ts";

/** As kept on the device while it is typed: `base` is what it began from. */
interface KeptForm {
  readonly base: CampaignFields;
  readonly fields: CampaignFields;
}

export class CampaignForm {
  name = $state("");
  subject = $state("");
  text = $state("");
  html = $state("");
  audienceId = $state<Id | null>(null);
  accountId = $state<Id | null>(null);
  codePoolId = $state<Id | null>(null);
  codePolicy = $state<CodePolicy>("refuse");
  trackLinks = $state(false);
  fallbackAccountId = $state<Id | null>(null);
  fallbackText = $state("");
  #base: Whole = $state.raw({
    name: "",
    content: noContent,
    audienceId: null,
    accountId: null,
    ...noCodes,
    trackLinks: false,
    fallback: null,
  });
  readonly type: Campaign["type"];

  constructor(campaign: Campaign) {
    this.type = campaign.type;
    this.adopt(campaign);
  }

  get base(): CampaignFields {
    return this.#base;
  }

  get content(): Content {
    return { subject: this.subject, text: this.text, html: this.html };
  }

  get fields(): CampaignFields {
    const { name, content, audienceId, accountId, codePoolId, codePolicy, trackLinks } = this;
    const fallback = toFallback({ accountId: this.fallbackAccountId, text: this.fallbackText });
    return { name, content, audienceId, accountId, codePoolId, codePolicy, trackLinks, fallback };
  }

  get isDirty(): boolean {
    return JSON.stringify(this.fields) !== JSON.stringify(this.#base);
  }

  /** What still misses before it can go out. */
  get missing(): ReturnType<typeof missingParts> {
    return missingParts({ ...this.fields, type: this.type });
  }

  /** Shows what was saved, by this person or by somebody else. */
  adopt(fields: CampaignFields): void {
    this.#base = whole(fields);
    this.#show(this.#base);
  }

  /** This counts as saved from now on. */
  settle(fields: CampaignFields): void {
    this.#base = whole(fields);
  }

  /** It could not be saved after all; what is typed stays. */
  unsettle(base: CampaignFields): void {
    this.#base = whole(base);
  }

  keep(): KeptForm {
    return { base: this.#base, fields: this.fields };
  }

  /** Goes on where somebody was torn away; ignores what is not a kept form. */
  restore(kept: unknown): void {
    if (!isKept(kept)) return;
    this.#base = whole(kept.base);
    this.#show(whole(kept.fields));
  }

  #show({ name, content, audienceId, accountId, ...rest }: Whole): void {
    const { codePoolId, codePolicy, trackLinks, fallback } = rest;
    this.name = name;
    this.subject = content.subject;
    this.text = content.text;
    this.html = content.html;
    this.audienceId = audienceId;
    this.accountId = accountId;
    this.codePoolId = codePoolId;
    this.codePolicy = codePolicy;
    this.trackLinks = trackLinks;
    this.fallbackAccountId = fallback?.accountId ?? null;
    this.fallbackText = fallback?.text ?? "";
  }
}

/** Every field, also those that a campaign without codes or links leaves out. */
type Whole = Required<CampaignFields>;

const noCodes = { codePoolId: null, codePolicy: "refuse" } as const;

function whole({ name, content, audienceId, accountId, ...rest }: CampaignFields): Whole {
  const { codePoolId = null, codePolicy = "refuse", trackLinks = false, fallback = null } = rest;
  return { name, content, audienceId, accountId, codePoolId, codePolicy, trackLinks, fallback };
}

const noContent: Content = { subject: "", text: "", html: "" };

function isKept(value: unknown): value is KeptForm {
  return isObject(value) && isFields(value["base"]) && isFields(value["fields"]);
}

function isFields(value: unknown): value is CampaignFields {
  if (!isObject(value) || typeof value["name"] !== "string") return false;
  const content = value["content"];
  return (
    isObject(content) &&
    ["subject", "text", "html"].every((part) => typeof content[part] === "string") &&
    [value["audienceId"], value["accountId"]].every((id) => id === null || typeof id === "string")
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
