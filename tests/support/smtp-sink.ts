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
  /** Header fields by their names in small letters, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
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

  /** With a password, only who names it is let in. */
  static async open(password?: string): Promise<SmtpSink> {
    const log: ReceivedMail[] = [];
    const server = new SMTPServer({
      authOptional: password === undefined,
      allowInsecureAuth: true,
      onAuth: ({ username = "", password: said }, _session, answer) =>
        said === password
          ? answer(null, { user: username })
          : answer(new Error("Invalid username or password")),
      disabledCommands: ["STARTTLS"],
      onData: (stream, session, answer) => {
        void take(stream, session, log).then(answer);
      },
    });
    server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    const address = server.server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    // Who is killed in the middle of a mail resets the connection; the mail was not taken.
    server.on("error", () => undefined);
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

/** Reads the mail. */
async function readMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<ReceivedMail[]> {
  const headers = new Map<string, string>();
  const body: string[] = [];
  let isBody = false;
  let last = "";
  for await (const line of createInterface({ input: stream })) {
    if (isBody) body.push(line);
    else if (line === "") isBody = true;
    else if (/^\s/.test(line))
      headers.set(last, `${headers.get(last) ?? ""} ${line.trim()}`.trim());
    else {
      const colon = line.indexOf(":");
      last = line.slice(0, colon).toLowerCase();
      headers.set(last, line.slice(colon + 1).trim());
    }
  }
  const messageId = headers.get("message-id") ?? "";
  const subject = headers.get("subject") ?? "";
  const mail = { messageId, subject, headers, body: body.join("\n") };
  return session.envelope.rcptTo.map(({ address }) => ({ to: address, ...mail }));
}
