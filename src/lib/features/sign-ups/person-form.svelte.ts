/** What is typed of one person at the stand, and what is wrong with it. */
import { parseEmail } from "#domain/audience/email.ts";
import { consentChannels, type ConsentChannel } from "#domain/audience/contact.ts";
import type { GivenConsent } from "#domain/audience/sign-up.ts";
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { PersonForm } from "#lib/state/sign-ups.svelte.ts";

/** The numbers' tables are large: they come with this page. */
async function readPhone(text: string, country: string): Promise<string | null> {
  const { parsePhone } = await import("#lib/import/phone.ts");
  return parsePhone(text, country);
}

type Field = "email" | "phone" | "consents";

export class PersonFields {
  firstName = $state("");
  lastName = $state("");
  email = $state("");
  phone = $state("");
  country = $state("");
  agreed: Record<ConsentChannel, boolean> = $state({ email: false, sms: false });
  /** The path that was drawn; "" for none. */
  signature = $state("");
  wrong: Partial<Record<Field, string>> = $state.raw({});

  /** The person as they shall be stored; null when something has to be corrected. */
  async read(): Promise<PersonForm | null> {
    const typed = { email: this.email.trim(), phone: this.phone.trim() };
    const email = typed.email === "" ? null : parseEmail(typed.email);
    const phone = typed.phone === "" ? null : await readPhone(typed.phone, this.country);
    const missing = typed.email === "" && typed.phone === "";
    const alone = consentChannels.find(
      (channel) => this.agreed[channel] && typed[addressKindOf[channel]] === "",
    );
    this.wrong = {
      ...(missing ? { email: "Type an e-mail address or a phone number." } : {}),
      ...(typed.email !== "" && email === null
        ? { email: "This is no e-mail address. It looks like ana@example.org." }
        : {}),
      ...(typed.phone !== "" && phone === null
        ? { phone: "This is no phone number. Begin with + and the country, or choose the country." }
        : {}),
      ...(alone === undefined ? {} : { consents: missingAddress[alone] }),
    };
    if (Object.keys(this.wrong).length > 0) return null;
    return {
      firstName: this.firstName.trim(),
      lastName: this.lastName.trim(),
      email,
      phone,
      country: this.country,
    };
  }

  /** What they agreed to, with the texts that they saw. */
  consents(textOf: (channel: ConsentChannel) => Id | null): readonly GivenConsent[] {
    const drawn = this.signature === "" ? {} : { signature: this.signature };
    const how = this.signature === "" ? "tick" : "signature";
    return consentChannels
      .filter((channel) => this.agreed[channel])
      .map((channel) => ({ channel, text: textOf(channel), how, ...drawn }));
  }

  take(from: Readonly<Record<string, unknown>>): void {
    for (const key of ["firstName", "lastName", "email", "phone", "country"] as const) {
      const value = from[key];
      this[key] = typeof value === "string" ? value : "";
    }
  }

  /** For the next person: the country stays, as the stand stays where it is. */
  clear(): void {
    this.take({ country: this.country });
    this.agreed = { email: false, sms: false };
    this.signature = "";
    this.wrong = {};
  }
}

const missingAddress = {
  email: "They agreed to e-mails: type their e-mail address.",
  sms: "They agreed to text messages: type their phone number.",
} as const satisfies Record<ConsentChannel, string>;
