import type { NowPage, NowSession } from '../../session/now.ts';
import type { RateLimit } from '../../session/part.ts';
import { bar, fillStyle } from '../bar.ts';
import { longTime, percent, shortNumber, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Paint } from '../terminal.ts';
import { textWidth } from '../text-width.ts';
import type { Told } from './told.ts';

export const lineParts = ['live', 'project', 'model', 'context', 'cost', 'health', 'burn', 'errors', 'limits'] as const;
export type LinePart = (typeof lineParts)[number];

export interface LineFacts {
  /** What Claude Code says of its session. */
  readonly told: Told | undefined;
  /** What the exporter says; undefined: it does not answer. */
  readonly page: NowPage | undefined;
  readonly now: number;
}

export interface LineLook {
  readonly paint: Paint;
  readonly parts: readonly LinePart[];
  /** Columns there are; what matters least goes first. */
  readonly width: number;
}

/** One line: what is unknown is left out of it. */
export const statusText = (facts: LineFacts, { paint, parts, width }: LineLook): string => {
  const data = statusData(facts);
  const texts = parts.map((part) => ({ part, text: textOf[part](data, paint, facts.now) })).filter(({ text }) => text !== '');
  if (texts.length === 0) return paint('dim', facts.page ? 'no session' : 'no exporter runs');
  const between = paint('dim', ' │ ');
  const line = (kept: typeof texts): string => kept.map(({ text }) => text).join(between);
  let kept = texts;
  while (kept.length > 1 && width < Infinity && textWidth(plain(line(kept))) > width) {
    const least = kept.reduce((a, b) => (goesFirst.indexOf(a.part) <= goesFirst.indexOf(b.part) ? a : b));
    kept = kept.filter((one) => one !== least);
  }
  return line(kept);
};

const goesFirst: readonly LinePart[] = ['errors', 'burn', 'model', 'project', 'live', 'limits', 'cost', 'health', 'context'];

/** tmux counts its styles as nothing, and ## as one. */
const plain = (text: string): string => text.replace(/#\[[^\]]*\]/g, '').replaceAll('##', '#');

/** The same as data. */
export interface StatusData {
  readonly exporter: boolean;
  readonly session?: string;
  readonly live?: number;
  readonly waiting?: number;
  readonly project?: string;
  readonly model?: string;
  readonly context?: NonNullable<Told['context']>;
  readonly costUsd?: number;
  readonly costIsLeast?: true;
  readonly health?: NowSession['health'];
  readonly burn?: NowSession['burn'];
  readonly errors?: number;
  readonly rateLimits: readonly (Omit<RateLimit, 'reportedAt'> & { readonly tool: string })[];
}

/** Of the context Claude Code knows the newest; of the cost the exporter knows more: sub-agents, and what was before a resume. */
export const statusData = ({ told, page, now }: LineFacts): StatusData => {
  const session = sessionOf(told, page);
  const context = told?.context ?? session?.context;
  const costUsd = session?.costUsd ?? told?.costUsd;
  const errors = session?.errors && Object.values(session.errors).reduce((sum, count) => sum + count, 0);
  const folder = told?.folder?.split(/[/\\]/).filter(Boolean).at(-1);
  const project = session?.project ?? folder;
  const model = told?.model ?? session?.model;
  return {
    exporter: page !== undefined,
    ...(session ? { session: session.id } : told?.sessionId === undefined ? {} : { session: `claude/${told.sessionId}` }),
    ...(page ? { live: page.live, waiting: page.counts.waiting } : {}),
    ...(project === undefined ? {} : { project }), ...(model === undefined ? {} : { model }),
    ...(context ? { context } : {}),
    ...(costUsd === undefined ? {} : { costUsd }), ...(session?.costUsd !== undefined && ((session.unpricedTokens ?? 0) > 0 || session.outputLowerBound) ? { costIsLeast: true as const } : {}),
    ...(session?.health.score === undefined || session.state === 'ended' ? {} : { health: session.health }),
    ...(session?.burn ? { burn: session.burn } : {}), ...(errors === undefined ? {} : { errors }),
    rateLimits: limitsOf(told, page).filter(({ resetsAt }) => resetsAt === undefined || resetsAt > now),
  };
};

/** The one that is told of; else the latest that is live. */
const sessionOf = (told: Told | undefined, page: NowPage | undefined): NowSession | undefined =>
  told?.sessionId === undefined ? page?.sessions.find(({ state, lastActivityAt }) => state !== 'ended' && lastActivityAt !== undefined) : page?.sessions.find(({ nativeId }) => nativeId === told.sessionId);

const limitsOf = (told: Told | undefined, page: NowPage | undefined): StatusData['rateLimits'] =>
  told && (told.rateLimits.length > 0 || !page) ? told.rateLimits.map((limit) => ({ tool: 'claude', ...limit })) : (page?.rateLimits ?? []).filter(({ tool }) => !told || tool === 'claude');

const textOf: Readonly<Record<LinePart, (data: StatusData, paint: Paint, now: number) => string>> = {
  live: ({ live, waiting, session }, paint) => (live === undefined || (live === 0 && session === undefined) ? '' : `${paint('green', `● ${live}`)}${waiting ? ` ${paint('yellow', `${waiting} waiting`)}` : ''}`),
  project: ({ project }) => safeText(project ?? ''),
  model: ({ model }) => safeText(model ?? '').replace(/-20\d{6}$/, ''),
  context: ({ context }, paint) => contextText(context, paint),
  cost: ({ costUsd, costIsLeast }) => (costUsd === undefined ? '' : `${costIsLeast ? '≥' : ''}${usd(costUsd)}`),
  health: ({ health }, paint) => (health?.score === undefined ? '' : paint(health.level === 'healthy' ? 'green' : health.level === 'warning' ? 'yellow' : 'red', `♥ ${Math.floor(health.score)}`)),
  burn: ({ burn }) => (burn ? `${shortNumber(burn.tokensPerMinute)}/min` : ''),
  errors: ({ errors }, paint) => (errors ? paint('red', `✗ ${errors}`) : ''),
  limits: ({ rateLimits }, paint, now) => {
    const several = new Set(rateLimits.map(({ tool }) => tool)).size > 1;
    return rateLimits.map(({ tool, window, usedRatio, resetsAt }) => `${several ? `${tool} ` : ''}${safeText(window)} ${paint(fillStyle(usedRatio), percent(usedRatio))}${resetsAt === undefined || usedRatio < 0.5 ? '' : paint('dim', ` ↻${longTime(resetsAt - now)}`)}`).join(' ');
  },
};

const contextText = (context: StatusData['context'], paint: Paint): string => {
  if (!context) return '';
  if (context.ratio === undefined) return context.used === undefined ? '' : `${shortNumber(context.used)} of ?`;
  return `${bar(context.ratio, 8, paint)} ${paint(fillStyle(context.ratio), percent(context.ratio))}`;
};
