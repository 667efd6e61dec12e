/**
 * An import while a person prepares it: the file, what its columns mean, what was found in it, and
 * its way to the server. It lives as long as the app is open, so that looking something up on
 * another page loses nothing.
 */
import {
  mappingProblem,
  mappingProblemWords,
  type Mapping,
  type Target,
} from "#domain/audience/mapping.ts";
import type { Id } from "#domain/core/id.ts";
import type { Check, CheckedFile, FirstLook } from "#lib/import/file-check.ts";
import type { FileChecker } from "#lib/import/file-checker.ts";
import type { uploadContacts, UploadFailure } from "#lib/import/upload.ts";

export type ImportStep = "choose" | "columns" | "checking" | "checked" | "sending" | "sent";

export interface ImportFormDeps {
  readonly checker: FileChecker;
  readonly upload: typeof uploadContacts;
  readonly now: () => number;
  readonly newKey: () => string;
}

export class ImportForm {
  step = $state<ImportStep>("choose");
  file = $state.raw<File | null>(null);
  look = $state.raw<FirstLook | null>(null);
  mapping = $state.raw<Mapping>([]);
  listName = $state("");
  /** How far the check is, then what it found. */
  check = $state.raw<Check | null>(null);
  checked = $state.raw<CheckedFile | null>(null);
  /** What is wrong with the file, in words. */
  problem = $state<string | null>(null);
  uploadShare = $state(0);
  uploadFailure = $state.raw<UploadFailure | null>(null);
  importId = $state<Id | null>(null);
  readonly #deps: ImportFormDeps;
  #sending = new AbortController();
  #key = "";

  constructor(deps: ImportFormDeps) {
    this.#deps = deps;
  }

  /** Why the columns cannot be read like this, in words; null when they can. */
  get columnsProblem(): string | null {
    const problem = mappingProblem(this.mapping, this.look?.heading.length ?? 0);
    return problem === null ? null : mappingProblemWords(problem);
  }

  get isReading(): boolean {
    return this.file !== null && this.look === null && this.problem === null;
  }

  async choose(file: File): Promise<void> {
    this.reset();
    this.file = file;
    this.listName = file.name.replace(/\.\w{1,4}$/, "").slice(0, 200);
    const look = await this.#deps.checker.look(file);
    if (this.file !== file) return;
    if (!look.ok) {
      this.problem = look.error;
      return;
    }
    this.look = look.value;
    this.mapping = look.value.mapping;
    this.step = "columns";
  }

  /** Reads a column as something else; whoever had that meaning keeps its text under its heading. */
  setTarget(column: number, target: Target): void {
    const isUnique = target !== "field" && target !== "skip";
    this.mapping = this.mapping.map((current, index) => {
      if (index === column) return target;
      return isUnique && current === target ? "field" : current;
    });
  }

  async startCheck(): Promise<void> {
    const { file, mapping } = this;
    if (file === null || this.columnsProblem !== null) return;
    this.step = "checking";
    this.check = null;
    this.checked = null;
    this.problem = null;
    const checked = await this.#deps.checker.check(file, {
      mapping,
      now: this.#deps.now(),
      onProgress: (check) => {
        if (this.file === file) this.check = check;
      },
    });
    if (this.file !== file) return;
    if (checked.ok) {
      this.checked = checked.value;
      this.check = checked.value.check;
      this.step = "checked";
      this.#key = this.#deps.newKey();
    } else {
      this.problem = checked.error;
      this.step = "columns";
    }
  }

  /** Sends the file; what goes wrong is said, and the same can be sent again. */
  async send(): Promise<void> {
    const { file } = this;
    if (file === null || this.step !== "checked") return;
    this.step = "sending";
    this.uploadShare = 0;
    this.uploadFailure = null;
    this.#sending = new AbortController();
    const sent = await this.#deps.upload({
      file,
      mapping: this.mapping,
      listName: this.listName.trim() || file.name,
      key: this.#key,
      signal: this.#sending.signal,
      onProgress: (share) => (this.uploadShare = share),
    });
    if (this.file !== file) return;
    if (sent.ok) {
      this.importId = sent.value;
      this.step = "sent";
    } else {
      this.uploadFailure = sent.error;
      this.step = "checked";
    }
  }

  stopSending(): void {
    this.#sending.abort();
  }

  /** Back to the columns, with everything that was chosen. */
  back(): void {
    this.#deps.checker.stop();
    this.step = "columns";
  }

  /** Begins anew, without a file. */
  reset(): void {
    this.#deps.checker.stop();
    this.#sending.abort();
    this.step = "choose";
    this.file = null;
    this.look = null;
    this.mapping = [];
    this.listName = "";
    this.check = null;
    this.checked = null;
    this.problem = null;
    this.uploadFailure = null;
    this.importId = null;
  }
}
