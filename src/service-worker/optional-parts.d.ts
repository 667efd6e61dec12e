/** Made by optional-parts.config.ts while the app is built: paths below the app's folder. */
declare module "virtual:optional-parts" {
  export const optional: readonly string[];
  /** Of these, the texts of each language that is not English. */
  export const texts: Readonly<Record<string, string>>;
}
