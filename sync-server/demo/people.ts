/** Made-up people: no name, address or number belongs to anybody. */
import { dayMs, type Instant } from "#domain/core/time.ts";
import type { ImportedContact, StatedConsent } from "#domain/audience/import.ts";

interface Place {
  readonly country: string;
  readonly timeZone: string;
  readonly cities: readonly string[];
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** A number of a range that its country keeps for fiction. */
  readonly phone: (n: number) => string;
}

const places: readonly Place[] = [
  {
    country: "GB",
    timeZone: "Europe/London",
    cities: ["London", "Leeds", "Bristol", "Glasgow"],
    first: ["Amelia", "Oliver", "Isla", "George", "Freya", "Arthur", "Priya", "Hamish"],
    last: ["Whitfield", "Ashdown", "Campbell", "Okafor", "Patel", "Hughes", "Marsh", "Lindqvist"],
    phone: (n) => `+447700900${digits(Math.floor(n / 2) % 1_000, 3)}`,
  },
  {
    country: "US",
    timeZone: "America/New_York",
    cities: ["Boston", "Albany", "Richmond", "Tampa"],
    first: ["Maya", "Ethan", "Zoe", "Caleb", "Ruth", "Diego", "Naomi", "Wesley"],
    last: ["Alvarez", "Brooks", "Carter", "Nguyen", "Rosen", "Sato", "Turner", "Young"],
    phone: (n) => {
      const ofArea = Math.floor(n / areaCodes.length) % 100;
      return `+1${areaCodes[n % areaCodes.length]}55501${digits(ofArea, 2)}`;
    },
  },
  {
    country: "FR",
    timeZone: "Europe/Paris",
    cities: ["Lyon", "Nantes", "Lille", "Toulouse"],
    first: ["Camille", "Hugo", "Inès", "Louis", "Chloé", "Mathis", "Zoé", "Youssef"],
    last: ["Moreau", "Laurent", "Girard", "Besson", "Fontaine", "Mercier", "Dupuis", "Haddad"],
    phone: (n) => `+3363998${digits(n % 10_000, 4)}`,
  },
];

/** Twenty areas with a hundred numbers each. */
const areaCodes =
  "202 617 518 804 813 917 215 410 860 312 404 512 602 702 801 913 206 303 414 504".split(" ");

function digits(n: number, length: number): string {
  return String(n).padStart(length, "0");
}

/** From 0 up to 1, the same for the same number: nobody should get another name at each try. */
export type Draw = () => number;

/** A sequence of draws (mulberry32). */
export function createDraw(seed: number): Draw {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many people, who said what they allow on some day before `at`. */
export function makePeople(count: number, at: Instant): readonly ImportedContact[] {
  const draw = createDraw(20_261_121);
  return Array.from({ length: count }, (_, n) => makePerson(n, at, draw));
}

function makePerson(n: number, at: Instant, draw: Draw): ImportedContact {
  // Britain keeps a thousand numbers only: every other person may live there.
  const place = pick(n % 2 === 0 ? places : places.slice(1), draw);
  const firstName = pick(place.first, draw);
  const lastName = pick(place.last, draw);
  const hasEmail = draw() < 0.94;
  const hasPhone = draw() < 0.88 || !hasEmail;
  const consents: StatedConsent[] = [];
  const say = (channel: "email" | "sms", yes: number): void => {
    const answer = draw();
    if (answer > yes + 0.08) return;
    const saidAt = at - Math.floor(draw() * 300) * dayMs;
    consents.push({ channel, granted: answer < yes, at: saidAt, source: "import:members.csv" });
  };
  if (hasEmail) say("email", 0.84);
  if (hasPhone) say("sms", 0.76);
  return {
    line: n + 2,
    email: hasEmail ? emailOf(firstName, lastName, n) : null,
    phone: hasPhone ? place.phone(n) : null,
    firstName,
    lastName,
    country: place.country,
    city: pick(place.cities, draw),
    timeZone: place.timeZone,
    fields: { tier: pick(["Silver", "Silver", "Gold", "Platinum"], draw) },
    consents,
    dropped: null,
    notes: [],
  };
}

function emailOf(first: string, last: string, n: number): string {
  const plain = `${first}.${last}`.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return `${plain}${n}@${["example.com", "example.net", "example.org"][n % 3] ?? "example.com"}`;
}

function pick<T>(list: readonly T[], draw: Draw): T {
  const found = list[Math.floor(draw() * list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}
