import { expect, test } from "vitest";
import { readReply } from "./reply-words.ts";

test.each([
  "STOP",
  "stop",
  " Stop. ",
  "STOP!!!",
  "Unsubscribe",
  "STOP ALL",
  "opt-out",
  "ABMELDEN",
  "Arrêt",
  "BAJA",
  "стоп",
  "退订",
  "수신거부",
  "Từ chối",
])("“%s” means stop", (text) => expect(readReply(text)).toBe("stop"));

test.each(["START", "unstop", "Alta", "старт"])("“%s” means start", (text) =>
  expect(readReply(text)).toBe("start"),
);

test.each(["", "Thanks!", "Please don't stop", "When does the shop stop?", "yes", "🙂"])(
  "“%s” means neither",
  (text) => expect(readReply(text)).toBeNull(),
);
