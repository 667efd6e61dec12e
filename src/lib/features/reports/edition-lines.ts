/** A campaign's texts with how many got each: pure. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { editReach } from "#domain/report/edit-reach.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { formatCount, formatDateTime } from "#lib/i18n/format.ts";

export interface EditionLine {
  readonly n: number;
  readonly label: string;
  readonly note: string;
  readonly isNewest: boolean;
}

/** The newest first. */
export function editionLines(
  { editions = [] }: Pick<Campaign, "editions">,
  rollup: Rollup | null,
): readonly EditionLine[] {
  const before = editions.reduce((sum, { handed }) => sum + (handed ?? 0), 0);
  const all = rollup === null ? null : editReach(rollup).earlier;
  const newest = all === null ? null : Math.max(0, all - before);
  return editions
    .map(({ n, since, handed }) => {
      const got = handed ?? newest;
      const count = got === null ? "" : `${formatCount(got, "recipient")} so far, `;
      const closed = `${formatCount(handed ?? 0, "recipient")}, `;
      const isNewest = handed === null;
      return {
        n,
        label: isNewest ? `Text ${n}, the newest` : `Text ${n}`,
        note: `${isNewest ? count : closed}since ${formatDateTime(since)}`,
        isNewest,
      };
    })
    .toReversed();
}
