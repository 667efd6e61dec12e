/** Made by texts.config.ts while the app is built: a catalogue without its English. */
declare module "virtual:texts/*" {
  export const texts: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}
