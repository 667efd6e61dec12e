import { expect, test } from "vitest";
import { paperStyle } from "./paper.ts";

test("a title keeps its quotes, and ends no string and no style", () => {
  const title = '"A\\b"\n</style>';
  const style = paperStyle({ title, isFromRight: false, hasArabicDigits: false });
  expect(style).toContain(String.raw`@top-left { content: "\22 A\5c b\22 \a \3c /style>";`);
  expect(style).toContain("@bottom-right { content: counter(page, decimal)");
});

test("what is read from the right begins there, and counts pages in its digits", () => {
  const style = paperStyle({ title: "Autumn", isFromRight: true, hasArabicDigits: true });
  expect(style).toContain('@top-right { content: "Autumn";');
  expect(style).toContain("@bottom-left { content: counter(page, arabic-indic)");
});
