import { expect, test } from "vitest";
import { fileName } from "./save.ts";

test("a file is named after what is in it, without anything a file system refuses", () => {
  expect(fileName(["Spring: Sale/1", "recipients"], "csv")).toBe("spring-sale-1-recipients.csv");
  expect(fileName(["///"], "csv")).toBe("export.csv");
});

test("letters with their marks stay as they are written", () => {
  expect(fileName(["Rentrée en France"], "csv")).toBe("rentrée-en-france.csv");
  expect(fileName(["الفاشلة والمُستعادة", "الأسباب"], "svg")).toBe("الفاشلة-والمُستعادة-الأسباب.svg");
});
