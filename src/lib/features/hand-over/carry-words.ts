/** What became of work that was carried here, in words. */
import type { TakeProblem } from "#lib/carry/work.ts";

const words = {
  notOurs: "This is no saved work of Fieldcast.",
  tooNew: "It was saved by a newer version of the app. Update this one first, then try again.",
  damaged: "It is damaged or not whole. Save it again on the other device, or use another copy.",
  otherWorkspace: "It belongs to another workspace. Sign in there to take it in.",
  otherPerson: "It belongs to another person. Only who made it can take it in, signed in here.",
  wrongPassphrase: "The passphrase is not the one that it was sealed with.",
} as const;

export function problemText(problem: TakeProblem): string {
  if (!("detail" in problem)) return words[problem.type];
  const { message } = problem.detail;
  return typeof message === "string" ? message : "It cannot be taken in here.";
}

interface Taken {
  readonly commands: number;
  readonly cards: number;
  readonly known: number;
}

export function takenText({ commands, cards, known }: Taken): string {
  const news = [
    counted(commands, "change waits on this device now", "changes wait on this device now"),
    counted(cards, "card is in Needs attention", "cards are in Needs attention"),
  ].filter((part) => part !== null);
  const before = counted(known, "was here before", "were here before");
  if (news.length === 0) return "Everything in it was on this device already.";
  return `${[...news, ...(before === null ? [] : [before])].join(", ")}.`;
}

function counted(n: number, one: string, many: string): string | null {
  return n === 0 ? null : `${n} ${n === 1 ? one : many}`;
}
