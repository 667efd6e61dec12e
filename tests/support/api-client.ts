// The API as a script uses it: a key, JSON, and the status that came back.
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export class ApiClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = `${url}/api/v1`;
    this.#key = key;
  }

  get(path: string): Promise<Answer> {
    return this.#send("GET", path);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.#send("POST", path, "application/json", JSON.stringify(body));
  }

  postCsv(path: string, csv: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
    return this.#send("POST", path, "text/csv", csv);
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.#send("PATCH", path, "application/json", JSON.stringify(body));
  }

  delete(path: string): Promise<Answer> {
    return this.#send("DELETE", path);
  }

  /** Every item of a list, page after page. */
  async all(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const items: Readonly<Record<string, unknown>>[] = [];
    const joint = path.includes("?") ? "&" : "?";
    let rest = "";
    for (;;) {
      const page = await this.get(path + rest);
      if (page.status !== 200) throw new Error(`${path} answered ${page.status}: ${page.text}`);
      const { items: some, next } = page.body;
      if (Array.isArray(some)) items.push(...some);
      if (typeof next !== "string") return items;
      rest = `${joint}cursor=${encodeURIComponent(next)}`;
    }
  }

  /** Asks again until the answer is as wanted, or gives up with the last answer in words. */
  async until(
    path: string,
    isWanted: (body: Readonly<Record<string, unknown>>) => boolean,
    withinMs = 60_000,
  ): Promise<Answer> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await this.get(path);
      if (answer.status === 200 && isWanted(answer.body)) return answer;
      if (Date.now() > deadline)
        throw new Error(`${path} stayed at ${answer.text.slice(0, 2_000)}`);
      await wait(100);
    }
  }

  async #send(
    method: string,
    path: string,
    type?: string,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(type === undefined ? {} : { "content-type": type }),
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, text, body: parse(text, response) };
  }
}

function parse(text: string, response: Response): Readonly<Record<string, unknown>> {
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return isJson ? JSON.parse(text) : {};
}
