/**
 * A provider of one file, as anybody may add one: each message is a file of a folder, and whoever
 * empties the folder tells what became of it by a form: `key=…&status=done` or `status=lost`, with
 * the account's token in `x-spool-token`.
 */
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { err, ok } from "#domain/core/result.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import type { Outcome, Provider, Receipt } from "#server/providers/provider.ts";
import { parseSettings, someText, wholeNumber } from "#server/providers/settings.ts";
import * as v from "valibot";

const schema = v.strictObject({
  folder: someText,
  token: v.optional(v.pipe(v.string(), v.maxLength(100)), ""),
  layout: v.optional(v.picklist(["json", "text"]), "json"),
  mode: v.optional(wholeNumber(0, 0o777), 0o600),
});

export const provider: Provider = {
  name: "spool",
  title: "Spool folder",
  hint: "Each message becomes a file of a folder of the server.",
  channels: ["email", "sms"],
  fields: [
    { name: "folder", label: "Folder", kind: "text", default: "" },
    { name: "token", label: "Token", kind: "secret", default: "", optional: true },
    {
      name: "layout",
      label: "Layout",
      kind: "choice",
      default: "json",
      choices: [
        { value: "json", label: "JSON" },
        { value: "text", label: "Text" },
      ],
    },
    { name: "mode", label: "Mode of files", kind: "number", default: 384, group: "advanced" },
  ],
  line: "{layout} in {folder}",
  keyRetentionMs: dayMs,
  resolveWindowMs: 20 * minuteMs,
  receipts: "push",
  receiptWindowMs: hourMs,
  resendScale: 1,
  parse: (settings) => parseSettings(schema, settings),
  open: (settings) => {
    const { folder, layout, mode } = v.parse(schema, settings);
    return {
      send: async ({ key, to, content }): Promise<Outcome> => {
        const text = layout === "json" ? JSON.stringify({ to, text: content.text }) : content.text;
        try {
          await mkdir(folder, { recursive: true });
          await writeFile(join(folder, key), text, { flag: "wx", mode });
        } catch (error) {
          const code = error instanceof Error && "code" in error ? String(error.code) : "";
          // It was taken under this key before.
          if (code !== "EEXIST") {
            const words = String(error);
            return { outcome: "later", reason: "network_error", afterMs: null, code, words };
          }
        }
        return { outcome: "accepted", state: "submitted", providerId: key };
      },
      check: async () => {
        try {
          await access(folder);
          return ok(`${folder} is there.`);
        } catch (error) {
          return err({ field: "folder", detail: `${folder} cannot be used: ${String(error)}` });
        }
      },
      close: async () => undefined,
    };
  },
  readReceipts: ({ headers, body, now }, settings) => {
    const { token } = v.parse(schema, settings);
    if (token === "" || headers["x-spool-token"] !== token) return err({ type: "unsigned" });
    const form = new URLSearchParams(body);
    const [key, status] = [form.get("key"), form.get("status")];
    if (key === null || status === null) {
      return err({ type: "malformed", detail: "key and status are needed" });
    }
    const receipt = receiptOf(key, status, now);
    return ok({
      receipts: receipt === null ? [] : [receipt],
      replies: [],
      unknown: receipt === null ? [{ key, said: `status "${status}"` }] : [],
      received: 1,
    });
  },
};

function receiptOf(key: string, status: string, at: number): Receipt | null {
  if (status === "done") {
    return { key, state: "delivered", at, reason: "none", code: "", words: "" };
  }
  if (status !== "lost") return null;
  return { key, state: "undelivered", at, reason: "unreachable", code: status, words: "" };
}
