/** What the commands of the command line say, and how they refuse. */

/** Wrong use: the words go to the terminal, with the exit status 2. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

/** Something that cannot be done as asked: exit status 1. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Words around an answer that a script reads from standard output. */
export function hint(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** "1 campaign", "2 campaigns". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
