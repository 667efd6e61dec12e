/**
 * A real Postfix with a queue of its own: relays to where the test says, refuses what it is told
 * to refuse, and puts mails that come back into a Maildir. Runs as root only, as Postfix does.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../free-port.ts";
import { obtain, which } from "../system-program.ts";

export interface PostfixOptions {
  /** By domain: the port on loopback to which its mails go, or why they are refused. */
  readonly domains: Readonly<Record<string, number | string>>;
  /** Where mails to this domain are kept. */
  readonly bounceDomain: string;
}

/** The mails' owner: any but root, who may own none. */
const nobody = 65_534;

const services = [
  "pickup unix n - n 60 1 pickup",
  "cleanup unix n - n - 0 cleanup",
  "qmgr unix n - n 300 1 qmgr",
  "rewrite unix - - n - - trivial-rewrite",
  "bounce unix - - n - 0 bounce",
  "defer unix - - n - 0 bounce",
  "trace unix - - n - 0 bounce",
  "verify unix - - n - 1 verify",
  "flush unix n - n 1000 0 flush",
  "proxymap unix - - n - - proxymap",
  "smtp unix - - n - - smtp",
  "showq unix n - n - - showq",
  "error unix - - n - - error",
  "retry unix - - n - - error",
  "virtual unix - n n - - virtual",
  "anvil unix - - n - 1 anvil",
  "scache unix - - n - 1 scache",
  "postlog unix-dgram n - n - 1 postlogd",
];

export class Postfix {
  readonly port: number;
  /** The folder that holds the Maildir `bounces`. */
  readonly mailRoot: string;
  readonly #dir: string;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.port = port;
    this.mailRoot = join(dir, "mail");
  }

  /** null where there is none and none can be had. */
  static async open(options: PostfixOptions): Promise<Postfix | null> {
    if (process.getuid?.() !== 0 || obtain("postfix", () => which("postfix")) === null) return null;
    const dir = mkdtempSync(join(tmpdir(), "fieldcast-postfix-"));
    chmodSync(dir, 0o755);
    const postfix = new Postfix(dir, await freePort());
    for (const name of ["etc", "queue", "data", "mail"]) mkdirSync(join(dir, name));
    execFileSync("chown", ["postfix", join(dir, "data")]);
    execFileSync("chown", [String(nobody), join(dir, "mail")]);
    const listen = `127.0.0.1:${postfix.port} inet n - n - - smtpd`;
    writeFileSync(join(dir, "etc/master.cf"), `${[listen, ...services].join("\n")}\n`);
    writeFileSync(join(dir, "etc/main.cf"), mainOf(dir, options));
    execFileSync("postfix", ["-c", join(dir, "etc"), "start"], { stdio: "ignore" });
    return postfix;
  }

  close(): void {
    execFileSync("postfix", ["-c", join(this.#dir, "etc"), "stop"], { stdio: "ignore" });
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function mainOf(dir: string, { domains, bounceDomain }: PostfixOptions): string {
  const transports = Object.entries(domains).map(([domain, to]) => {
    const way = typeof to === "number" ? `smtp:[127.0.0.1]:${to}` : `error:${to}`;
    return `{ ${domain} = ${way} }`;
  });
  return `${[
    "compatibility_level = 3.6",
    `queue_directory = ${dir}/queue`,
    `data_directory = ${dir}/data`,
    `maillog_file = ${dir}/data/log`,
    `maillog_file_prefixes = ${dir}`,
    "inet_interfaces = 127.0.0.1",
    "inet_protocols = ipv4",
    "myhostname = relay.test",
    "mydestination =",
    "smtp_dns_support_level = disabled",
    "default_transport = error:5.4.4 no outside mail",
    `transport_maps = inline:{ ${transports.join(", ")} }`,
    `virtual_mailbox_domains = ${bounceDomain}`,
    `virtual_mailbox_base = ${dir}/mail`,
    `virtual_mailbox_maps = inline:{ { bounces@${bounceDomain} = bounces/ } }`,
    `virtual_uid_maps = static:${nobody}`,
    `virtual_gid_maps = static:${nobody}`,
    "recipient_delimiter = +",
    "mynetworks = 127.0.0.0/8",
    "smtpd_relay_restrictions = permit_mynetworks, reject",
    // What is refused is refused later, as by a server elsewhere, and comes back by mail.
    "smtpd_reject_unlisted_recipient = no",
    "smtpd_client_connection_count_limit = 0",
    "alias_maps =",
    "local_recipient_maps =",
    "biff = no",
  ].join("\n")}\n`;
}
