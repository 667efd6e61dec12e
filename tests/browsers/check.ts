/** What must work in every browser: to start, read and write with no server, in two tabs, and to catch up. */
import { ana, RestClient } from "../support/delivery/rest-client.ts";
import { RealServer } from "../support/real-server.ts";
import { until, type Browser, type Tab } from "./engine.ts";

export interface Step {
  readonly what: string;
  readonly ms: number;
}

interface Campaigns {
  readonly items: readonly { readonly name: string }[];
}

/** Throws what did not work; `tell` hears of each step that did. */
export async function checkBrowser(browser: Browser, tell: (step: Step) => void): Promise<void> {
  const server = await RealServer.open();
  const step = async (what: string, run: () => Promise<void>): Promise<void> => {
    const startedAt = performance.now();
    try {
      await run();
    } catch (error) {
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    tell({ what, ms: Math.round(performance.now() - startedAt) });
  };
  try {
    const api = await RestClient.setUp(server);
    const tab = await browser.openTab();
    await step("sign in, and be live", () => signIn(tab, server.url));
    await step("be ready for no network", () => installed(tab));
    await server.kill();
    await step("start with the server gone", async () => {
      await tab.go(`${server.url}/campaigns`);
      await shows(tab, "Campaigns");
    });
    await step("write offline", () => write(tab, server.url, "Written offline"));
    await step("keep it over a new start", async () => {
      await tab.go(`${server.url}/campaigns`);
      await shows(tab, "Written offline");
    });
    const other = await browser.openTab();
    await step("show it in a second tab", async () => {
      await other.go(`${server.url}/campaigns`);
      await shows(other, "Written offline");
    });
    await step("write in the second tab", () => write(other, server.url, "From the second tab"));
    await step("show it in the first at once", () => shows(tab, "From the second tab"));
    await server.start();
    await step("reconnect and send everything", async () => {
      await tab.run("dispatchEvent(new Event('online')), true");
      await live(tab);
      await live(other);
    });
    await step("be on the server once each", async () => {
      const { items } = await api.get<Campaigns>("/campaigns");
      const names = items.map(({ name }) => name).toSorted();
      const expected = ["From the second tab", "Written offline"];
      if (JSON.stringify(names) !== JSON.stringify(expected)) throw new Error(names.join(", "));
    });
  } finally {
    await server.close();
  }
}

async function signIn(tab: Tab, url: string): Promise<void> {
  await tab.go(url);
  await fill(tab, "E-mail", ana.email);
  await fill(tab, "Password", ana.password);
  await press(tab, "Sign in");
  await live(tab);
}

function installed(tab: Tab): Promise<void> {
  const ready = "navigator.serviceWorker.ready";
  const script = `${ready}.then(() => navigator.serviceWorker.controller !== null)`;
  return holds(tab, "the service worker", script);
}

/** The first step of a new campaign, which is kept as it is left. */
async function write(tab: Tab, url: string, name: string): Promise<void> {
  await tab.go(`${url}/campaigns/new`);
  await fill(tab, "Name", name);
  const script = inPage(`
    const radio = document.querySelector('input[type=radio]');
    radio.click();
    return radio.checked;`);
  await holds(tab, "the channels", script);
  await press(tab, "Next: content");
  await holds(tab, "the content's step", "location.pathname !== '/campaigns/new'");
}

function live(tab: Tab): Promise<void> {
  const script = inPage(`
    const words = [...document.querySelectorAll('a[href="/sync"]')].map((link) => link.textContent);
    return words.some((text) => /Sync:\\s*Live/.test(text) && !text.includes('unsent'));`);
  return holds(tab, "Live", script);
}

function shows(tab: Tab, text: string): Promise<void> {
  const main = "document.querySelector('main')?.textContent";
  return holds(tab, `“${text}”`, `(${main} ?? '').includes(${JSON.stringify(text)})`);
}

/** As a person types: the app hears of it. */
function fill(tab: Tab, label: string, value: string): Promise<void> {
  const script = inPage(`
    const labels = [...document.querySelectorAll('label')];
    const named = labels.find((each) => each.textContent.trim().startsWith(${JSON.stringify(label)}));
    const input = named?.control;
    if (!input) return false;
    input.value = ${JSON.stringify(value)};
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
    return input.value === ${JSON.stringify(value)};`);
  return holds(tab, `the field ${label}`, script);
}

function press(tab: Tab, name: string): Promise<void> {
  const script = inPage(`
    const buttons = [...document.querySelectorAll('button')];
    const button = buttons.find((each) => each.textContent.trim() === ${JSON.stringify(name)});
    if (!button || button.disabled) return false;
    button.click();
    return true;`);
  return holds(tab, `the button ${name}`, script);
}

function inPage(body: string): string {
  return `(() => {${body}})()`;
}

/** Until the expression is true in the page; else with what the page shows instead. */
async function holds(tab: Tab, what: string, script: string): Promise<void> {
  try {
    await until(what, async () => (await tab.run(script)) === true);
  } catch (error) {
    const seen = await tab.run("location.href + '\\n' + document.body.innerText");
    throw new Error(`waited in vain for ${what}; seen was ${String(seen)}`, { cause: error });
  }
}
