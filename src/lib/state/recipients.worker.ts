/** The worker's own end of the desk: one call at a time, in the order in which they came. */
import { answerCall, createDeskCalls, type Answered, type Asked } from "./recipient-desk.ts";

const calls = createDeskCalls();

globalThis.addEventListener("message", ({ data: { id, name, args } }: MessageEvent<Asked>) => {
  let answered: Answered;
  try {
    answered = { id, answer: answerCall(calls, name, args), error: null };
  } catch (error) {
    answered = { id, answer: null, error: String(error) };
  }
  globalThis.postMessage(answered);
});
