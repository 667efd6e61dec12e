/** Reads a file beside the page, so that the page never waits for it. */
import { checkFile, lookAt, type Check, type CheckedFile, type FirstLook } from "./file-check.ts";
import { parsePhone } from "./phone.ts";
import type { Mapping } from "#domain/audience/mapping.ts";
import type { Result } from "#domain/core/result.ts";

/** To the worker. A new task replaces what is under way. */
export type ImportTask =
  | { readonly t: "look"; readonly file: File }
  | { readonly t: "check"; readonly file: File; readonly mapping: Mapping; readonly now: number };

/** From the worker. */
export type ImportNews =
  | { readonly t: "looked"; readonly look: Result<FirstLook, string> }
  | { readonly t: "progress"; readonly check: Check }
  | { readonly t: "checked"; readonly checked: Result<CheckedFile, string> };

/** The page draws no more often than this. */
const tellEveryMs = 100;

self.addEventListener("message", (event: MessageEvent<ImportTask>) => {
  void work(event.data).then(tell);
});

async function work(task: ImportTask): Promise<ImportNews> {
  try {
    if (task.t === "look") return { t: "looked", look: await lookAt(task.file) };
    return { t: "checked", checked: await check(task) };
  } catch {
    // The file was changed, moved or taken away (a stick, a phone) while it was read.
    const error = "The file can no longer be read. Choose it again.";
    const failed = { ok: false, error } as const;
    return task.t === "look" ? { t: "looked", look: failed } : { t: "checked", checked: failed };
  }
}

function check({
  file,
  mapping,
  now,
}: Extract<ImportTask, { readonly t: "check" }>): Promise<Result<CheckedFile, string>> {
  let toldAt = 0;
  return checkFile(file, {
    mapping,
    now,
    parsePhone,
    onProgress: (progress) => {
      if (performance.now() - toldAt < tellEveryMs) return;
      toldAt = performance.now();
      tell({ t: "progress", check: progress });
    },
  });
}

function tell(news: ImportNews): void {
  self.postMessage(news);
}
