import { expect, test } from "vitest";
import { lookOf, openReport, openSignOf, withPicture } from "./open.ts";

const plain = { isRobot: false, isAhead: false };
const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15";
const gmail =
  "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";

test("who loads a picture is told by what they say of themselves", () => {
  expect(lookOf(iphone, plain)).toEqual({ sign: null, byProxy: false });
  expect(lookOf("Mozilla/5.0", plain)).toEqual({ sign: "mail_privacy", byProxy: false });
  expect(lookOf("", plain)).toEqual({ sign: "robot", byProxy: false });
  expect(lookOf("curl/8.0", { ...plain, isRobot: true }).sign).toBe("robot");
  expect(lookOf(iphone, { ...plain, isAhead: true }).sign).toBe("prefetch");
});

test("Gmail's proxy is a person's open, though it may be taken for a robot", () => {
  expect(lookOf(gmail, { ...plain, isRobot: true })).toEqual({ sign: null, byProxy: true });
  expect(lookOf("YahooMailProxy; https://help.yahoo.com/", plain).byProxy).toBe(true);
});

test("a picture that is loaded while its message arrives, or within a second of it, is a program's", () => {
  const look = { sign: null } as const;
  expect(openSignOf({ ...look, at: 10_000 }, { state: "sending", at: 1 })).toBe("too_soon");
  for (const state of ["submitted", "sent", "delivered"] as const) {
    expect(openSignOf({ ...look, at: 10_999 }, { state, at: 10_000 })).toBe("too_soon");
    expect(openSignOf({ ...look, at: 11_000 }, { state, at: 10_000 })).toBeNull();
  }
  expect(openSignOf({ ...look, at: 10_100 }, { state: "read", at: 10_000 })).toBeNull();
  expect(openSignOf({ sign: "robot", at: 99_000 }, { state: "read", at: 1 })).toBe("robot");
});

test("the picture is the last thing of the page, wherever its body ends", () => {
  const picture = '<img src="u" width="1" height="1" alt="" style="border:0">';
  expect(withPicture("<p>Hi</p>", "u")).toBe(`<p>Hi</p>${picture}`);
  expect(withPicture("<body>Hi</BODY ></html>", "u")).toBe(`<body>Hi${picture}</BODY ></html>`);
});

test("people and programs are told apart, with what came by proxies", () => {
  expect(openReport([])).toEqual({
    person: { opens: 0, recipients: 0 },
    scanner: { opens: 0, recipients: 0 },
    byProxy: 0,
  });
  const sum = { visitor: "person", opens: 3, recipients: 2, byProxy: 1 } as const;
  expect(openReport([sum])).toMatchObject({ person: { opens: 3, recipients: 2 }, byProxy: 1 });
});
