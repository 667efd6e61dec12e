/**
 * One HTTP call and the beginning of its answer. `dispatch` is the pool's own door: `request` makes
 * a stream and a signal for each call, which cost more than the call itself when there are many.
 */
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
  readonly headers: Dispatcher.ResponseData["headers"];
  /** Its first characters. */
  readonly text: string;
}

/** More of an answer than this is not read: the connection is given up. */
const maxAnswerBytes = 64 * 1024;
const shownChars = 500;

/** Rejects with the error of the connection; an answer that was cut off is one. */
export function callHttp(pool: Dispatcher, call: HttpCall): Promise<HttpAnswer> {
  const { timeoutMs, headers, body, ...where } = call;
  const until = performance.now() + timeoutMs;
  return new Promise((resolve, reject) => {
    let status = 0;
    let answered: HttpAnswer["headers"] = {};
    let bytes = 0;
    const parts: Buffer[] = [];
    const end = () => {
      const text = Buffer.concat(parts).toString().slice(0, shownChars);
      resolve({ statusCode: status, headers: answered, text });
    };
    pool.dispatch(
      { ...where, headers: headers ?? null, body: body ?? null },
      {
        onRequestStart: () => undefined,
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
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
