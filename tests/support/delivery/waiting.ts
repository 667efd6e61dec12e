/** What a server's metrics say of its messages and timers. */
import type { RealServer } from "../real-server.ts";

export interface Waiting {
  /** Messages of campaigns that are not over, by state. */
  readonly messages: Readonly<Record<string, number>>;
  /** Timers whose moment has come, and which nothing has taken yet. */
  readonly due: number;
  /** What people are to be told outside of the app and have not been told. */
  readonly notices: number;
}

export async function readWaiting(server: RealServer): Promise<Waiting> {
  const answer = await fetch(`${server.url}/metrics`);
  if (!answer.ok) throw new Error(`GET /metrics answered ${answer.status}`);
  const text = await answer.text();
  const due = gauges(text, "timers", "kind")["due"];
  if (due === undefined) throw new Error(`no timers in the metrics:\n${text}`);
  const notices = /^fieldcast_notices_waiting (\d+)$/m.exec(text)?.[1];
  if (notices === undefined) throw new Error(`no notices in the metrics:\n${text}`);
  return { messages: gauges(text, "messages_waiting", "state"), due, notices: Number(notices) };
}

function gauges(text: string, name: string, label: string): Readonly<Record<string, number>> {
  const pattern = new RegExp(`^fieldcast_${name}\\{${label}="(\\w+)"\\} (\\d+)$`, "gm");
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, value = "", n]) => [value, Number(n)]),
  );
}
