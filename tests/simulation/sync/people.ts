// What people do on their devices: mostly sensible, on what they see there.
import type { Audience } from "#domain/audience/audience.ts";
import type { SignUp } from "#domain/audience/sign-up.ts";
import type { Id } from "#domain/core/id.ts";
import { contentHash, type Campaign } from "#domain/campaign/campaign.ts";
import type { Act } from "#domain/sync/command.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import { anAccount } from "../../support/campaigns.ts";
import type { Random } from "../random.ts";

/** What a device shows. */
type Shown = ReadonlyMap<string, Documents[Kind]>;

const words = ["spring", "summer", "autumn", "winter", "hello", "goodbye"] as const;

/** Something that a person might do with what this device shows; null when nothing fits. */
export function chooseAct(shown: Shown, random: Random, now: number): Act | null {
  const campaigns = campaignsOf(shown);
  // Most people look at the same few.
  const busiest = campaigns.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, 3);
  const campaign = random.pickOr(random.chance(0.8) ? busiest : campaigns);
  if (campaign === null || random.chance(campaigns.length < 4 ? 0.3 : 0.05)) {
    return createAct(shown, random);
  }
  const { id } = campaign;
  switch (random.below(12)) {
    case 0:
    case 1:
      return { name: "campaign.edit", args: { id, name: change(campaign.name, random) } };
    case 2:
    case 3:
      return {
        name: "campaign.edit",
        args: { id, content: { text: change(campaign.content.text, random) } },
      };
    case 4:
    case 5:
      return launchAct(shown, campaign, random, now);
    case 6:
      return {
        name: random.pick([
          "campaign.pause",
          "campaign.resume",
          "campaign.unschedule",
          "campaign.end",
        ]),
        args: { id },
      };
    case 7:
      return { name: "campaign.cancel", args: { id } };
    case 8:
      return { name: "campaign.delete", args: { id } };
    case 9:
      return {
        name: "campaign.duplicate",
        args: { id: random.id(), from: id, name: `Copy of ${campaign.name}`.slice(0, 200) },
      };
    case 10:
      return pinAct(shown, campaign, random);
    default:
      return audienceAct(shown, random);
  }
}

function createAct(shown: Shown, random: Random): Act {
  const audience = random.pickOr(audiencesOf(shown));
  return {
    name: "campaign.create",
    args: {
      id: random.id(),
      type: "sms",
      name: random.pick(words),
      content: { subject: "", text: random.chance(0.8) ? random.pick(words) : "", html: "" },
      audienceId: audience?.id ?? null,
      accountId: random.chance(0.9) ? anAccount().id : null,
    },
  };
}

function launchAct(shown: Shown, campaign: Campaign, random: Random, now: number): Act | null {
  const { id, audienceId, accountId, rev } = campaign;
  if (audienceId === null || accountId === null || campaign.content.text === "") {
    return completeAct(shown, campaign, random);
  }
  const audience = audiencesOf(shown).find((each) => each.id === audienceId);
  const review = {
    rev,
    contentHash: contentHash(campaign),
    audienceId,
    audienceRev: audience?.rev ?? 1,
    accountId,
  };
  if (random.chance(0.6)) return { name: "campaign.send", args: { id, review } };
  const schedule = {
    at: now + random.below(120_000),
    zone: "UTC",
    ifLate: random.pick(["hold", "sendNow"] as const),
  };
  return { name: "campaign.schedule", args: { id, schedule, review } };
}

/** What lacks before it can go out; null while this device has seen no audience. */
function completeAct(
  shown: Shown,
  { id, content, ...campaign }: Campaign,
  random: Random,
): Act | null {
  const audience = random.pickOr(audiencesOf(shown));
  if (audience === null) return null;
  return {
    name: "campaign.edit",
    args: {
      id,
      content: { text: { was: content.text, set: random.pick(words) } },
      audienceId: { was: campaign.audienceId, set: audience.id },
      accountId: { was: campaign.accountId, set: anAccount().id },
    },
  };
}

/** A report that shall be on every device of theirs, or no longer. */
function pinAct(shown: Shown, { id }: Campaign, random: Random): Act {
  const pin = random.pickOr([...shown.values()].filter((doc) => "campaignId" in doc));
  return pin === null || random.chance(0.6)
    ? { name: "pin.add", args: { id: random.id(), campaignId: id } }
    : { name: "pin.remove", args: { id: pin.id } };
}

function audienceAct(shown: Shown, random: Random): Act {
  const audience = random.pickOr(audiencesOf(shown));
  if (audience === null || random.chance(0.3)) {
    const args = { id: random.id(), name: random.pick(words), rule: { kind: "all" } } as const;
    return { name: "audience.create", args };
  }
  if (random.chance(0.2)) return { name: "audience.delete", args: { id: audience.id } };
  return {
    name: "audience.edit",
    args: { id: audience.id, name: change(audience.name, random) },
  };
}

/** Sometimes the editor was opened before somebody else's change came. */
function change(current: string, random: Random): { readonly was: string; readonly set: string } {
  const was = random.chance(0.2) ? random.pick(words) : current;
  return { was, set: `${random.pick(words)} ${random.below(10)}` };
}

const addresses = ["ann@example.org", "bob@example.org"] as const;

/** At the stand: somebody is added, agrees, or wants no more messages. */
export function standAct(people: readonly SignUp[], user: Id, random: Random): Act {
  const agreed = { channel: "email", text: null, how: "tick" } as const;
  const known = random.pickOr(people);
  if (known === null || random.chance(0.35)) {
    const email = random.pick(addresses);
    const consents = random.chance(0.6) ? [agreed] : [];
    const name = { firstName: random.pick(words), lastName: "" };
    const rest = { email, phone: null, country: "PT", place: "", consents };
    return { name: "contact.add", args: { id: random.id(), ...name, ...rest } };
  }
  const { id, addedBy } = known;
  if (addedBy === user && random.chance(0.5)) {
    return { name: "consent.in", args: { id, place: "", ...agreed } };
  }
  return { name: "consent.out", args: { id, channel: "email", place: "" } };
}

function campaignsOf(shown: Shown): readonly Campaign[] {
  return [...shown.values()].filter((doc): doc is Campaign => "content" in doc);
}

function audiencesOf(shown: Shown): readonly Audience[] {
  return [...shown.values()].filter((doc): doc is Audience => "rule" in doc);
}
