/** Sends a file to the server and tells how far it is, which `fetch` cannot. */
import type { Mapping } from "#domain/audience/mapping.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import { protocolHeader } from "#protocol/version.ts";
import { importStarted } from "#protocol/rest/contacts.ts";
import * as v from "valibot";

export interface Upload {
  readonly file: File;
  readonly mapping: Mapping;
  readonly listName: string;
  /** The same for every try of one import: a repeat whose answer was lost does nothing twice. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** A share between 0 and 1. */
  readonly onProgress: (share: number) => void;
}

/** Why a file did not arrive. `retry`: nothing is wrong with it, so the same can be sent again. */
export interface UploadFailure {
  readonly text: string;
  readonly retry: boolean;
}

const offlineText =
  "The server could not be reached. Your file and your choices are kept here: send them again when you are online.";
const answer = v.object({ detail: v.string() });

/** The id of the import that the server began. Never throws. */
export async function uploadContacts(upload: Upload): Promise<Result<string, UploadFailure>> {
  const sent = await sendFile({
    ...upload,
    path: "/api/v1/contacts/import",
    body: formOf(upload),
    schema: importStarted,
  });
  return sent.ok ? ok(sent.value.id) : sent;
}

export interface SentFile<T> extends Pick<Upload, "key" | "signal" | "onProgress"> {
  readonly path: string;
  readonly body: FormData | File;
  /** What the server answers that took it. */
  readonly schema: v.GenericSchema<unknown, T>;
}

/** Sends a file, and answers what the server said of it. Never throws. */
export function sendFile<T>(sent: SentFile<T>): Promise<Result<T, UploadFailure>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    sent.signal.addEventListener("abort", abort, { once: true });
    const settle = (result: Result<T, UploadFailure>): void => {
      sent.signal.removeEventListener("abort", abort);
      resolve(result);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) sent.onProgress(loaded / total);
    });
    request.addEventListener("load", () => settle(read(request, sent.schema)));
    request.addEventListener("error", () => settle(err({ text: offlineText, retry: true })));
    request.addEventListener("abort", () =>
      settle(err({ text: "Sending was stopped. Nothing was imported.", retry: true })),
    );
    request.open("POST", sent.path);
    if (sent.body instanceof File) request.setRequestHeader("content-type", "text/csv");
    request.setRequestHeader("idempotency-key", sent.key);
    request.send(sent.body);
  });
}

/** The words before the file: the server need not hold anything back. */
function formOf({ file, mapping, listName }: Upload): FormData {
  const form = new FormData();
  form.set("mapping", JSON.stringify(mapping));
  form.set("fileName", file.name);
  form.set("list", listName);
  form.set("file", file);
  return form;
}

function read<T>(
  request: XMLHttpRequest,
  schema: v.GenericSchema<unknown, T>,
): Result<T, UploadFailure> {
  if (request.getResponseHeader(protocolHeader) === null) {
    return err({ text: offlineText, retry: true });
  }
  const body = parse(request.responseText);
  const taken = v.safeParse(schema, body);
  if (request.status < 300 && taken.success) return ok(taken.output);
  const told = v.safeParse(answer, body);
  const text = told.success ? told.output.detail : "The server cannot take the file just now.";
  return err({ text, retry: request.status === 401 || request.status >= 500 });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
