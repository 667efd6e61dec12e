/** The providers of the server, as they describe themselves; the last answer is kept. */
import type { ProviderDescription } from "#domain/campaign/provider.ts";
import { ok, type Result } from "#domain/core/result.ts";
import { providerList } from "#protocol/rest/provider.ts";
import * as v from "valibot";
import { keepAnswer, loadAnswer } from "../db/answer.ts";
import type { ClientDb } from "../db/client-db.ts";
import type { Api, Failure } from "./api.ts";

const url = "/api/v1/providers";

/** As they were when this device last asked; null: it never did. */
export async function keptProviders(db: ClientDb): Promise<readonly ProviderDescription[] | null> {
  const parsed = v.safeParse(providerList, await loadAnswer(db, url));
  return parsed.success ? parsed.output.items : null;
}

export async function askProviders(
  api: Api,
  db: ClientDb,
): Promise<Result<readonly ProviderDescription[], Failure>> {
  const answer = await api.request(providerList, "GET", url);
  if (!answer.ok) return answer;
  await keepAnswer(db, url, answer.value);
  return ok(answer.value.items);
}
