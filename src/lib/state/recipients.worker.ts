/** The worker's own end of the desk: calls in the order in which they came; a file takes its time beside the others. */
import { answerCall, createDeskCalls, type Answered, type Asked } from "./recipient-desk.ts";

const calls = createDeskCalls();

globalThis.addEventListener("message", ({ data: asked }: MessageEvent<Asked>) => {
  void answer(asked);
});

async function answer(asked: Asked): Promise<void> {
  const { id } = asked;
  const tell = (progress: number): void => say({ id, progress, answer: null, error: null });
  try {
    say({ id, answer: await answerCall(calls, asked, tell), error: null });
  } catch (error) {
    say({ id, answer: null, error: String(error) });
  }
}

function say(answered: Answered): void {
  globalThis.postMessage(answered);
}
