/** Makes a code pool on the server: codes are drawn there, and stay there. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { codePoolAnswer, codesAdded } from "#protocol/rest/codes.ts";
import type { Api, Failure } from "./api.ts";

/** Drawing many codes takes the server some seconds. */
const timeoutMs = 60_000;
const pools = "/api/v1/code-pools";

/** A pool of so many codes, each drawn by chance and good for one use. */
export async function makeCodePool(
  api: Api,
  { name, count }: { readonly name: string; readonly count: number },
): Promise<Result<Id, Failure>> {
  const made = await api.request(codePoolAnswer, "POST", pools, { name });
  if (!made.ok) return made;
  const { id } = made.value;
  const options = { timeoutMs };
  const drawn = await api.request(
    codesAdded,
    "POST",
    `${pools}/${id}/generate`,
    { count },
    options,
  );
  return drawn.ok ? { ok: true, value: id } : drawn;
}
