/** The ways in which unsent work leaves a device without a network, and comes in. */
export const carryTitles = {
  save: "Save unsent work to a file",
  restore: "Restore unsent work from a file",
  give: "Hand over to another tablet",
  take: "Take over from another tablet",
} as const;

export type CarryWay = keyof typeof carryTitles;
