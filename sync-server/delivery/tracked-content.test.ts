import { expect, test } from "vitest";
import type { Content } from "#domain/campaign/campaign.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import { findLinks } from "#domain/engagement/link.ts";
import { openTemplates } from "./templates.ts";
import { createWriter, type Writer } from "./writer.ts";

const ownUrl = "https://f.example";
const short = (n: number, link: number): string => `${ownUrl}/r/${n}-${link}`;
const leaveUrl = (n: number): string => `${ownUrl}/r/u/${n}`;
const templates = openTemplates();

function writerOf(parts: Partial<Content>, channel: Channel = "email"): Writer {
  const content = { subject: "", text: "", html: "", ...parts };
  const links = findLinks(content, ownUrl).map((link, index) => ({ ...link, n: index + 1 }));
  const tracked = { links, ownUrl, urlOf: short };
  return createWriter({ templates, content, channel, leaveUrl, tracked });
}

function write(writer: Writer, n: number, fields: Readonly<Record<string, string>> = {}) {
  const contact = { firstName: "Ann", fields: JSON.stringify(fields) };
  const written = writer.write({ n, contact });
  if (!written.ok) throw new Error(written.error.words);
  return written.value;
}

test("each recipient gets short links of their own, and the way to leave stays what it is", () => {
  const writer = writerOf({
    html: `<a href="https://shop.example/?a=1&amp;b={{ first_name }}">Hi {{ first_name }}</a> <a href="{{ unsubscribe_url }}">Leave</a>`,
    text: "https://shop.example/?a=1&b={{ first_name }} {{ unsubscribe_url }}",
  });
  const { content, headers } = write(writer, 7);
  expect(content.html).toBe(
    `<a href="${short(7, 1)}">Hi Ann</a> <a href="${leaveUrl(7)}">Leave</a>`,
  );
  expect(content.text).toBe(`${short(7, 1)} ${leaveUrl(7)}`);
  expect(headers).toEqual({
    "List-Unsubscribe": `<${leaveUrl(7)}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  });
});

test("a variable that holds no address, or one of our own pages, goes out as it is", () => {
  const writer = writerOf({ text: "{{ offer_link }}" }, "sms");
  expect(writer.columns).toEqual(["fields"]);
  const offered = (link: string) => write(writer, 1, { "Offer Link": link }).content.text;
  expect(offered("https://shop.example/x")).toBe(short(1, 1));
  expect(offered("see the shop")).toBe("see the shop");
  expect(offered(`${ownUrl}/campaigns`)).toBe(`${ownUrl}/campaigns`);
  expect(offered("https://me@evil.example")).toBe("https://me@evil.example");
});

test("an SMS is as long as its short links make it", () => {
  const long = `https://shop.example/${"x".repeat(200)}`;
  expect(write(writerOf({ text: `Buy ${long}` }, "sms"), 1).segments).toBe(1);
});

test("what a short link asks for is asked of the contact, and nothing besides", () => {
  expect(writerOf({ text: "https://shop.example {{ first_name }}" }).columns).toEqual([
    "firstName",
  ]);
  expect(writerOf({ text: "https://shop.example/{{ city }}" }).columns).toEqual(["city"]);
});
