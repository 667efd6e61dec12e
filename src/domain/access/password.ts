/** What a password must be: long. Rules of composition only make people write them down. */
export const minPasswordLength = 12;
export const maxPasswordLength = 128;

/** Why the password cannot be taken, in words; null when it can. */
export function passwordProblem(
  password: string,
  about: { readonly email: string; readonly name: string },
): string | null {
  const { length } = password;
  if (length < minPasswordLength) return `needs at least ${minPasswordLength} characters`;
  if (length > maxPasswordLength) return `takes at most ${maxPasswordLength} characters`;
  if (new Set(password).size < 5) return "is too easy to guess: it repeats a few characters";
  const plain = password.trim().toLowerCase();
  const isTheirs = [about.email, about.name].some((each) => each.trim().toLowerCase() === plain);
  return isTheirs ? "must not be your name or e-mail address" : null;
}
