/** A real server with people in it, for tests that send to them and read what became of it. */
import { RealServer } from "../real-server.ts";
import { RestClient, waitFor } from "./rest-client.ts";

export interface Made {
  readonly id: string;
}

export type Counts = Readonly<Record<string, number>>;

export interface Report {
  readonly campaign: { readonly phase: string; readonly outcome: string };
  readonly counters: Counts;
  readonly segments: Counts;
  readonly marks: Counts;
  readonly vocabularies: {
    readonly headline: Counts;
    readonly flow: Counts;
    readonly broadcast: Counts;
    readonly segments: Counts;
    readonly dashboard: Counts;
  };
  readonly reasons: readonly {
    readonly state: string;
    readonly reason: string;
    readonly text: string;
    readonly n: number;
  }[];
}

export interface MessageRow {
  readonly n: number;
  readonly address: string;
  readonly state: string;
  readonly at: string;
  readonly reason: string;
  readonly reasonText: string;
  readonly attempts: number;
  readonly segments: number;
  readonly channel: string;
}

export interface Page<T> {
  readonly items: readonly T[];
}

export interface Started {
  readonly server: RealServer;
  readonly api: RestClient;
  readonly audienceId: string;
}

/** Starts a server and imports a CSV; everybody in it is the audience. */
export async function startWith(
  csv: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const server = await RealServer.open(env);
  const api = await RestClient.setUp(server);
  return { server, api, audienceId: await audienceOf(api, csv, "Everyone") };
}

/** Imports a CSV into a list of its own; answers the audience of that list. */
export async function audienceOf(api: RestClient, csv: string, name: string): Promise<string> {
  const query = new URLSearchParams({ list: name });
  const { id, listId } = await api.post<Made & { readonly listId: string }>(
    `/contacts/import?${query}`,
    csv,
    "text/csv",
  );
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${id}`),
    ({ state }) => state === "done",
  );
  const audience = { name, rule: { kind: "list", listId } };
  return (await api.post<Made>("/audiences", audience)).id;
}

export interface Plan {
  readonly name: string;
  readonly type: "email" | "sms";
  readonly audienceId: string;
  readonly accountId: string;
  readonly text?: string;
}

/** Makes a campaign and sends it; answers its path. */
export async function send(api: RestClient, plan: Plan): Promise<string> {
  const { name, type, audienceId, accountId, text = "Hello {{ first_name }}" } = plan;
  const content = { subject: type === "email" ? "Hello" : "", text };
  const { id } = await api.post<Made>("/campaigns", { name, type, audienceId, accountId, content });
  await api.post(`/campaigns/${id}/send`);
  return `/campaigns/${id}`;
}

export function phaseIs(api: RestClient, path: string, ...phases: string[]): Promise<unknown> {
  return waitFor(
    () => api.get<{ readonly phase: string }>(path),
    ({ phase }) => phases.includes(phase),
    60_000,
  );
}

export function reportOf(api: RestClient, path: string): Promise<Report> {
  return api.get<Report>(`${path}/report`);
}

export async function rowsOf(api: RestClient, path: string): Promise<readonly MessageRow[]> {
  return (await api.get<Page<MessageRow>>(`${path}/messages?limit=1000`)).items;
}
