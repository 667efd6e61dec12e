/** What a command does, in words: for the list of what waits to be sent, and for cards. */
import type { CommandName } from "#domain/sync/command.ts";

interface CommandWords {
  /** What will happen: "Send the campaign". */
  readonly act: string;
  /** The same as something done: "sent the campaign". */
  readonly done: string;
  /** What is lost when it is discarded. */
  readonly discard: string;
}

export const commandWords = {
  "campaign.create": {
    act: "Create the campaign",
    done: "created the campaign",
    discard: "The campaign is removed from this device, with everything that builds on it.",
  },
  "campaign.edit": {
    act: "Save changes to the campaign",
    done: "changed the campaign",
    discard: "The campaign goes back to how it was before these changes.",
  },
  "campaign.schedule": {
    act: "Schedule the campaign",
    done: "scheduled the campaign",
    discard: "The campaign is not scheduled.",
  },
  "campaign.setLive": {
    act: "Set the campaign live",
    done: "set the campaign live",
    discard: "The campaign is not set live.",
  },
  "campaign.unschedule": {
    act: "Take the campaign off the schedule",
    done: "took the campaign off the schedule",
    discard: "The campaign stays scheduled.",
  },
  "campaign.send": {
    act: "Send the campaign",
    done: "sent the campaign",
    discard: "The campaign is not sent.",
  },
  "campaign.approve": {
    act: "Approve the campaign",
    done: "approved the campaign",
    discard: "The campaign is not approved.",
  },
  "campaign.reject": {
    act: "Reject the campaign",
    done: "rejected the campaign",
    discard: "The campaign is not rejected.",
  },
  "campaign.pause": {
    act: "Pause the campaign",
    done: "paused the campaign",
    discard: "The campaign is not paused.",
  },
  "campaign.resume": {
    act: "Resume the campaign",
    done: "resumed the campaign",
    discard: "The campaign stays paused.",
  },
  "campaign.end": {
    act: "End the campaign",
    done: "ended the campaign",
    discard: "The campaign stays live.",
  },
  "campaign.cancel": {
    act: "Cancel the campaign",
    done: "canceled the campaign",
    discard: "The campaign is not canceled.",
  },
  "campaign.retry": {
    act: "Send the campaign again to those who did not get it",
    done: "sent the campaign again to those who did not get it",
    discard: "Nobody is sent to again.",
  },
  "campaign.annotate": {
    act: "Save the remark on the campaign",
    done: "changed a remark on the campaign",
    discard: "The remark stays as it was before.",
  },
  "campaign.delete": {
    act: "Delete the campaign",
    done: "deleted the campaign",
    discard: "The campaign stays.",
  },
  "campaign.duplicate": {
    act: "Make a copy of the campaign",
    done: "copied the campaign",
    discard: "The copy is removed from this device.",
  },
  "audience.create": {
    act: "Create the audience",
    done: "created the audience",
    discard: "The audience is removed from this device.",
  },
  "audience.edit": {
    act: "Save changes to the audience",
    done: "changed the audience",
    discard: "The audience goes back to how it was before these changes.",
  },
  "audience.delete": {
    act: "Delete the audience",
    done: "deleted the audience",
    discard: "The audience stays.",
  },
  "pin.add": {
    act: "Make a report available offline",
    done: "made a report available offline",
    discard: "The report is kept offline on none of your devices.",
  },
  "pin.remove": {
    act: "No longer keep a report offline",
    done: "stopped keeping a report offline",
    discard: "The report stays available offline.",
  },
  "report.keep": {
    act: "Keep the changes to the reports of the workspace",
    done: "changed the reports that the workspace keeps",
    discard: "The reports under a name stay as they were before.",
  },
  "report.default": {
    act: "Begin with this report",
    done: "chose the report to begin with",
    discard: "You begin with the same report as before.",
  },
  "contact.add": {
    act: "Add the contact",
    done: "added a contact at the stand",
    discard: "The contact is removed from this device, with the consents that it gave.",
  },
  "contact.edit": {
    act: "Save changes to the contact",
    done: "changed a contact at the stand",
    discard: "The contact goes back to how it was before these changes.",
  },
  "consent.in": {
    act: "Note the consent",
    done: "noted a consent at the stand",
    discard: "The consent is not noted.",
  },
  "consent.out": {
    act: "Note that the person wants no more messages",
    done: "noted at the stand that somebody wants no more messages",
    discard: "The person keeps getting messages.",
  },
} as const satisfies Record<CommandName, CommandWords>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandWords, name);
}

/** "Send the campaign “Spring sale”". */
export function commandSentence(name: CommandName, subject: string | null): string {
  const { act } = commandWords[name];
  return subject === null || subject === "" ? act : `${act} “${subject}”`;
}
