import type { Base } from '../../base.ts';
import { Refusal, unavailable } from '../../routes/errors.ts';
import type { Ask } from '../../routes/route.ts';
import { audit } from '../../store/audit.ts';
import { newId } from '../../store/ids.ts';
import type { Work } from '../../store/open.ts';
import type { AlertTable } from '../../store/rooms-schema.ts';
import { hubUserId } from '../chat/people.ts';
import { changed, insertPost, userAdded } from '../chat/write.ts';
import { membersOf } from '../members.ts';
import { headOf } from '../numbers.ts';
import { join, requireAct, roomFor, roomOfHub } from '../room.ts';
import type { Change, Writer } from '../writer.ts';
import { createAlertmanager } from './alertmanager.ts';
import type { Alertmanager, AlertmanagerSettings, ListedAlert } from './alertmanager.ts';
import { alertEndType, alertType, messageOf, propsOf } from './message.ts';
import type { ToldAlert } from './webhook.ts';

/** An acknowledged alert is silent so long. */
export const ackMs = 4 * 3_600_000;

/** Alerts in rooms [R10]: Alertmanager tells, people acknowledge, and what Alertmanager does not tell is asked. */
export class Alerts {
  readonly #base: Base;
  readonly #writer: Writer;
  readonly #settings: AlertmanagerSettings | undefined;
  readonly #alertmanager: Alertmanager | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  /** Acts on one alert come one after the other: two people who acknowledge make one silence. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #polling: Promise<void> | undefined;

  constructor(base: Base, writer: Writer) {
    this.#base = base;
    this.#writer = writer;
    this.#settings = base.settings.alertmanager;
    if (this.#settings === undefined) return;
    this.#alertmanager = createAlertmanager(this.#settings);
    this.#timer = setInterval(() => void this.poll(), this.#settings.pollMs ?? 15_000);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#polling;
  }

  /** Takes what Alertmanager told for a team; the same again changes nothing but the count. */
  async take(teamId: string, told: readonly ToldAlert[]): Promise<{ readonly taken: number; readonly ignored: number }> {
    const team = await this.#base.store.selectFrom('teams').select(['id', 'name']).where('id', '=', teamId).executeTakeFirstOrThrow();
    let taken = 0;
    for (const one of told) {
      // One Alertmanager may serve many teams; what is another team's is none of this one's business [R7].
      if (one.labels.team !== undefined && one.labels.team !== '' && one.labels.team !== team.name && one.labels.team !== team.id) continue;
      if (await this.#writer.write((work) => this.#takeOne(work, teamId, one))) taken += 1;
    }
    return { taken, ignored: told.length - taken };
  }

  async #takeOne(work: Work, teamId: string, told: ToldAlert): Promise<Change<boolean>> {
    const row = await work.selectFrom('alerts').selectAll().where('team_id', '=', teamId).where('fingerprint', '=', told.fingerprint).where('starts_at', '=', told.startsAt).executeTakeFirst();
    if (row === undefined) return told.status === 'firing' ? this.#begin(work, teamId, told) : { result: false };
    if (row.status === 'resolved') return { result: false };
    if (told.status === 'resolved') return this.#end(work, row, told.endsAt);
    return this.#update(work, { ...row, annotations: JSON.stringify(told.annotations), told: row.told + 1, last_told_at: this.#base.now() });
  }

  async #begin(work: Work, teamId: string, told: ToldAlert): Promise<Change<boolean>> {
    const now = this.#base.now();
    const key = told.labels.session_id;
    if (key !== undefined && (await work.selectFrom('tombstones').select('session_key').where('team_id', '=', teamId).where('session_key', '=', key).executeTakeFirst()) !== undefined) return { result: false };
    const session = key === undefined ? undefined : await work.selectFrom('sessions').select('id').where('team_id', '=', teamId).where('session_key', '=', key).executeTakeFirst();
    const room = await roomOfHub(work, session?.id ?? teamId, now);
    if (room === undefined) return { result: false };
    const row: AlertTable = {
      id: newId(), team_id: teamId, room_id: room.id, post_id: '', fingerprint: told.fingerprint, starts_at: told.startsAt, ends_at: null, status: 'firing', name: told.labels.alertname ?? 'Alert', severity: told.labels.severity ?? null,
      labels: JSON.stringify(told.labels), annotations: JSON.stringify(told.annotations), told: 1, last_told_at: now, acked_by: null, acked_at: null, silence_id: null, silence_until: null, silenced_by: null,
    };
    const { post, told: news } = await insertPost(work, room, { userId: hubUserId, now, message: messageOf(row), rootId: '', type: alertType, props: propsOf(row) as never, fileIds: [] });
    await work.insertInto('alerts').values({ ...row, post_id: post.id }).execute();
    return { result: true, told: news };
  }

