import { expect, test } from "vitest";
import { pageHtml } from "./page-html.ts";

test("a report as a page says everything, and nothing in it is more than text", () => {
  const evil = `<script>alert("1")</script> & "x"`;
  const page = pageHtml({
    title: evil,
    language: "en",
    direction: "ltr",
    facts: [["Snapshot", evil]],
    figures: [
      {
        title: evil,
        sentence: evil,
        light: "<svg></svg>",
        dark: "<svg></svg>",
        table: [
          ["Time", evil],
          [evil, "7"],
        ],
      },
    ],
  });
  const text = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &quot;x&quot;";
  expect(page).toContain(`<h1>${text}</h1>`);
  expect(page).toContain(`<dt>Snapshot</dt><dd>${text}</dd>`);
  expect(page).toContain(`<tr><th>Time</th><th>${text}</th></tr>`);
  expect(page).toContain(`<tr><td>${text}</td><td>7</td></tr>`);
  // Wherever it stands it is text, and the page fetches nothing.
  expect(page.replaceAll(text, "")).not.toMatch(/alert|<script|<link|src=|href=|url\(/);
});
