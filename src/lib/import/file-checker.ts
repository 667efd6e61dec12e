/** The page's side of the worker that reads files. */
import type { Mapping } from "#domain/audience/mapping.ts";
import { err, type Result } from "#domain/core/result.ts";
import type { Check, CheckedFile, FirstLook } from "./file-check.ts";
import type { ImportNews, ImportTask } from "./optional-files.worker.ts";

export interface FileChecker {
  look(file: File): Promise<Result<FirstLook, string>>;
  check(
    file: File,
    options: {
      readonly mapping: Mapping;
      readonly now: number;
      readonly onProgress: (check: Check) => void;
    },
  ): Promise<Result<CheckedFile, string>>;
  /** Ends what is under way; its promise never settles. */
  stop(): void;
}

/** A worker for each task: ending it is the one sure way to stop reading. */
export function createFileChecker(): FileChecker {
  let worker: Worker | null = null;

  const run = (task: ImportTask, hear: (news: ImportNews) => void, fail: () => void): void => {
    worker?.terminate();
    const mine = new Worker(new URL("./optional-files.worker.ts", import.meta.url), {
      type: "module",
    });
    worker = mine;
    mine.addEventListener("message", (event: MessageEvent<ImportNews>) => hear(event.data));
    mine.addEventListener("error", fail);
    mine.postMessage(task);
  };

  const failed = err(
    "The reader of files did not start. A new device gets it with its next connection; on others, reload the app and choose the file again.",
  );

  return {
    look: (file) =>
      new Promise((resolve) => {
        run(
          { t: "look", file },
          (news) => {
            if (news.t === "looked") resolve(news.look);
          },
          () => resolve(failed),
        );
      }),
    check: (file, { mapping, now, onProgress }) =>
      new Promise((resolve) => {
        run(
          { t: "check", file, mapping: [...mapping], now },
          (news) => {
            if (news.t === "progress") onProgress(news.check);
            if (news.t === "checked") resolve(news.checked);
          },
          () => resolve(failed),
        );
      }),
    stop: () => {
      worker?.terminate();
      worker = null;
    },
  };
}
