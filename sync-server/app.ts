/** The whole HTTP side, put together but not listening: tests inject into it, main.ts makes it listen. */
import { randomUUID } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from "fastify";
import type { People } from "./access/people.ts";
import type { MadeWorkspace } from "./access/workspace.ts";
import type { Config } from "./config.ts";
import { registerAccounts } from "./http/accounts.ts";
import { registerAudiences } from "./http/audiences.ts";
import { registerBounces } from "./http/bounces.ts";
import { registerCampaignRestore } from "./http/campaign-restore.ts";
import { registerEditions } from "./http/campaign-editions.ts";
import { registerCampaigns } from "./http/campaigns.ts";
import { registerCodePools } from "./http/code-pools.ts";
import { registerErasure } from "./http/contact-erase.ts";
import { registerContacts } from "./http/contacts.ts";
import { registerEvents } from "./http/events.ts";
import { registerConsents } from "./http/consents.ts";
import { registerDevices } from "./http/devices.ts";
import { registerDocs } from "./http/docs.ts";
import { registerBodyPace } from "./http/body-pace.ts";
import { registerDrain } from "./http/drain.ts";
import { registerFailures } from "./http/failures.ts";
import { registerHeaders } from "./http/headers.ts";
import { registerHealth } from "./http/health.ts";
import { registerImports } from "./http/imports.ts";
import { registerLeave } from "./http/leave.ts";
import { registerInbound } from "./http/inbound.ts";
import { registerKeys } from "./http/keys.ts";
import { registerBudget } from "./http/budget.ts";
import { registerLimits } from "./http/limits.ts";
import { registerLinkReport } from "./http/link-report.ts";
import { registerLinks } from "./http/links.ts";
import { registerLeaveWorkspace } from "./http/leave-workspace.ts";
import { registerMembers } from "./http/members.ts";
import { registerNotices } from "./http/notices.ts";
import { ourOrigins } from "./http/origin.ts";
import { registerPreflight } from "./http/preflight.ts";
import { registerReceipts } from "./http/receipts.ts";
import { registerCodeUses } from "./http/code-uses.ts";
import { registerRedemptions } from "./http/redemptions.ts";
import { registerReports } from "./http/reports.ts";
import { registerMessageLog } from "./http/message-log.ts";
import { registerUsage } from "./http/usage.ts";
import { registerUsageSubscriptions } from "./http/usage-subscriptions.ts";
import { registerAnalytics } from "./http/analytics.ts";
import { registerSubscriptions } from "./http/subscriptions.ts";
import { installGuards } from "./http/route.ts";
import { registerSession } from "./http/session.ts";
import { registerStatic } from "./http/static.ts";
import { registerSuppressions } from "./http/suppressions.ts";
import { registerSync } from "./http/sync.ts";
import { registerLive, type Live } from "./live/live.ts";
import { createPuller } from "./live/pull.ts";
import type { Services } from "./services.ts";
import type { Store } from "./store/store.ts";

export interface AppDeps {
  readonly config: Pick<Config, "publicUrl">;
  readonly log: FastifyBaseLogger;
  readonly store: Store;
  readonly people: People;
  readonly services: Services;
  readonly clock: () => number;
  readonly newId: () => string;
  /** Where the built app lies. */
  readonly buildDir: string;
  readonly fillDemo: (made: MadeWorkspace) => void;
}

const maxBodyBytes = 1024 * 1024;
/** Well above what people and well-behaved scripts do; files and receipts that are no mails are not counted. */
const requestsPerMinute = 6_000;
const uncounted =
  /^\/(?:_app|icons|health|metrics|api\/v1\/health|api\/v1\/receipts(?!\/[\w-]+\/mail))(?:[/?]|$)/;

