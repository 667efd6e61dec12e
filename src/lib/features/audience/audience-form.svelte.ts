/** An audience while somebody writes it. */
import type { AudienceRule, Filter } from "#domain/audience/audience.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import { parseCountry } from "#domain/audience/country.ts";
import type { Id } from "#domain/core/id.ts";

export interface AudienceFields {
  readonly name: string;
  readonly rule: AudienceRule;
}

export class AudienceForm {
  name = $state("");
  kind = $state<AudienceRule["kind"] | null>("all");
  listId = $state<Id>("");
  /** As typed: names or codes, with commas between. */
  countries = $state("");
  cities = $state("");
  /** Those on any of them; none: whichever they are on. */
  lists = $state.raw<readonly Id[]>([]);
  consent = $state<ConsentChannel | "">("");
  /** A rule that is made elsewhere and cannot be written here. */
  #given: AudienceRule | null = $state(null);

  readonly #unknownCountry = $derived(
    partsOf(this.countries).find((text) => parseCountry(text) === null) ?? null,
  );

  /** What is still wrong, by field, in words. */
  get errors(): { readonly name?: string; readonly listId?: string; readonly countries?: string } {
    const { kind } = this;
    const unknown = this.#unknownCountry;
    return {
      ...(this.name.trim() === "" ? { name: "Give the audience a name." } : {}),
      ...(kind === "list" && this.listId === "" ? { listId: "Choose a list." } : {}),
      ...(kind === "filter" && unknown !== null
        ? { countries: `${unknown} is not a country that we know. Write its English name.` }
        : {}),
    };
  }

  get isReady(): boolean {
    return Object.keys(this.errors).length === 0;
  }

  /** Whom it means; null while that cannot be said. */
  get rule(): AudienceRule | null {
    const { errors, kind } = this;
    if (errors.listId !== undefined || errors.countries !== undefined) return null;
    if (kind === "list") return { kind: "list", listId: this.listId };
    if (kind === "recipients") return this.#given;
    return kind === "filter" ? { kind: "filter", filter: this.#filter() } : { kind: "all" };
  }

  adopt({ name, rule }: AudienceFields): void {
    this.name = name;
    this.kind = rule.kind;
    this.#given = rule.kind === "recipients" ? rule : null;
    if (rule.kind === "list") this.listId = rule.listId;
    if (rule.kind !== "filter") return;
    this.countries = (rule.filter.countries ?? []).join(", ");
    this.cities = (rule.filter.cities ?? []).join("; ");
    this.lists = rule.filter.lists ?? [];
    this.consent = rule.filter.consent ?? "";
  }

  #filter(): Filter {
    const countries = partsOf(this.countries).flatMap((text) => parseCountry(text) ?? []);
    const cities = this.cities.split(";").flatMap((text) => text.trim() || []);
    return {
      ...(countries.length === 0 ? {} : { countries: [...new Set(countries)] }),
      ...(cities.length === 0 ? {} : { cities: [...new Set(cities)] }),
      ...(this.lists.length === 0 ? {} : { lists: this.lists }),
      ...(this.consent === "" ? {} : { consent: this.consent }),
    };
  }

  choose(list: Id, isChosen: boolean): void {
    const others = this.lists.filter((id) => id !== list);
    this.lists = isChosen ? [...others, list] : others;
  }

  /** What is kept on the device while it is typed. */
  toKept(): Record<string, string> {
    const { name, kind, listId, countries, cities, consent } = this;
    const lists = this.lists.join(" ");
    return { name, kind: kind ?? "all", listId, countries, cities, lists, consent };
  }

  /** Takes up what was kept; anything odd is left out. */
  fromKept(kept: unknown): void {
    if (typeof kept !== "object" || kept === null) return;
    const text = (key: string): string => {
      const value: unknown = Reflect.get(kept, key);
      return typeof value === "string" ? value : "";
    };
    const kind = text("kind");
    const consent = text("consent");
    this.name = text("name");
    this.kind = kind === "list" || kind === "filter" ? kind : "all";
    this.listId = text("listId");
    this.countries = text("countries");
    this.cities = text("cities");
    this.lists = text("lists")
      .split(" ")
      .filter((id) => id !== "");
    this.consent = consent === "email" || consent === "sms" ? consent : "";
  }
}

function partsOf(text: string): readonly string[] {
  return text.split(/[,;]/).flatMap((part) => part.trim() || []);
}
