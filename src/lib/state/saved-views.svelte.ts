/** The reports that the workspace keeps under a name: views and dashboards. */
import type { SavedView, ViewFields } from "#domain/analytics/saved-view.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import type { App } from "./app-context.ts";
import type { Live } from "./live.svelte.ts";

export class SavedViewsState {
  readonly #app: Pick<App, "device" | "writer" | "session" | "newId">;
  readonly #live: Live<readonly SavedView[]>;

  constructor(app: Pick<App, "device" | "writer" | "session" | "newId">) {
    this.#app = app;
    this.#live = app.device.live<readonly SavedView[]>([], async (db) => {
      const [workspace] = await db.workspace.toArray();
      return (workspace?.doc.views ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
    });
  }

  get all(): readonly SavedView[] {
    return this.#live.value;
  }

  get isLoaded(): boolean {
    return this.#live.isLoaded;
  }

  byId(id: Id | null): SavedView | undefined {
    return this.all.find((view) => view.id === id);
  }

  /** What the person begins with. */
  get first(): SavedView | undefined {
    const user = this.#app.session.user?.id;
    return user === undefined
      ? undefined
      : this.all.find(({ defaultOf = [] }) => defaultOf.includes(user));
  }

  /** Whether the person may change it: they made it, or are an administrator. */
  mayChange({ by }: SavedView): boolean {
    return by === this.#app.session.user?.id || this.#app.session.may("member.edit");
  }

  /** Under a new id, or in the place of a known one; answers the id. */
  keep(fields: ViewFields, id: Id = this.#app.newId()): Promise<Result<Id, Refusal>> {
    const { name, query, tiles } = fields;
    const set = tiles === undefined ? { name, query } : { name, query, tiles };
    return this.#write(id, set);
  }

  remove(id: Id): Promise<Result<Id, Refusal>> {
    return this.#write(id, null);
  }

  beginWith(view: Id, on: boolean): Promise<Result<Id, Refusal>> {
    const id = this.#app.session.workspace?.id ?? "";
    return this.#app.writer.write({ name: "report.default", args: { id, view, on } }, view);
  }

  /** No page shows it any more. */
  leave(): void {
    this.#app.device.detach(this.#live);
  }

  #write(view: Id, set: ViewFields | null): Promise<Result<Id, Refusal>> {
    const id = this.#app.session.workspace?.id ?? "";
    return this.#app.writer.write({ name: "report.keep", args: { id, view, set } }, view);
  }
}
