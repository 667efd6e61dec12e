/** The settings of an SMTP account: how mails leave, and how what comes back is read. */
import type { AccountField } from "./account-field.ts";

const isRead = (values: Readonly<Record<string, string | boolean>>): boolean =>
  values["bounces"] !== "none" && values["bounces"] !== undefined;
const by =
  (way: string) =>
  (values: Readonly<Record<string, string | boolean>>): boolean =>
    values["bounces"] === way;

export const smtpFields: readonly AccountField[] = [
  { key: "host", label: "Server", kind: "text", start: "", hint: "Like smtp.example.org" },
  { key: "port", label: "Port", kind: "number", start: "587" },
  {
    key: "secure",
    label: "Encrypt from the start (TLS)",
    kind: "check",
    start: false,
    hint: "Usual with port 465. With 587, encryption starts after the greeting.",
  },
  { key: "user", label: "User", kind: "text", start: "", optional: true },
  { key: "password", label: "Password", kind: "secret", start: "", optional: true },
  {
    key: "from",
    label: "From",
    kind: "text",
    start: "",
    hint: "Like Fieldcast <news@example.org>",
  },
  {
    key: "bounces",
    label: "Mails that come back",
    kind: "choice",
    start: "none",
    choices: [
      { value: "none", label: "Are not read: no report says what arrived" },
      { value: "imap", label: "Are read from a mailbox (IMAP)" },
      { value: "maildir", label: "Are read from a folder of the server (Maildir)" },
      { value: "post", label: "Are handed over by the mail server" },
    ],
  },
  {
    key: "bounceAddress",
    label: "Address they come back to",
    kind: "text",
    start: "",
    hint: "Like bounces@example.org. Each mail gets one of its own behind a plus, bounces+…@example.org, which must arrive in the same mailbox.",
    shownIf: isRead,
  },
  { key: "imapHost", label: "IMAP server", kind: "text", start: "", shownIf: by("imap") },
  { key: "imapPort", label: "IMAP port", kind: "number", start: "993", shownIf: by("imap") },
  {
    key: "imapSecure",
    label: "Encrypt IMAP from the start (TLS)",
    kind: "check",
    start: true,
    shownIf: by("imap"),
  },
  { key: "imapUser", label: "IMAP user", kind: "text", start: "", shownIf: by("imap") },
  {
    key: "imapPassword",
    label: "IMAP password",
    kind: "secret",
    start: "",
    optional: true,
    shownIf: by("imap"),
  },
  { key: "imapFolder", label: "Folder", kind: "text", start: "INBOX", shownIf: by("imap") },
  {
    key: "imapAfter",
    label: "Mails that were read",
    kind: "choice",
    start: "leave",
    choices: [
      { value: "leave", label: "Stay as they are" },
      { value: "seen", label: "Are marked as seen" },
      { value: "move", label: "Move to another folder" },
    ],
    shownIf: by("imap"),
  },
  {
    key: "imapMoveTo",
    label: "Folder to move them to",
    kind: "text",
    start: "",
    optional: true,
    hint: "It is made when it is missing.",
    shownIf: ({ bounces, imapAfter }) => bounces === "imap" && imapAfter === "move",
  },
  {
    key: "maildir",
    label: "Name of the folder",
    kind: "text",
    start: "",
    hint: "Below the one that the server's operator opened with MAILDIR_ROOT.",
    shownIf: by("maildir"),
  },
  {
    key: "bounceSecret",
    label: "Secret for handing over",
    kind: "secret",
    start: "",
    optional: true,
    hint: "Signs mails posted from another machine. The server's own command line needs none.",
    shownIf: by("post"),
  },
  {
    key: "confirmDelivery",
    label: "Ask for a confirmation of delivered mails, too",
    kind: "check",
    start: false,
    hint: "Not every server gives one. Each is a mail of its own.",
    shownIf: isRead,
  },
];
