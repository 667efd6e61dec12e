/**
 * How the build is cut into files. A slow network wants few requests before the first page, and
 * nothing in them that the first page does not need: so the cut follows what imports what.
 */
import type { Plugin, Rolldown } from "vite";
import { optionalPrefix } from "./optional-parts.config.ts";

type Groups = Rolldown.CodeSplittingGroup[];

const source = `${import.meta.dirname}/src`;

/** Around every page. */
const frame = [`${source}/routes/+layout.svelte`, `${source}/routes/+layout.ts`];
/** What a visit begins with: the overview over this device's own data; Kit asks for the last one, too. */
const first = [
  `${source}/routes/+page.svelte`,
  `${source}/lib/app.ts`,
  `${source}/routes/+error.svelte`,
];
/** Where somebody who was never here stands. */
const door = [`${source}/routes/sign-in/+page.svelte`];
/** What people open next: the list of campaigns. */
const list = [`${source}/routes/campaigns/+page.svelte`];
/** And one of them. */
const report = [`${source}/routes/campaigns/[id]/+page.svelte`];
const parts = [`${source}/lib/features/reports/other-parts.ts`];
/** What comes as soon as that is drawn. */
const online = [`${source}/lib/sync/online.ts`];

export function chunkGroups(): Groups {
  return [
    { name: "payload", test: payload, priority: 4 },
    { name: "dexie", test: /node_modules\/dexie\//, priority: 3 },
    { name: "svelte", test: /node_modules\/(svelte|esm-env|clsx)\/|i18n\/text\.ts$/, priority: 3 },
    { name: "kit", test: kit, priority: 3 },
    { debugName: "frame", name: neededBy("frame", frame), minShareCount: 2, priority: 2 },
    {
      debugName: "first",
      name: neededBy("first", first, [[...list, ...report], online]),
      priority: 1,
    },
    { debugName: "door", name: neededBy("door", door) },
    { debugName: "list", name: neededBy("list", list) },
    { name: "d3", test: /node_modules\/(d3|d3-(?!geo)\w+|internmap)\// },
    { debugName: "report", name: neededBy("report", report) },
    { debugName: "online", name: neededBy("online", online) },
    {
      name: `${optionalPrefix}language`,
      test: /i18n\/(languages|translate|text-number)\.ts$/,
      priority: 2.5,
    },
    ...["ar", "de", "es", "fr"].map((name) => ({
      name: `${optionalPrefix}texts-${name}`,
      test: new RegExp(`virtual:texts/${name}$`),
      priority: 2.5,
    })),
    { name: "liquid", test: /node_modules\/liquidjs\// },
    { name: "ui", test: /src\/lib\/(ui|i18n)\/|node_modules\/@lucide\//, minShareCount: 2 },
    { name: "domain", test: domain, minShareCount: 3 },
    { name: "seldom", test: seldom },
    { name: "common", test: common, minShareCount: 2 },
    // Behind what several parts share, as a part takes what it imports with it: nothing that is there
    // from the start may need one of these (see the budgets).
    { debugName: "parts", name: neededBy("parts", parts) },
    { name: `${optionalPrefix}calendar`, test: calendar },
    { name: `${optionalPrefix}office`, test: office },
    { name: `${optionalPrefix}analytics`, test: analytics },
    { name: `${optionalPrefix}codes`, test: codes },
    { name: `${optionalPrefix}report`, test: reportParts },
    { name: `${optionalPrefix}links`, test: links },
    { name: `${optionalPrefix}usage`, test: usage },
    { name: `${optionalPrefix}export`, test: taking },
    { name: `${optionalPrefix}distributions`, test: distributions },
    { name: `${optionalPrefix}pins`, test: pins },
  ];
}

/**
 * Nearly all functions of these parts run before the first page is there. The browser is told, and
 * compiles them while it loads them, beside the page's own thread (V8's explicit compile hints).
 */
const calledAtStart =
  /^(?:svelte|kit|frame|first|app|ui|dexie|list|report|domain|online|common|entry\/\w+|nodes\/\d+)$/;

/** Says so in the first line of their files, where the browser looks for it. */
export function compileHints(): Plugin {
  return {
    name: "compile-hints",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const part of Object.values(bundle)) {
          if (part.type !== "chunk" || !calledAtStart.test(part.name)) continue;
          part.code = `//# allFunctionsCalledOnLoad\n${part.code}`;
        }
      },
    },
  };
}

/** Without the client itself, which Kit wants to find in a part of its own. */
const kit =
  /node_modules\/(@sveltejs\/kit\/src\/(utils|messages|runtime\/(app|shared|components))|devalue)\//;

/** Two months to choose days from, with what it is made of. */
const calendar =
  /node_modules\/(bits-ui|@internationalized|@floating-ui|tabbable|runed|svelte-toolbelt|@swc)\/|(ui\/DaysCalendar|date-range\/ChooseDays)\.svelte/;

/** Dialogs and tabs for who sets things up, or looks closely: seldom on a tablet in a shop. */
const office =
  /src\/lib\/(state|sync)\/(editions|edition-calls|run-recipients|run-calls)\.|features\/(limits\/MonthBudgetCard|sync-centre\/DevicesCard|settings\/(Account(Dialog|Limits|Settings)|DoubtFields|KeysTab|KeyDialog|NoticesTab|ConsentTab|DeadLettersTab|LeaveWorkspace)|recipients\/(TriesDialog|ColumnsDialog|SeriesRecipients)|campaigns\/(CodeChoice|FallbackChoice|LinkChoice|BudgetField|ScheduleOutlook)|subscriptions\/SubscriptionsTab|reports\/(EditionsCard|FallbackText)|audience\/EraseContact)\.svelte/;

/** Reports across campaigns, all but the door to them. What others share with them stays with those. */
const analytics = (id: string): boolean =>
  /src\/(lib\/(features\/analytics\/(?!ReportsDoor)|charts\/(ColumnsChart|ColumnsPlot|column-geometry|channel-mark))|domain\/analytics\/|lib\/state\/saved-views)/.test(
    id,
  );

const domain = (id: string): boolean => /src\/(domain|protocol)\//.test(id) && !isLater(id);

const common = (id: string): boolean => id.includes("/src/") && !isLater(id);

/** What stays with the parts that come later, however many of them share it. */
const isLater = (id: string): boolean =>
  analytics(id) || office.test(id) || reportParts.test(id) || links.test(id) || usage.test(id);

/** Code pools and the use of codes, all but the door to them. */
const codes = /src\/lib\/features\/codes\/(?!CodesDoor)/;

/** What a campaign's report has beyond its first sight, with what it shares with links and usage. */
const reportParts =
  /src\/(lib\/features\/(report-parts\/|reports\/(FailuresOverTime|GapTab)|links\/link-(words|map)|usage\/(CarrierParts|usage-words))|lib\/(state\/hours\.|sync\/hours-calls|db\/hours)|protocol\/rest\/report-hours|domain\/(report\/(usage|breakdowns|failures-over-time|hour-spans|fold-series)|engagement\/(link-map|open|open-words))\.ts)/;

/** Who followed the links of a campaign, with the map of the world. */
const links =
  /node_modules\/(d3-geo|topojson-client|world-atlas)\/|src\/(lib\/(features\/links|charts\/map|state\/clicks|sync\/click-calls)|domain\/engagement\/(click|link-report)\.ts|protocol\/rest\/links\.ts)/;

/** Segments and usage over campaigns, and the log of their messages. */
const usage =
  /src\/(lib\/(features\/(usage|message-log)\/|state\/(usage|message-log)\.|sync\/(usage|log)-calls)|protocol\/rest\/(usage|message-log))/;

/** The list of distributions, and what a campaign's page tells of one beyond its report. */
const distributions = /src\/lib\/(features\/distributions\/|state\/asked-consents)/;

/** What keeps pinned reports up to date: only with a network is there anything to do. */
const pins = /src\/lib\/(sync\/pin-keeper|db\/erased)\.ts/;

/** Pictures of charts, a report as one file, and the menus for them. */
const taking = /src\/lib\/(features\/export\/|export\/(figure-svg|plain-colour|png|page-html)\.ts)/;

/** Small and rarely seen, each fetched when it is: one file instead of many. */
const seldom =
  /src\/lib\/(features\/(overview\/FirstSteps|access\/(SignInDialog|LeftWork|LockScreen)|shell\/(EvictionNotice|InstallHow|NoStorage|SignOutDialog))\.svelte)/;

/**
 * What the page tells Kit (its version, its base), and what Kit's entry fetches the client with. In
 * a part of their own: a part that held the client too would read the version before it is told,
 * and Kit, taking each page for an old one, would load an address that leads nowhere for ever.
 */
const payload = /@sveltejs\/kit\/src\/runtime\/client\/payload|vite\/preload-helper/;

/** `both`: also what two parts need that shall not need each other. */
function neededBy(
  name: string,
  from: readonly string[],
  both?: readonly [readonly string[], readonly string[]],
): Rolldown.CodeSplittingNameFunction {
  let modules: ReadonlySet<string> | null = null;
  return (id, context) => {
    modules ??= reach(from, context).union(
      both === undefined
        ? new Set()
        : reach(both[0], context).intersection(reach(both[1], context)),
    );
    return modules.has(id) && !from.includes(id) ? name : null;
  };
}

/** Everything that these modules import, and what that imports, except by `import()`. */
function reach(from: readonly string[], context: Rolldown.ChunkingContext): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) visit(next);
  };
  from.forEach(visit);
  return seen;
}
