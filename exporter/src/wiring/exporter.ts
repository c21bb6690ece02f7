import { cpus, hostname } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { World } from '../cli/backend.ts';
import { healthSettings } from '../config/health-settings.ts';
import { applyPathMode } from '../files/path-mode.ts';
import { healthOf, shownHealthOf } from '../health/health.ts';
import { startServer } from '../http/server.ts';
import type { WebServer } from '../http/server.ts';
import { createOwnRegistry } from '../metrics/own.ts';
import { createScraper } from '../metrics/scrape.ts';
import { startTelemetry } from '../metrics/telemetry.ts';
import type { Reader } from '../readers/reader.ts';
import { readers as allReaders } from '../readers/registry.ts';
import { toolNames } from '../session/tool.ts';
import { rootsOf } from '../sweep/listing.ts';
import { Scene } from '../sweep/scene.ts';
import { createAskOwner } from './ask-owner.ts';
import type { Books, Surroundings } from './books.ts';
import { openBooks } from './books.ts';
import { startLedgerThread } from './ledger-thread.ts';
import type { LedgerThread } from './ledger-thread.ts';
import { runBeside } from './beside.ts';
import { keepIndex } from './keep-index.ts';
import type { IndexCare } from './keep-index.ts';
import { createLog } from './log.ts';
import { createLook } from './look.ts';
import { openLine } from './owner-answers.ts';
import { createPresent } from './present.ts';
import type { Present } from './present.ts';
import { engineSettings } from './reading-settings.ts';
import { reportingOf, reportingWarnings, startReporting } from './reporting.ts';
import type { Reporting } from './reporting.ts';
import { askLine } from './owner-line.ts';
import type { OwnerLine } from './owner-line.ts';
import { makeWay } from './own-look.ts';
import { SingleReports } from './single-reports.ts';
import { openState, ownedByExporter, secondOwner } from './state.ts';
import type { State } from './state.ts';

/** What main.ts knows of the program and the process. */
export interface About {
  readonly version: string;
  /** Commit it was built from. */
  readonly revision?: string;
  readonly nodeVersion: string;
  /** OTEL_* of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Pick<Writable, 'write'>;
  readonly stderr: Pick<Writable, 'write'>;
  /** Where the owner may be asked; absent: nobody is there. */
  readonly stdin?: Readable & { readonly isTTY?: boolean };
  /** Resolves when somebody asks the process to end. */
  readonly ending: Promise<string>;
  /** Resolves at the next request to read the configuration again (SIGHUP). */
  readonly reloading: () => Promise<'reload'>;
}

/**
 * Serves /metrics and the page until it is asked to end; begins again with the configuration as it then is when it is asked to reload.
 * @param reporting how it reports to a hub, by the configuration in force @default not at all
 */
export const runExporter = async (first: World, about: Surroundings & About, reporting: (world: World) => Reporting | undefined | Promise<Reporting | undefined> = () => undefined): Promise<void> => {
  let world = first;
  let greets = true;
  while ((await serveWorld(world, about, { greets, reporting: await reporting(world) })) === 'reload') {
    world = reloaded(world, createLog(world.config, about.stderr));
    greets = false;
  }
};

/** The exporter, reporting to the hub of a team. */
export const runAgent = async (world: World, about: Surroundings & About, given: { readonly token: string | undefined; readonly variable: string | undefined }): Promise<void> => {
  const { stdin, stdout, pid } = about;
  const askOwner = stdin ? createAskOwner({ stdin, stdout, interrupt: () => process.kill(pid, 'SIGINT') }) : () => Promise.resolve(undefined);
  const first = reportingOf(world, { ...given, askOwner });
  let kept = first;
  const log = createLog(world.config, about.stderr);
  for (const warning of reportingWarnings(first, world)) log.warn(warning);
  await runExporter(world, about, (now) => {
    try {
      return (kept = reportingOf(now, { ...given, askOwner }));
    } catch (error) {
      log.error({ problem: error instanceof Error ? error.message : String(error) }, 'the new configuration cannot report, the old one does');
      return kept;
    }
  });
};

/** The configuration read again; the one in force when the new one is wrong. */
const reloaded = (world: World, log: Logger): World => {
  try {
    const next = world.reload();
    log.info('the configuration was read again');
    return next;
  } catch (error) {
    log.error({ problem: error instanceof Error ? error.message : String(error) }, 'the new configuration is wrong, the old one stays in force');
    return world;
  }
};

interface Manner {
  /** Says at its start where it is. */
  readonly greets: boolean;
  readonly reporting: Reporting | undefined;
}