/** Of an address, or of a route's pattern, whose parts begin with a colon. */
function isUncounted(url: string): boolean {
  return uncounted.test(url.replaceAll(":", ""));
}

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const { config, log, store, services, clock, buildDir } = deps;
  const { publicUrl } = config;
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    bodyLimit: maxBodyBytes,
    // A proxy on this machine may say for whom it asks; nobody else is believed.
    trustProxy: "loopback",
    genReqId: () => randomUUID(),
    // What is logged of a request names it by itself: a logger for each costs more than most requests.
    childLoggerFactory: (logger) => logger,
    routerOptions: { maxParamLength: 200 },
  });
  const origins = ourOrigins(publicUrl);
  const authenticate = ({ headers }: FastifyRequest) => services.callers.callerOf(headers);
  takeEmptyJson(app);
  registerFailures(app);
  registerDrain(app);
  registerBodyPace(app);
  await registerHeaders(app, { buildDir, publicUrl });
  app.addHook("onRoute", (made) => {
    if (isUncounted(made.url)) made.config = { ...made.config, rateLimit: false };
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: "1 minute",
    allowList: (request) => isUncounted(request.url),
  });
  const { devices } = services;
  const endOf = (device: string) => devices.endOf(device);
  installGuards(app, { authenticate, endOf, answers: store.access, clock, origins });

  const puller = createPuller(deps);
  const live = registerLive(app, { store, puller, devices, clock, origins, authenticate });
  registerApi(app, { ...deps, ...services }, live);
  registerSync(app, { ...services, puller, clock });
  registerHealth(app, { store, listeners: () => live.size(), health: services.health, clock });
  registerDocs(app, { publicUrl });
  await registerStatic(app, { root: buildDir });
  return app;
}

function registerApi(app: FastifyInstance, deps: AppDeps & Services, live: Live): void {
  const look = (): void => void live.look();
  registerSession(app, { ...deps, onSignedOut: look });
  const onRemoved = (workspace: string, user: string): void =>
    void leaveDevices(deps, live, { workspace, user });
  registerMembers(app, { ...deps, onRemoved });
  registerLeaveWorkspace(app, { ...deps, onRemoved });
  registerDevices(app, { ...deps, onDeviceEnded: (device) => void live.endDevice(device) });
  registerKeys(app, { ...deps, onRevoked: look });
  registerContacts(app, deps);
  registerErasure(app, deps);
  registerImports(app, deps);
  registerConsents(app, deps);
  registerSuppressions(app, deps);
  registerBudget(app, deps);
  registerLimits(app, deps);
  registerAudiences(app, deps);
  registerAccounts(app, deps);
  registerCampaigns(app, deps);
  registerCodePools(app, deps);
  registerCampaignRestore(app, deps);
  registerEditions(app, deps);
  registerNotices(app, deps);
  registerSubscriptions(app, { ...deps, wake: () => deps.notices.notifier.wake() });
  registerPreflight(app, deps);
  registerReports(app, deps);
  registerUsage(app, deps);
  registerUsageSubscriptions(app, deps);
  registerMessageLog(app, { ...deps, publicUrl: deps.config.publicUrl });
  registerAnalytics(app, deps);
  registerReceipts(app, deps);
  registerBounces(app, deps);
  registerInbound(app, deps);
  registerEvents(app, deps);
  registerRedemptions(app, deps);
  registerCodeUses(app, deps);
  registerLeave(app, { ...deps, links: deps.leaveLinks });
  registerLinkReport(app, deps);
  registerLinks(app, deps);
}

/** Who left a workspace is told so on every device: its data is removed there. */
async function leaveDevices(
  { devices, log }: AppDeps & Services,
  live: Live,
  { workspace, user }: { readonly workspace: string; readonly user: string },
): Promise<void> {
  try {
    const gone = await devices.forgetOf(workspace, user);
    await Promise.all(gone.map((device) => live.endDevice(device)));
  } catch (error) {
    log.error({ err: error }, "telling the devices of a person who left failed");
  }
  live.end(workspace, user);
}

/** A POST without a body may still say that it is JSON: it then has no body. */
function takeEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, body.toString(), done);
  });
}
