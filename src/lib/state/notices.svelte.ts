/** How a person is told outside of the app, as a page shows and changes it. */
import type { NoticeChoice } from "#domain/campaign/notice-topic.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import {
  canBePushed,
  noticeCalls,
  ownDeviceId,
  subscribe,
  unsubscribe,
  type NoticeSettings,
  type NotSubscribed,
} from "../sync/notice-calls.ts";

export class NoticesState {
  /** Null until the server answered. */
  settings: NoticeSettings | null = $state.raw(null);
  /** Why it could not be loaded; null when it could. */
  trouble: Failure | null = $state.raw(null);
  /** The server's name of this browser; null: it is not told, as far as it knows. */
  own: string | null = $state.raw(null);
  readonly canBePushed = canBePushed();
  readonly #calls: ReturnType<typeof noticeCalls>;

  constructor(api: Api) {
    this.#calls = noticeCalls(api);
  }

  /** Whether this browser is among those that are told. */
  get isThisDeviceTold(): boolean {
    return this.settings?.devices.some(({ id }) => id === this.own) === true;
  }

  async load(): Promise<void> {
    this.own = await ownDeviceId();
    const answer = await this.#calls.settings();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.settings = answer.value;
  }

  async choose(choice: Partial<NoticeChoice>): Promise<Result<NoticeSettings, Failure>> {
    return this.#keep(await this.#calls.choose(choice));
  }

  async nameAccount(accountId: Id | null): Promise<Result<NoticeSettings, Failure>> {
    return this.#keep(await this.#calls.nameAccount(accountId));
  }

  /** Has this browser told; answers why not, in the browser's or the server's way. */
  async tellThisDevice(name: string): Promise<NotSubscribed | Failure | null> {
    if (this.settings === null) return "failed";
    const made = await subscribe(this.settings.pushKey);
    if (typeof made === "string") return made;
    const added = await this.#calls.addDevice(name, made);
    await this.load();
    return added.ok ? null : added.error;
  }

  /** Answers why it failed; null when it did not. */
  async removeDevice(id: string): Promise<Failure | null> {
    const removed = await this.#calls.removeDevice(id);
    if (removed.ok && id === this.own) await unsubscribe();
    await this.load();
    return removed.ok ? null : removed.error;
  }

  #keep(answer: Result<NoticeSettings, Failure>): Result<NoticeSettings, Failure> {
    if (answer.ok) this.settings = answer.value;
    return answer;
  }
}