const serveWorld = async (world: World, about: Surroundings & About, { greets, reporting }: Manner): Promise<'end' | 'reload'> => {
  const { config } = world;
  const { now, pid } = about;
  const log = createLog(config, about.stderr);
  const state = await openOwnState(world, about, log);
  if (!state.ownership && world.state.kind === 'folder' && state.ledgerPath !== ':memory:') throw (reporting ? ownedByExporter : secondOwner)(world.state.path, state.owner);
  if (state.problem !== undefined) log.warn(state.problem);

  const settings = engineSettings(world, state, cpus().length);
  const scene = new Scene({
    platform: world.machine.platform, idleAfterMs: config.idleLimitMs, exportWindowMs: config.exportWindowMs, exportLimit: config.exportLimit,
    durable: state.durable, ...(state.problem === undefined ? {} : { ledgerProblem: state.problem }),
  });
  const readers = allReaders.filter((reader) => !config.disabledTools.includes(reader.tool));
  const look = createLook({ machine: world.machine, readers, config, ownPid: pid, now, tell: (path) => applyPathMode(path, config.pathMode, state.pathSalt) });
  const present = createPresent(scene, world, now);
  const listeners = new Set<() => void>();
  const tellAll = (): void => listeners.forEach((changed) => changed());
  const onChange = (changed: () => void): (() => void) => {
    listeners.add(changed);
    return () => void listeners.delete(changed);
  };
  let fatal: (error: Error) => void;
  const died = new Promise<never>((_resolve, reject) => (fatal = reject));
  died.catch(() => undefined);
  let ledgerProblem: string | undefined;
  let index: IndexCare | undefined;
  let opened: () => void;
  const open = new Promise<void>((resolve) => (opened = resolve));
  const thread = startLedgerThread(settings, {
    onUpdate: (update) => {
      if (update.ledger.problem !== undefined && update.ledger.problem !== ledgerProblem) log.error(update.ledger.problem);
      ledgerProblem = update.ledger.problem;
      scene.apply(update);
      present.saw(update);
      index?.changed(update.sessions.flatMap(({ sources }) => sources));
      tellAll();
      opened();
      if (update.complete) state.ownership?.describe({ scanning: false });
    },
    onFailure: (message) => log.error({ problem: message }, 'a scan failed'),
    onWord: (message) => log.warn(message),
    onDeath: (error) => fatal(error),
  });
  await Promise.race([open, died]); // no scrape is answered before the counters are known
  const stopLooking = await lookAgainAndAgain(async () => {
    scene.see(await look());
    present.hear();
    tellAll();
  }, config.processIntervalMs);
  const reports = new SingleReports({ world, about, state, scene, book: thread, log, onChange });
  let server: WebServer | undefined;
  let telemetry: Awaited<ReturnType<typeof openTelemetry>> | undefined;
  let line: OwnerLine | undefined;
  let agent: { readonly stop: () => Promise<void> } | undefined;
  let beside: ReturnType<typeof runBeside> | undefined;
  try {
    telemetry = await openTelemetry(world, about, scene, { onProblem: (problem) => log.warn({ problem }, 'OpenTelemetry'), reporting });
    server = await serve({ world, about, scene, present, telemetry, readers, onProblem: (problem) => log.error({ problem }, 'a request failed') });
    line = await openLine(state, { world, thread, log, reports, hub: () => (beside ? beside.hub() : Promise.reject(new Error(reporting ? `the exporter of this machine reports to ${reporting.hubUrl} and runs no hub of its own` : 'the exporter of this machine is only just beginning'))) });
    state.ownership?.describe({ address: server.url, ...(line ? { line: line.address } : {}) });
    if (greets) greet({ world, about, server, pushesTo: telemetry.telemetry.pushesTo, reporting });
    index = keepIndex({ world, state, log, now, pid });
    if (reporting) agent = startReporting(reporting, { world, about, state, scene, book: thread, log, onChange });
    else beside = runBeside({ world, about, state, scene, book: thread, log, onChange }, { greets, page: server.url });
    const asked = await Promise.race([about.ending, about.reloading(), died]);
    if (asked === 'reload') return 'reload';
    log.info({ signal: asked }, 'stopping');
    return 'end';
  } finally {
    stopLooking();
    await Promise.allSettled([line?.close(), index?.stop(), agent?.stop(), beside?.stop(), reports.stop()]);
    await stopAll({ server, telemetry: telemetry?.telemetry, thread });
    state.close();
  }
};

/** The state of this world; a command that keeps the ledger for a moment (`watchroom list`) is waited for, another exporter is not. */
const openOwnState = async (world: World, { now, pid, ending }: Surroundings & About, log: Logger): Promise<State> => {
  for (let tries = 0; ; tries += 1) {
    const state = openState(world, { pid, since: now(), scanning: true });
    // Without a card its owner is just beginning or just going.
    const isBrief = state.ownership === undefined && state.durable && (state.owner?.brief ?? (state.owner === undefined && tries < 20));
    if (!isBrief) return state;
    if (tries % 20 === 0 && state.owner?.line !== undefined) await askLine(state.owner.line, makeWay, {}).catch(() => undefined); // a `watchroom monitor` does; a command ends anyway
    if (tries === 10) log.info({ pid: state.owner?.pid }, 'waiting for a command that uses the ledger');
    if (await Promise.race([ending, sleep(100)])) return state;
  }
};

