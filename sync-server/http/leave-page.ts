/** What the page behind an unsubscribe link says. */
import type { ConsentChannel } from "#domain/audience/contact.ts";

/** `asks`: still subscribed. `gone`: left before. `left`, `back`: just now. `unknown`: no such link. */
export type LeaveState = "asks" | "gone" | "left" | "back" | "unknown";

export type LeavePage =
  | { readonly state: "unknown" }
  | {
      readonly state: LeaveState;
      /** Masked: the link may have been passed on. */
      readonly who: string;
      readonly channel: ConsentChannel;
      /** The workspace's name. */
      readonly from: string;
    };

const channelWords = { email: "e-mail", sms: "text messages" } as const;

export function leavePage(page: LeavePage): string {
  if (!("who" in page)) {
    const words = "It may have been cut off. Open it again from the message itself.";
    return document("This link does not work", `<p>${words}</p>`);
  }
  const { state, channel } = page;
  const who = `<b>${text(page.who)}</b>`;
  const from = page.from === "" ? "" : ` from <b>${text(page.from)}</b>`;
  const what = `${channelWords[channel]}${from}`;
  switch (state) {
    case "asks":
      return document(
        "Unsubscribe",
        `<p>Stop ${what} to ${who}?</p>${button("leave", "Unsubscribe")}`,
      );
    case "left":
      return document(
        "You are unsubscribed",
        `<p>${who} gets no more ${what}. A message that is already on its way may still arrive.</p>
         <p>Pressed by mistake?</p>${button("return", "Subscribe again")}`,
      );
    case "gone":
      return document("You are unsubscribed", `<p>${who} gets no ${what}.</p>`);
    case "back":
      return document("You are subscribed", `<p>${who} gets ${what} as before.</p>`);
    case "unknown":
      return leavePage({ state });
  }
}

function button(choice: string, label: string): string {
  return `<form method="post"><button name="choice" value="${choice}">${label}</button></form>`;
}

function document(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="robots" content="noindex, nofollow" /><meta name="color-scheme" content="light dark" />
<link rel="stylesheet" href="/r/style.css" /></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

export const leaveStyle = `
body { margin: 0; font: 17px/1.5 system-ui, sans-serif; color: light-dark(#17211b, #e6ece8); background: light-dark(#f6f8f6, #101713); }
main { max-width: 30rem; margin: 0 auto; padding: 12vh 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem; }
button { font: inherit; font-weight: 600; min-height: 3rem; padding: .5rem 1.5rem; border: 0; border-radius: 8px; cursor: pointer; color: light-dark(#fff, #08130d); background: light-dark(#0b6b3a, #7ad3a1); }
button:focus-visible { outline: 3px solid light-dark(#17211b, #fff); outline-offset: 2px; }
`;