  /** Keeps an alert as it is now, and its message. */
  async #update(work: Work, row: AlertTable): Promise<Change<boolean>> {
    await work.updateTable('alerts').set(row).where('id', '=', row.id).execute();
    const room = await roomOfHub(work, row.room_id, this.#base.now());
    const post = await work.selectFrom('posts').selectAll().where('id', '=', row.post_id).where('delete_at', '=', 0).executeTakeFirst();
    if (room === undefined || post === undefined) return { result: true };
    return { ...(await changed(work, { room, row: post, now: this.#base.now(), set: { message: messageOf(row), props: JSON.stringify(propsOf(row)) } })), result: true };
  }

  async #end(work: Work, row: AlertTable, endsAt: number): Promise<Change<boolean>> {
    const now = this.#base.now();
    const ended: AlertTable = { ...row, status: 'resolved', ends_at: Math.min(Math.max(endsAt, row.starts_at), Math.max(now, row.starts_at)) };
    const { told = [] } = await this.#update(work, ended);
    const room = await roomOfHub(work, row.room_id, now);
    const post = await work.selectFrom('posts').select('id').where('id', '=', row.post_id).where('delete_at', '=', 0).executeTakeFirst();
    if (room === undefined || post === undefined) return { result: true, told };
    const reply = await insertPost(work, room, { userId: hubUserId, now, message: `Over after ${lasted(ended.ends_at! - row.starts_at)}.`, rootId: post.id, type: alertEndType, props: {}, fileIds: [] });
    return { result: true, told: [...told, ...reply.told] };
  }

  /** Acknowledges: a silence in Alertmanager that matches exactly this alert, with the person's name. */
  async ack(alertId: string, ask: Pick<Ask, 'person' | 'now' | 'actor'>): Promise<AlertTable> {
    return this.#inTurn(alertId, async () => {
      const { row, room } = await this.#alertFor(alertId, ask);
      if (row.status === 'resolved') throw new Refusal(409, 'alert_over', 'This alert is over already.');
      if (row.acked_by !== null) return row;
      const alertmanager = this.#needed();
      const person = await this.#base.store.selectFrom('users').select(['username', 'display_name']).where('id', '=', ask.person.userId).executeTakeFirstOrThrow();
      const until = ask.now + ackMs;
      const name = person.display_name === person.username ? person.username : `${person.display_name} (${person.username})`;
      const link = `${this.#base.settings.publicUrl}/rooms/${room.found === undefined ? '' : room.found.session.session_key}?post=${row.post_id}`;
      const silenceId = await alertmanager.silence({ labels: JSON.parse(row.labels) as Record<string, string>, by: name, comment: `Acknowledged in Watchroom: ${link}`, from: ask.now, until });
      const acked: AlertTable = { ...row, acked_by: ask.person.userId, acked_at: ask.now, silence_id: silenceId, silence_until: until, silenced_by: null };
      try {
        await this.#writer.write(async (work) => {
          requireAct(await roomFor(work, { roomId: row.room_id, userId: ask.person.userId, now: ask.now }), 'alert:ack');
          const isNew = await join(work, { roomId: row.room_id, userId: ask.person.userId, at: ask.now });
          await audit(work, { at: ask.now, teamId: row.team_id, actor: ask.actor, action: 'alert:ack', target: `${row.name} ${row.fingerprint}`, after: { silence: silenceId } });
          const change = await this.#update(work, acked);
          return isNew ? { ...change, told: [userAdded(room, { userId: ask.person.userId, seq: await headOf(work, room.id), members: await membersOf(work, room) }), ...(change.told ?? [])] } : change;
        });
      } catch (error) {
        await alertmanager.expire(silenceId).catch(() => undefined);
        throw error;
      }
      return acked;
    });
  }

  /** Takes an acknowledgement back: the silence ends. */
  async unack(alertId: string, ask: Pick<Ask, 'person' | 'now' | 'actor'>): Promise<AlertTable> {
    return this.#inTurn(alertId, async () => {
      const { row } = await this.#alertFor(alertId, ask);
      if (row.acked_by === null || row.status === 'resolved') return row;
      if (row.silence_id !== null) await this.#needed().expire(row.silence_id);
      const open = unacked(row);
      await this.#writer.write(async (work) => {
        await audit(work, { at: ask.now, teamId: row.team_id, actor: ask.actor, action: 'alert:unack', target: `${row.name} ${row.fingerprint}`, before: { silence: row.silence_id } });
        return this.#update(work, open);
      });
      return open;
    });
  }

  async #alertFor(alertId: string, { person: { userId }, now }: Pick<Ask, 'person' | 'now'>) {
    const row = await this.#base.store.selectFrom('alerts').selectAll().where('id', '=', alertId).executeTakeFirst();
    const room = row && (await roomFor(this.#base.store, { roomId: row.room_id, userId, now }).catch(() => undefined));
    if (row === undefined || room === undefined) throw new Refusal(404, 'no_alert', 'There is no such alert that you may see.');
    requireAct(room, 'alert:ack');
    return { row, room };
  }

  #needed(): Alertmanager {
    if (this.#alertmanager === undefined) throw unavailable('This hub knows no Alertmanager, so nothing can be acknowledged here. Start it with the address of yours: --alertmanager.url http://alertmanager:9093', 60);
    return this.#alertmanager;
  }

  async #inTurn<Result>(alertId: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(alertId) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(act);
    this.#turns.set(alertId, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(alertId) === mine) this.#turns.delete(alertId);
    }
  }

  /** Asks Alertmanager what it does not tell: silenced alerts that ended, and silences that were made or ended elsewhere. */
  poll(): Promise<void> {
    this.#polling ??= this.#poll().catch((error: unknown) => this.#base.log.warn({ problem: String((error as Error).message ?? error) }, 'Alertmanager could not be asked')).finally(() => { this.#polling = undefined; });
    return this.#polling;
  }

  async #poll(): Promise<void> {
    const alertmanager = this.#alertmanager;
    if (alertmanager === undefined) return;
    const firing = await this.#base.store.selectFrom('alerts').selectAll().where('status', '=', 'firing').execute();
    if (firing.length === 0) return;
    const listed = await alertmanager.firing();
    const missing = firing.filter((row) => !isListed(row, listed));
    const settled = missing.length === 0 || (await alertmanager.startedAt()) + (this.#settings?.settleMs ?? 300_000) <= this.#base.now();
    for (const { id } of firing) await this.#inTurn(id, () => this.#compare(alertmanager, id, listed, settled));
  }

  async #compare(alertmanager: Alertmanager, alertId: string, listed: ReadonlyMap<string, ListedAlert>, settled: boolean): Promise<void> {
    const row = await this.#base.store.selectFrom('alerts').selectAll().where('id', '=', alertId).where('status', '=', 'firing').executeTakeFirst();
    if (row === undefined) return;
    const now = this.#base.now();
    if (!isListed(row, listed)) {
      // Of one that is not silenced Alertmanager itself tells the end.
      if (!settled || (row.acked_by === null && row.silenced_by === null)) return;
      await this.#writer.write((work) => this.#end(work, row, now));
      if (row.silence_id !== null) await alertmanager.expire(row.silence_id);
      return;
    }
    const { silencedBy } = listed.get(row.fingerprint)!;
    if (row.acked_by !== null) {
      // Alertmanager needs a moment to see a new silence.
      if (row.silence_id === null || silencedBy.includes(row.silence_id) || now - (row.acked_at ?? 0) < 30_000) return;
      const ours = await alertmanager.silenceOf(row.silence_id).catch(() => undefined);
      if (ours?.status.state !== 'active') await this.#writer.write((work) => this.#update(work, unacked(row)));
      return;
    }
    const other = silencedBy[0] === undefined ? undefined : await alertmanager.silenceOf(silencedBy[0]);
    const by = other?.createdBy.slice(0, 200) ?? null;
    if (by === row.silenced_by) return;
    await this.#writer.write((work) => this.#update(work, { ...row, silenced_by: by, silence_until: other?.endsAt.getTime() ?? null }));
  }
}

const unacked = (row: AlertTable): AlertTable => ({ ...row, acked_by: null, acked_at: null, silence_id: null, silence_until: null });

/** Whether Alertmanager still has this very alert, not a later one of the same labels. */
const isListed = (row: AlertTable, listed: ReadonlyMap<string, ListedAlert>): boolean => {
  const found = listed.get(row.fingerprint);
  return found !== undefined && found.startsAt <= row.starts_at + 1000;
};

const lasted = (ms: number): string => {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
};
