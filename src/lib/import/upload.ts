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
export function uploadContacts(upload: Upload): Promise<Result<string, UploadFailure>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    upload.signal.addEventListener("abort", abort, { once: true });
    const settle = (result: Result<string, UploadFailure>): void => {
      upload.signal.removeEventListener("abort", abort);
      resolve(result);
    };
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      if (total > 0) upload.onProgress(loaded / total);
    });
    request.addEventListener("load", () => settle(read(request)));
    request.addEventListener("error", () => settle(err({ text: offlineText, retry: true })));
    request.addEventListener("abort", () =>
      settle(err({ text: "Sending was stopped. Nothing was imported.", retry: true })),
    );
    request.open("POST", "/api/v1/contacts/import");
    request.setRequestHeader("idempotency-key", upload.key);
    request.send(formOf(upload));
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

function read(request: XMLHttpRequest): Result<string, UploadFailure> {
  if (request.getResponseHeader(protocolHeader) === null) {
    return err({ text: offlineText, retry: true });
  }
  const body = parse(request.responseText);
  const started = v.safeParse(importStarted, body);
  if (request.status === 202 && started.success) return ok(started.output.id);
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
