import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { commandResult, downlinkQuery, isDated, report } from '../../src/agent/wire.ts';
import type { Command, CommandResult, Report, ReportAnswer } from '../../src/agent/wire.ts';

export const token = 'wra_0123456789abcdefghij';

/** What a hub answers instead, once or until it is told otherwise. */
export interface Trouble {
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that speaks the wire as a hub does: it checks every report by the schema and keeps the greatest value of each row. */
export class AHub {
  readonly #server: Server;
  port = 0;
  id = randomUUID();
  /** As they came, with their time of arrival. */
  readonly reports: (Report & { readonly cameAt: number })[] = [];
  /** Requests to the report route, refused ones too. */
  tries = 0;
  polls = 0;
  readonly values = new Map<string, number>();
  readonly results = new Map<string, CommandResult>();
  /** Growth as a hub books it: by kind of use. */
  readonly growth = new Map<string, number>();
  trouble: Trouble | undefined;
  /** Reports that are bad requests to it. */
  refuses: (report: Report) => boolean = () => false;
  /** Books reports, but its answers do not arrive. */
  loses = false;
  /** Books reports, and answers so much later. */
  answersLateMs = 0;
  answer: Partial<ReportAnswer> = {};
  answers: (report: Report) => Partial<ReportAnswer> = () => ({});
  watched: string[] = [];
  commands: Command[] = [];
  problems: string[] = [];
  #version = 1;
  #waiting = new Set<() => void>();

  constructor() {
    this.#server = createServer((request, response) => void this.#handle(request, response));
    this.#server.keepAliveTimeout = 1000;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens, on the same port again after a time away. */
  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async close(): Promise<void> {
    for (const wake of this.#waiting) wake();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  /** The long polls hear of it at once. */
  tell(news: { readonly watched?: string[]; readonly commands?: Command[] }): void {
    Object.assign(this, news);
    this.#version += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Forgets everything, as a hub whose store was lost. */
  forget(id = randomUUID()): void {
    this.id = id;
    this.values.clear();
    this.reports.length = 0;
  }

  /** Of all sessions. */
  sum(kind: string): number {
    return [...this.values].reduce((sum, [key, value]) => (key.split('\n')[1] === kind ? sum + value : sum), 0);
  }

  /** Waits for reports of which one is as wanted. */
  async until(isWanted: (one: Report) => boolean, withinMs = 5000): Promise<Report & { readonly cameAt: number }> {
    for (const started = performance.now(); ; await new Promise((resolve) => setTimeout(resolve, 5))) {
      const found = this.reports.find(isWanted);
      if (found) return found;
      if (performance.now() - started > withinMs) throw new Error(`no such report within ${withinMs} ms; there were ${this.reports.length}, ${this.tries} tries; ${this.problems.join('; ')}`);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body === undefined ? '' : JSON.stringify(body));
    };
    const fail = ({ status, message = 'no', headers = {} }: Trouble): void => send(status, { id: 'x', message, detailed_error: '', request_id: 'r', status_code: status }, headers);
    const body = await bodyOf(request).catch(() => undefined);
    if (body === undefined) return;
    if (url.pathname === '/api/v1/agents/report') this.tries += 1;
    if (this.trouble) return fail(this.trouble);
    if (request.headers.authorization !== `Bearer ${token}`) return fail({ status: 401, message: 'unknown token' });
    if (url.pathname === '/api/v1/agents/report') return this.#report(body, request, { send, fail });
    if (url.pathname === '/api/v1/agents/downlink') return this.#downlink(url, send);
    const command = /^\/api\/v1\/agents\/commands\/(.+)$/.exec(url.pathname)?.[1];
    if (command === undefined) return fail({ status: 404 });
    const result = commandResult.safeParse(JSON.parse(body.toString()));
    if (!result.success) this.problems.push(result.error.message);
    else this.results.set(decodeURIComponent(command), result.data);
    this.commands = this.commands.filter(({ id }) => id !== command);
    return send(204, undefined);
  }

  #report(body: Buffer, request: IncomingMessage, { send, fail }: { readonly send: (status: number, body: unknown) => void; readonly fail: (trouble: Trouble) => void }): void {
    const parsed = report.safeParse(JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()));
    if (!parsed.success) {
      this.problems.push(JSON.stringify(parsed.error.issues));
      return fail({ status: 400, message: 'not a report' });
    }
    if (this.refuses(parsed.data)) return fail({ status: 400, message: 'a session is wrong' });
    this.reports.push({ ...parsed.data, cameAt: performance.now() });
    this.#book(parsed.data);
    if (this.loses) return void request.socket.destroy();
    const answer = { hub: { id: this.id }, radarKey: 'a key of the team', watched: this.watched, ...this.answer, ...this.answers(parsed.data) } satisfies ReportAnswer;
    if (this.answersLateMs > 0) setTimeout(() => send(200, answer), this.answersLateMs).unref();
    else send(200, answer);
  }

  /** DESIGN.md section 8: the greatest value of each key; what it grew by counts unless it is first seen and old. */
  #book({ use, since, sentAt }: Report): void {
    for (const [session, model, kind, hour, value] of use) {
      const key = [session, kind, model, isDated(kind) ? hour : ''].join('\n');
      const before = this.values.get(key);
      const isHistory = before === undefined && (hour + 1) * 3_600_000 < (since ?? sentAt) - 3_600_000;
      if (!isHistory) this.growth.set(kind, (this.growth.get(kind) ?? 0) + Math.max(0, value - (before ?? 0)));
      this.values.set(key, Math.max(before ?? 0, value));
    }
  }

  async #downlink(url: URL, send: (status: number, body: unknown) => void): Promise<void> {
    const query = downlinkQuery.safeParse(Object.fromEntries(url.searchParams));
    if (!query.success) return void this.problems.push(query.error.message);
    this.polls += 1;
    if (query.data.after === String(this.#version)) await this.#news(query.data.wait * 1000);
    send(200, { version: String(this.#version), watched: this.watched, commands: this.commands });
  }

  #news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      this.#waiting.add(wake);
    });
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
