// A real SMTP server on loopback that takes every mail and keeps a log of it, as the other
// side's own account of what was delivered.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";

/** One mail as the receiving server saw it. */
export interface ReceivedMail {
  readonly to: string;
  readonly messageId: string;
  readonly subject: string;
}

export class SmtpSink {
  readonly log: ReceivedMail[] = [];
  readonly port: number;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, port: number, log: ReceivedMail[]) {
    this.#server = server;
    this.port = port;
    this.log = log;
  }

  static async open(): Promise<SmtpSink> {
    const log: ReceivedMail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      onData: (stream, session, answer) => {
        void take(stream, session, log).then(answer);
      },
    });
    server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    const address = server.server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    return new SmtpSink(server, address.port, log);
  }

  /** How often each address was delivered to. */
  countsByRecipient(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { to } of this.log) counts.set(to, (counts.get(to) ?? 0) + 1);
    return counts;
  }

  async close(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.#server.close(() => closed.resolve());
    await closed.promise;
  }
}

/** Notes the mail; answers what went wrong, or nothing. */
async function take(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  log: ReceivedMail[],
): Promise<Error | undefined> {
  try {
    log.push(...(await readMail(stream, session)));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Reads the headers, and lets the body pass. */
async function readMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<ReceivedMail[]> {
  const headers = new Map<string, string>();
  let isBody = false;
  for await (const line of createInterface({ input: stream })) {
    if (line === "") isBody = true;
    const colon = line.indexOf(":");
    if (isBody || colon === -1) continue;
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const messageId = headers.get("message-id") ?? "";
  const subject = headers.get("subject") ?? "";
  return session.envelope.rcptTo.map(({ address }) => ({ to: address, messageId, subject }));
}
