/** Where a template has a link: `source.slice(from, to)` is its address. */
export interface Spot {
  readonly from: number;
  readonly to: number;
  /** The address with its merge fields, as plain text. */
  readonly url: string;
  /** What people see of it, or the variable that it comes from; "" where nothing tells. */
  readonly label: string;
}
