/** The ways forward from a card of Needs attention, as commands. */
import { fallingOf } from "#domain/campaign/fallback.ts";
import type { Id } from "#domain/core/id.ts";
import type { Act, Change, CommandArgs } from "#domain/sync/command.ts";
import type { Lost } from "#domain/sync/decision.ts";
import type { Card } from "../db/client-db.ts";
import { campaignOf } from "./card-campaign.ts";

/** A new campaign with everything that the person had typed; null when the card holds no campaign. */
export function draftFrom(card: Card, id: Id): Extract<Act, { name: "campaign.create" }> | null {
  const mine = campaignOf(card);
  if (mine === null) return null;
  const { type, content, audienceId, accountId } = mine;
  const name = isNew(card) ? mine.name : myVersionOf(mine.name);
  const fields = { type, name, content, audienceId, accountId, ...fallingOf(mine) };
  return { name: "campaign.create", args: { id, ...fields } };
}

/** Whether the refused command itself was to make the campaign: then there is no other of its name. */
function isNew({ act }: Card): boolean {
  return act.name === "campaign.create" || act.name === "campaign.duplicate";
}

const maxName = 200;
const mark = " (my version)";

/** Beside the campaign that it departs from, a draft of the same name could not be told apart. */
function myVersionOf(name: string): string {
  return name.endsWith(mark) ? name : `${name.slice(0, maxName - mark.length)}${mark}`;
}

/** The same command once more; null when the server took it already (a merge) and nothing is to be done. */
export function mineAgain(card: Card): Act | null {
  return card.kind === "rejected" ? card.act : null;
}

/** Of a merge: an edit that puts back what it wrote over. */
export function theirsAgain({ act, lost }: Card): Act | null {
  if (act.name === "campaign.edit") {
    const changes = campaignChanges(lost);
    return { name: "campaign.edit", args: { id: act.args.id, ...changes } };
  }
  const name = lost.find(({ field }) => field === "name");
  if (act.name === "audience.edit" && name !== undefined) {
    return { name: "audience.edit", args: { id: act.args.id, name: back(name) } };
  }
  return null;
}

function campaignChanges(lost: readonly Lost[]): Omit<CommandArgs["campaign.edit"], "id"> {
  const byField = new Map(lost.map((each) => [each.field, back(each)]));
  const name = byField.get("name");
  const audienceId = byField.get("audienceId");
  const accountId = byField.get("accountId");
  const content = {
    ...part("subject", byField.get("content.subject")),
    ...part("text", byField.get("content.text")),
    ...part("html", byField.get("content.html")),
  };
  const instead = byField.get("fallback.accountId");
  const fallback = {
    ...part("accountId", instead && noneAsNull(instead)),
    ...part("text", byField.get("fallback.text")),
  };
  return {
    ...part("name", name),
    ...part("audienceId", audienceId && noneAsNull(audienceId)),
    ...part("accountId", accountId && noneAsNull(accountId)),
    ...(Object.keys(content).length === 0 ? {} : { content }),
    ...(Object.keys(fallback).length === 0 ? {} : { fallback }),
  };
}

function back({ theirs, mine }: Lost): Change<string> {
  return { was: mine, set: theirs };
}

/** A merge tells "none" of an id as the text of null. */
function noneAsNull({ was, set }: Change<string>): Change<string | null> {
  return { was: was === "null" ? null : was, set: set === "null" ? null : set };
}

function part<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens to string; it is K
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
}