/** The text of one scrape, with everything as it is now; nothing keeps running. */
export const scrapeOnce = async (world: World, about: Surroundings & About): Promise<string> => {
  const books = await openBooks(world, about, { recent: world.config.exportLimit });
  const scene = await sceneOf(books, world);
  const { telemetry, scrape } = await openTelemetry(world, { ...about, env: {} }, scene, { onProblem: () => undefined, reporting: undefined });
  try {
    return (await scrape({})).body.toString('utf8');
  } finally {
    await telemetry.stop();
    books.close();
  }
};

const sceneOf = async (books: Books, { config, machine }: World): Promise<Scene> => {
  const { durable, problem } = books.ledgerStatus();
  const scene = new Scene({
    platform: machine.platform, idleAfterMs: config.idleLimitMs, exportWindowMs: config.exportWindowMs, exportLimit: config.exportLimit, durable,
    ...(problem === undefined ? {} : { ledgerProblem: problem }),
  });
  scene.apply(books.update());
  scene.see(await books.look());
  return scene;
};

const openTelemetry = async ({ config }: World, about: Surroundings & About, scene: Scene, { onProblem, reporting }: { readonly onProblem: (problem: string) => void; readonly reporting: Reporting | undefined }) => {
  const { now, version, nodeVersion, revision, env } = about;
  const health = healthSettings(config);
  const telemetry = await startTelemetry({
    env, now, version, instance: hostname(), onProblem,
    snapshot: () => scene.snapshot(now()),
    healthOf: (session, at) => healthOf(session, at, health),
    labels: { title: config.titleLabel, toolNames: config.topTools, ...(config.hubUrl === undefined ? {} : { hubUrl: config.hubUrl }) },
  });
  const own = createOwnRegistry({ version, nodeVersion, ...(revision === undefined ? {} : { revision }) });
  // A machine's ai_* series reach a Prometheus by one way only, and that is then the hub's.
  const without = reporting && !reporting.exposeSessions ? [...config.metricsWithout, 'session' as const, 'fleet' as const] : config.metricsWithout;
  return { telemetry, own, scrape: createScraper({ telemetry, own, now, without }) };
};

interface Serving {
  readonly world: World;
  readonly about: Surroundings & About;
  readonly scene: Scene;
  readonly present: Present;
  readonly telemetry: Awaited<ReturnType<typeof openTelemetry>>;
  readonly readers: readonly Reader[];
  readonly onProblem: (problem: string) => void;
}

const serve = ({ world: { config, machine }, about, scene, present, telemetry: { own, scrape }, readers, onProblem }: Serving): Promise<WebServer> => {
  const health = healthSettings(config);
  const roots = engineRoots(config.roots);
  return startServer({
    own, scrape, onProblem,
    listen: config.listen,
    now: about.now,
    version: about.version,
    allowedHosts: config.allowedHosts,
    snapshot: () => scene.page(about.now()),
    present: present.page,
    healthOf: (session, now) => shownHealthOf(session, now, health),
    lookedAt: () => readers.flatMap((reader) => rootsOf(reader, machine, roots).map(({ path }) => ({ tool: toolNames[reader.tool], path, found: scene.isRootPresent(path) }))),
    ...(config.webConfigFile === undefined ? {} : { webConfigFile: config.webConfigFile }),
    ...(config.hubUrl === undefined ? {} : { hubUrl: config.hubUrl }),
  });
};

const engineRoots = (roots: World['config']['roots']): { readonly tool: Reader['tool']; readonly path: string }[] =>
  (Object.entries(roots) as [Reader['tool'], readonly string[]][]).flatMap(([tool, paths]) => paths.map((path) => ({ tool, path })));

/** The first look is waited for, so that the first picture knows what runs. */
const lookAgainAndAgain = async (look: () => Promise<void>, everyMs: number): Promise<() => void> => {
  await look();
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => (looking = false));
  }, everyMs);
  return () => clearInterval(timer);
};

const greet = ({ world, about, server, pushesTo, reporting }: { readonly world: World; readonly about: About; readonly server: WebServer; readonly pushesTo: string | undefined; readonly reporting: Reporting | undefined }): void => {
  about.stdout.write([
    `Watchroom ${about.version} watches the AI coding sessions below ${world.machine.home}.`,
    `  Page:     ${server.url}`,
    `  Metrics:  ${server.url}metrics`,
    ...(pushesTo === undefined ? [] : [`  Pushes:   ${pushesTo}`]),
    ...(reporting === undefined ? [] : [`  Reports:  ${reporting.hubUrl}`]),
    '',
    ...(reporting && !reporting.exposeSessions
      ? ['Prometheus has the sessions from the hub; /metrics here has only what the agent says of itself.', '']
      : ['For Prometheus, below scrape_configs: in prometheus.yml:', server.snippet]),
    'Ctrl+C ends it.',
    '',
  ].join('\n'));
};

const stopAll = async ({ server, telemetry, thread }: { readonly server: WebServer | undefined; readonly telemetry: { stop(): Promise<void> } | undefined; readonly thread: LedgerThread }): Promise<void> => {
  await Promise.allSettled([server?.close(), telemetry?.stop()]);
  await thread.stop();
};
