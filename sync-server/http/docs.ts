/** Pages for people about the API: its calls, and every error with its cure. No script, nothing from elsewhere. */
import { errors, type ErrorType } from "#protocol/error.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import { describeApi, type Description, type Operation } from "./openapi.ts";
import { route, routesOf } from "./route.ts";

export interface DocsDeps {
  readonly publicUrl: string;
}

export function registerDocs(app: FastifyInstance, { publicUrl }: DocsDeps): void {
  // Made at the first request: by then every route is declared.
  let made: Description | undefined;
  const description = (): Description => (made ??= describeApi(routesOf(app), publicUrl));
  route(app, {
    method: "GET",
    url: "/api/v1/openapi.json",
    summary: "This description, as OpenAPI 3.1",
    permission: "anyone",
    answers: { 200: v.record(v.string(), v.unknown()) },
    handle: async () => description(),
  });
  const page = (url: string, type: string, summary: string, make: () => string): void =>
    route(app, {
      method: "GET",
      url,
      summary,
      permission: "anyone",
      answers: { 200: "text" },
      handle: async ({ reply }) => {
        reply.type(type).header("cache-control", "no-cache");
        return make();
      },
    });
  const html = "text/html; charset=utf-8";
  page("/docs", html, "The API for people to read", () => apiPage(description()));
  page("/docs/errors", html, "Every error, with its cure", errorPage);
  page("/docs/style.css", "text/css; charset=utf-8", "How these pages look", () => style);
}

function apiPage({ paths }: Description): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ""))].toSorted();
  const links = tags.map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(" ");
  const sections = tags.map((tag) => {
    const mine = operations.filter(({ operation }) => operation.tags[0] === tag);
    const calls = mine.map(({ path, method, operation }) => call(path, method, operation));
    return `<section id="${text(tag)}"><h2>${text(tag)}</h2>${calls.join("")}</section>`;
  });
  return document(
    "Fieldcast API",
    `<p>Send <code>Authorization: Bearer KEY</code> with a key made under Settings or by
     <code>npm run cli -- key create</code>. The same as <a href="/api/v1/openapi.json">OpenAPI 3.1</a>;
     what can go wrong: <a href="/docs/errors">errors</a>.</p><nav>${links}</nav>${sections.join("")}`,
  );
}

function call(path: string, method: string, operation: Operation): string {
  const { summary, description, parameters, requestBody, responses } = operation;
  const part = (title: string, value: unknown): string =>
    value === undefined
      ? ""
      : `<h4>${title}</h4><pre>${text(JSON.stringify(value, null, 2))}</pre>`;
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${text(path)}</code>
    <span>${text(summary)}</span></summary><p>${text(description)}</p>
    ${part("Parameters", parameters.length === 0 ? undefined : parameters)}
    ${part("Body", requestBody)}${part("Answers", responses)}</details>`;
}

function errorPage(): string {
  const types = Object.keys(errors).filter((each): each is ErrorType => each in errors);
  const items = types.toSorted().map((type) => {
    const { status, title, cure } = errors[type];
    return `<section id="${type}"><h2><code>${type}</code> ${status}</h2>
      <p><b>${text(title)}.</b> ${text(cure)}</p></section>`;
  });
  return document("Fieldcast errors", `<p><a href="/docs">The API</a></p>${items.join("")}`);
}

function document(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" /><link rel="stylesheet" href="/docs/style.css" />
</head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: light-dark(#17211b, #e6ece8); background: light-dark(#f6f8f6, #101713); }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
a { color: light-dark(#0b6b3a, #7ad3a1); }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1rem; }
h2 { margin-top: 2rem; font-size: 1.25rem; }
details { border: 1px solid light-dark(#cfd8d2, #2f3b34); border-radius: 8px; margin: .5rem 0; padding: .25rem .75rem; }
summary { cursor: pointer; padding: .25rem 0; }
summary span { color: light-dark(#4b5a51, #a9b8af); }
pre { overflow-x: auto; font-size: .8125rem; }
`;
