/** Sends a file of codes into a pool. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import { codesAdded } from "#protocol/rest/codes.ts";
import type * as v from "valibot";
import { sendFile, type Upload, type UploadFailure } from "./upload.ts";

export type AddedCodes = v.InferOutput<typeof codesAdded>;

/** What became of its lines. Never throws. */
export function uploadCodes(
  pool: Id,
  { file, ...sent }: Pick<Upload, "file" | "key" | "signal" | "onProgress">,
): Promise<Result<AddedCodes, UploadFailure>> {
  const path = `/api/v1/code-pools/${pool}/import`;
  return sendFile({ ...sent, path, body: file, schema: codesAdded });
}
