import { expect, test } from "vitest";
import fc from "fast-check";
import { emptyContent } from "../campaign/campaign.ts";
import { findLinks } from "./link.ts";
import { mapHtml, mapText } from "./link-map.ts";

const shop = "https://shop.example/offer";

function linksOf(html: string, text: string) {
  const found = findLinks({ ...emptyContent, html, text }, "https://own.example");
  return found.map(({ name, url }, index) => ({ n: index + 1, name, url }));
}

test("each link of a page is marked inside of its anchor, behind the words, each of several alike in its place", () => {
  const html = `<p><a href="${shop}">One <b>now</b></a> and <A HREF='${shop}'>Two</A> <!-- <a href="${shop}">no</a> --></p>`;
  const pieces = mapHtml(html, linksOf(html, ""));
  expect(pieces.map(({ text }) => text).join("")).toBe(html);
  expect(pieces.map(({ text, link }) => [text.slice(-12), link?.n])).toEqual([
    ["One <b>now</b>".slice(-12), 1],
    [`${shop}'>Two`.slice(-12), 2],
    [" no</a> --></p>".slice(-12), undefined],
  ]);
});

test("links of a text are marked behind their address, also variables; what was not tracked is not", () => {
  const text = `Go to ${shop}. Or {{ offer_link }} or https://own.example/x`;
  const pieces = mapText(text, linksOf("", text));
  expect(pieces).toMatchObject([
    { text: `Go to ${shop}`, link: { n: 1 } },
    { text: ". Or {{ offer_link }}", link: { n: 2 } },
    { text: " or https://own.example/x", link: null },
  ]);
});

test("a link that the text had before it was edited is nowhere in the new one", () => {
  expect(mapText("Come by", [{ n: 1, url: shop }])).toEqual([{ text: "Come by", link: null }]);
});

test("whatever a page is made of, its pieces together are the page", () => {
  const part = fc.constantFrom(
    "<a href='",
    `"${shop}"`,
    shop,
    ">",
    "</a>",
    "<!--",
    "-->",
    "x",
    "{{",
    "}}",
    "'",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const source = parts.join("");
      const links = linksOf(source, source);
      for (const pieces of [mapHtml(source, links), mapText(source, links)]) {
        expect(pieces.map(({ text }) => text).join("")).toBe(source);
      }
    }),
  );
});
