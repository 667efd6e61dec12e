/**
 * One HTTP call and the beginning of its answer. `dispatch` is the pool's own door: `request` makes
 * a stream and a signal for each call, which cost more than the call itself when there are many.
 */
import { secondMs } from "#domain/core/time.ts";
import type { Dispatcher } from "undici";

export interface HttpCall {
  readonly method: "POST" | "HEAD";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** From now to the end of the answer. The pool's own limits end an answer that falls silent. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly statusCode: number;
  /** From the beginning of the request to the end of the answer. */
  readonly tookMs: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  /** Its first characters. */
  readonly text: string;
}

/** What became of a call whose request was begun, in a sentence of ours: nobody knows what it did. */
export class CallTrouble extends Error {
  readonly code: TroubleCode;

  constructor(code: TroubleCode, words: string, cause: unknown) {
    super(words, { cause });
    this.code = code;
  }
}

type TroubleCode = "answer_cut" | "answer_slow" | "connection_lost" | "no_answer" | "no_http";

/** More of an answer than this is not read: the connection is given up. */
const maxAnswerBytes = 64 * 1024;
const shownChars = 500;

/**
 * Rejects with the error of the connection where the request was never begun, and else with a
 * CallTrouble; an answer that was cut off is one.
 */
export function callHttp(pool: Dispatcher, call: HttpCall): Promise<HttpAnswer> {
  const { timeoutMs, headers, body, ...where } = call;
  const until = performance.now() + timeoutMs;
  return new Promise((resolve, reject) => {
    let status = 0;
    let answered: HttpAnswer["headers"] = {};
    let bytes = 0;
    let begunAt: number | null = null;
    const parts: Buffer[] = [];
    const end = () => {
      const text = Buffer.concat(parts).toString().slice(0, shownChars);
      const tookMs = performance.now() - (begunAt ?? performance.now());
      resolve({ statusCode: status, tookMs, headers: answered, text });
    };
    pool.dispatch(
      { ...where, headers: headers ?? null, body: body ?? null },
      {
        onRequestStart: () => void (begunAt = performance.now()),
        onResponseStart: (_, statusCode, answerHeaders) => {
          // What comes before the answer (RFC 9110, 15.2) says nothing.
          if (statusCode < 200) return;
          status = statusCode;
          answered = answerHeaders;
        },
        onResponseData: (controller, part) => {
          if (bytes < shownChars * 4) parts.push(part);
          bytes += part.length;
          if (bytes > maxAnswerBytes) {
            end();
            controller.abort(new Error("the answer is too long"));
          } else if (performance.now() > until) {
            controller.abort(new DOMException("the answer took too long", "TimeoutError"));
          }
        },
        onResponseEnd: end,
        onResponseError: (_, error) => {
          if (begunAt === null) {
            reject(error);
            return;
          }
          const afterMs = performance.now() - begunAt;
          reject(toTrouble(error, { status, bytes, length: lengthOf(answered), afterMs }));
        },
      },
    );
  });
}

/** As it stands in the history of a message. */
export function secondsText(ms: number): string {
  return `${(ms / secondMs).toFixed(2)} seconds`;
}

/** How far an answer had come. */
interface Far {
  /** 0: its head did not come. */
  readonly status: number;
  readonly bytes: number;
  /** As its head promised; null: it did not say. */
  readonly length: number | null;
  /** Since the request was begun. */
  readonly afterMs: number;
}

function toTrouble(error: Error, { status, bytes, length, afterMs }: Far): CallTrouble {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const seconds = secondsText(afterMs);
  const isLate = code === "TimeoutError" || code.endsWith("_TIMEOUT");
  if (error.name === "HTTPParserError" || code === "UND_ERR_HEADERS_OVERFLOW") {
    const words = `What came after ${seconds} is no HTTP answer: ${error.message}`;
    return new CallTrouble("no_http", words, error);
  }
  if (status === 0) {
    return isLate
      ? new CallTrouble("no_answer", `No answer came within ${seconds}`, error)
      : new CallTrouble("connection_lost", closedWords(seconds), error);
  }
  if (isLate) {
    const words = `The answer (${status}) was not complete after ${seconds}: ${bytes} bytes of it had come`;
    return new CallTrouble("answer_slow", words, error);
  }
  const part = length === null ? `${bytes} bytes` : `${bytes} of ${length} bytes`;
  const words = `The answer (${status}) was cut off after ${part}, ${seconds} after the call began`;
  return new CallTrouble("answer_cut", words, error);
}

function closedWords(seconds: string): string {
  return `The connection was closed after ${seconds}, before any answer came`;
}

function lengthOf({ "content-length": length }: HttpAnswer["headers"]): number | null {
  return typeof length === "string" && /^\d{1,15}$/.test(length) ? Number(length) : null;
}
