/** Colours as every program reads them: what the page mixes is read back from a drawn dot. */
const plain = /^(?:none|transparent|#[\da-f]{3,8}|rgba?\([\d.,\s]+\))$/i;
const known = new Map<string, string>();

export function plainColour(colour: string): string {
  if (plain.test(colour)) return colour;
  const found = known.get(colour) ?? drawn(colour);
  known.set(colour, found);
  return found;
}

function drawn(colour: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return colour;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${Math.round((alpha / 255) * 1_000) / 1_000})`;
}
