/**
 * Makes it when it is first needed, once. For what `Intl` offers: each of its forms costs a slow
 * device milliseconds, and a page needs few of them.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
