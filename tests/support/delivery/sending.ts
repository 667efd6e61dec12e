/** Campaigns to given people over the real API, and what became of them. */
import { type RestClient, waitFor } from "./rest-client.ts";

interface Made {
  readonly id: string;
}

export interface MessageRow {
  readonly n: number;
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly attempts: number;
}

export interface SentReport {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, number>>;
}

const withinMs = 120_000;

/** Imports these addresses, in this order; answers an audience of everybody. */
export async function everybody(
  api: RestClient,
  emails: readonly string[],
  doneWithinMs = withinMs,
): Promise<string> {
  const csv = ["email,email_consent", ...emails.map((email) => `${email},yes`)].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
    doneWithinMs,
  );
  return (await api.post<Made>("/audiences", { name: "Everybody", rule: { kind: "all" } })).id;
}

/** An account at a carrier behind a URL. */
export async function webhookAccount(
  api: RestClient,
  url: string,
  over: {
    readonly settings?: object;
    readonly limits?: object;
    readonly guards?: object;
    readonly onUnknown?: string;
  } = {},
): Promise<string> {
  const { settings, ...rest } = over;
  const account = { name: "Hook", channel: "email", provider: "webhook", ...rest };
  return (await api.post<Made>("/accounts", { ...account, settings: { url, ...settings } })).id;
}

/** Sends a campaign; answers its id. */
export async function send(
  api: RestClient,
  audienceId: string,
  accountId: string,
  name = "Autumn",
): Promise<string> {
  const content = { subject: "Hi", text: "Hello" };
  const campaign = { name, type: "email", content, audienceId, accountId };
  const { id } = await api.post<Made>("/campaigns", campaign);
  await api.post(`/campaigns/${id}/send`);
  return id;
}

/**
 * Sends to everybody through an account of its own, which takes at once: whatever else the engine
 * would have begun, it has looked at by then.
 */
export async function sendElsewhere(api: RestClient): Promise<void> {
  const settings = { latencyMs: 0, failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 0 };
  const account = { name: "Sandbox", channel: "email", provider: "sandbox", settings };
  const { id: accountId } = await api.post<Made>("/accounts", account);
  const rule = { kind: "all" };
  const { id } = await api.post<Made>("/audiences", { name: "All", rule });
  await reportWhen(api, await send(api, id, accountId, "Meanwhile"), isHandedOver);
}

export function reportWhen(
  api: RestClient,
  id: string,
  isRight: (report: SentReport) => boolean,
): Promise<SentReport> {
  return waitFor(() => api.get<SentReport>(`/campaigns/${id}/report`), isRight, withinMs);
}

/** It has begun, nothing waits for its turn and nothing is in flight. */
export function isHandedOver({ counters }: SentReport): boolean {
  const { total = 0, queued = 0, sending = 0 } = counters;
  return total > 0 && queued + sending === 0;
}

/** What the rows of a campaign say, by address. */
export async function rowsOf(
  api: RestClient,
  id: string,
): Promise<ReadonlyMap<string, MessageRow>> {
  const page = await api.get<{ readonly items: readonly MessageRow[] }>(
    `/campaigns/${id}/messages?limit=1000`,
  );
  return new Map(page.items.map((row) => [row.address, row]));
}
