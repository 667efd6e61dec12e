/** A real IMAP server over one Maildir, with one user and password. Runs as root only. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { obtain, which } from "../system-program.ts";

export class Dovecot {
  readonly port: number;
  readonly password: string;
  readonly #dir: string;

  private constructor(dir: string, port: number, password: string) {
    this.#dir = dir;
    this.port = port;
    this.password = password;
  }

  /** null where there is none and none can be had. */
  static async open(password: string): Promise<Dovecot | null> {
    if (process.getuid?.() !== 0) return null;
    if (obtain("dovecot-imapd", () => which("dovecot")) === null) return null;
    const dir = mkdtempSync(join(tmpdir(), "fieldcast-dovecot-"));
    chmodSync(dir, 0o755);
    const port = await freePort();
    const dovecot = new Dovecot(dir, port, password);
    for (const name of ["cur", "new", "tmp"])
      mkdirSync(join(dir, "mail", name), { recursive: true });
    dovecot.#own();
    writeFileSync(join(dir, "conf"), confOf(dir, port, password));
    execFileSync("dovecot", ["-c", join(dir, "conf")], { stdio: "ignore" });
    await answers(port);
    return dovecot;
  }

  /** Mails arrive, in this order. */
  deliver(mails: Readonly<Record<string, string>>): void {
    for (const [name, mail] of Object.entries(mails)) {
      writeFileSync(join(this.#dir, "mail", "new", name), mail);
    }
    this.#own();
  }

  /** The flags of the mails in a folder, one text for each mail: `S` where it was seen. "": the inbox. */
  flags(folder = ""): readonly string[] {
    const path = join(this.#dir, "mail", folder === "" ? "" : `.${folder}`);
    return ["new", "cur"].flatMap((part) =>
      readdirSync(join(path, part)).map((name) => name.split(":2,")[1] ?? ""),
    );
  }

  close(): void {
    execFileSync("doveadm", ["-c", join(this.#dir, "conf"), "stop"], { stdio: "ignore" });
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #own(): void {
    execFileSync("chown", ["-R", "nobody:nogroup", join(this.#dir, "mail")]);
  }
}

function confOf(dir: string, port: number, password: string): string {
  return `base_dir = ${dir}/run
log_path = ${dir}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${dir}/mail
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${dir}/mail
}
`;
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise((resolve) => {
      socket.once("data", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (isOpen === true) return;
    await sleep(50);
  }
  throw new Error("the IMAP server does not answer");
}
