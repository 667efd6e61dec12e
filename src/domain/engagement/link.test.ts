import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Content } from "../campaign/campaign.ts";
import { findLinks, isDestination, maxLinks, replaceLinks, type Link } from "./link.ts";

const own = "https://fieldcast.example";

function content(parts: Partial<Content>): Content {
  return { subject: "", text: "", html: "", ...parts };
}

const numbered = (parts: Content): readonly Link[] =>
  findLinks(parts, own).map((link, index) => ({ ...link, n: index + 1 }));

const marked = (parts: Content): Content =>
  replaceLinks(parts, { links: numbered(parts), ownUrl: own }, ({ n }) => `[${n}]`);

describe("in a text", () => {
  test("an address ends where a sentence does, and is found again in its place", () => {
    const text = "See https://shop.example/a?b=1, (or https://shop.example/c(d)). Bye";
    expect(findLinks(content({ text }), own)).toEqual([
      { url: "https://shop.example/a?b=1", place: 1, name: "Link 1" },
      { url: "https://shop.example/c(d)", place: 1, name: "Link 2" },
    ]);
    expect(marked(content({ text })).text).toBe("See [1], (or [2]). Bye");
  });

  test("S1-19 a variable that holds an address gives the link its name", () => {
    const text = "{{ first_name }}: {{ offer_link }} or {{ event.page_url }} {{unsubscribe_url}}";
    const names = findLinks(content({ text }), own).map(({ name }) => name);
    expect(names).toEqual(["offer_link", "event.page_url"]);
    expect(marked(content({ text })).text).toBe("{{ first_name }}: [1] or [2] {{unsubscribe_url}}");
  });

  test("merge fields are part of an address", () => {
    const text = "https://shop.example/{{ city }}?c={{ code | url_encode }} now";
    expect(marked(content({ text })).text).toBe("[1] now");
  });

  test("the same address twice is two links", () => {
    const text = "https://a.example https://b.example https://a.example";
    expect(marked(content({ text })).text).toBe("[1] [2] [3]");
  });

  test("our own pages, and what is inside tags or not to be filled in, stay as they are", () => {
    const text = `${own}/r/u/x {% assign u = "https://a.example" %}{% raw %}https://b.example{% endraw %} ${own}.evil.example/`;
    expect(marked(content({ text })).text).toBe(text.replace(`${own}.evil.example/`, "[1]"));
  });

  test("what is not closed has no links behind it", () => {
    for (const open of ["{{ a", "{% if", "{% raw %}", "https://a.example/{{ b"]) {
      expect(findLinks(content({ text: `${open} https://b.example` }), own)).toEqual([]);
    }
  });
});

describe("in a page", () => {
  test("links are named by the words that people press, or by what stands for a picture", () => {
    const html = `<A title="x" HREF = 'https://a.example/?x=1&amp;y=2'>Buy <b>now</b></A>
      <a href="https://b.example"><img alt="Our shop" src="https://c.example/i.png"></a>
      <a href="https://d.example"></a><area href="https://e.example"> <a href="mailto:a@b.c">x</a>`;
    expect(findLinks(content({ html }), own)).toMatchObject([
      { url: "https://a.example/?x=1&y=2", name: "Buy now" },
      { url: "https://b.example", name: "Our shop" },
      { url: "https://d.example", name: "Link 3" },
      { url: "https://e.example", name: "Link 4" },
    ]);
    expect(marked(content({ html })).html).toContain(`HREF = '[1]'>Buy`);
  });

  test("a link of the text is the one of the page with the same address", () => {
    const html = `<a href="https://a.example/?x=1&amp;y=2">Shop</a>`;
    const text = "Shop: https://a.example/?x=1&y=2";
    expect(marked(content({ html, text }))).toMatchObject({
      html: `<a href="[1]">Shop</a>`,
      text: "Shop: [1]",
    });
  });

  test("comments, styles and scripts have none", () => {
    const html = `<!-- <a href="https://a.example">a</a> --><style>a{}</style><script>"<a href='https://b.example'>"</script>`;
    expect(findLinks(content({ html }), own)).toEqual([]);
  });
});

test("two links of one name are told apart, and there are never more than a token can name", () => {
  const html = `<a href="https://a.example/1">More</a><a href="https://a.example/2">More</a>`;
  expect(findLinks(content({ html }), own).map(({ name }) => name)).toEqual(["More", "More (2)"]);
  const text = Array.from({ length: 300 }, (_, n) => `https://a.example/${n}`).join(" ");
  expect(findLinks(content({ text }), own)).toHaveLength(maxLinks);
});

test("nobody is led anywhere but to a plain address of the web", () => {
  const good = ["https://a.example", "http://a.example:8080/x?y#z", "https://münchen.example/ä"];
  expect(good.filter((url) => !isDestination(url))).toEqual([]);
  const bad = [
    "javascript:alert(1)",
    "//a.example",
    "https://",
    "https:///a",
    "https://user@a.example",
    "https://a.example\\@b.example",
    "https://a.example/\r\nset-cookie: a=b",
    "https://a.example/a b",
    "ftp://a.example",
    `https://a.example/${"x".repeat(2_000)}`,
  ];
  expect(bad.filter(isDestination)).toEqual([]);
});

const piece = fc.constantFrom(
  ...'{{ }} {% %} {%raw%} {% endraw %} https://a.example http://b.example/x <a href=" "> </a> <!-- --> < > \' " & . , ( ) é {{ offer_url }}'.split(
    " ",
  ),
);

test("whatever the template holds: only links are replaced, and each stands where it was found", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, isHtml) => {
      const source = pieces.join(" ");
      const parts = content(isHtml ? { html: source } : { text: source });
      const links = numbered(parts);
      const same = replaceLinks(parts, { links, ownUrl: own }, ({ url }) => url);
      expect(same).toEqual(parts);
      expect(new Set(links.map(({ name }) => name)).size).toBe(links.length);
    }),
  );
});

test("a broken template of 100,000 letters takes no longer than its length", () => {
  for (const unit of ["{%", "{{", "<a ", "<!--", "https://", "<a href='", "((", "{% raw %}"]) {
    const source = unit.repeat(50_000);
    const from = performance.now();
    findLinks(content({ text: source, html: source }), own);
    expect(performance.now() - from).toBeLessThan(2_000);
  }
});
