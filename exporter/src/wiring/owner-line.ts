import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The owner of a ledger can be asked here by commands of the same user (DESIGN section 5). */
export interface OwnerLine {
  /** Path of a Unix socket, or name of a pipe; it stands in the owner's card. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** What can be asked, by name. What an answer throws is told to whoever asked. */
export type Answers = Readonly<Record<string, (question: unknown) => unknown>>;

/** One line of JSON each way, then the end. */
const asking = z.object({ ask: z.string(), question: z.unknown() });
const answering = z.union([z.object({ answer: z.unknown() }), z.object({ problem: z.string() })]);

const mostBytes = 1 << 20;
const patienceMs = 10_000;

/** Answers at the state folder's line until it is closed. Whoever calls this holds the ledger's lock, so an older socket there is dead. */
export const openOwnerLine = async (folder: string, platform: string, answers: Answers): Promise<OwnerLine> => {
  const { address, remove } = placeOf(folder, platform);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    void readLine(socket).then((line) => answerTo(line, answers)).then((reply) => socket.end(`${JSON.stringify(reply)}\n`), () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  if (platform !== 'win32') chmodSync(address, 0o600);
  return {
    address,
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      remove();
    },
  };
};

/** Asks the owner one thing. Throws `nobodyAnswers` where it is gone, and the owner's own words where it refused. */
export const askLine = async (address: string, ask: string, question: unknown): Promise<unknown> => {
  const socket = connect(address);
  try {
    socket.end(`${JSON.stringify({ ask, question })}\n`);
    const reply = answering.parse(JSON.parse(await readLine(socket)));
    if ('problem' in reply) throw new OwnerRefused(reply.problem);
    return reply.answer;
  } catch (cause) {
    throw cause instanceof OwnerRefused ? cause : new NobodyAnswers(`nobody answers at ${address}`, { cause });
  } finally {
    socket.destroy();
  }
};

/** The owner understood, and said no. */
export class OwnerRefused extends Error {}
/** The owner has gone, or is only just coming. */
export class NobodyAnswers extends Error {}

const answerTo = async (line: string, answers: Answers): Promise<z.input<typeof answering>> => {
  try {
    const { ask, question } = asking.parse(JSON.parse(line));
    const answer = Object.hasOwn(answers, ask) ? answers[ask] : undefined;
    if (!answer) return { problem: `this Watchroom does not know how to ${ask}. Is it of an older version than the command? Start it again` };
    return { answer: (await answer(question)) ?? null };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
};

const readLine = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.setTimeout(patienceMs, () => reject(new Error('no answer in time')));
    socket.on('data', (piece) => {
      text += String(piece);
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > mostBytes) reject(new Error('too long'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it was closed')));
  });

/** Longest path of a Unix socket that every system takes (sockaddr_un: 104 bytes on macOS, its end included). */
const longestSocket = 100;

const placeOf = (folder: string, platform: string): { readonly address: string; readonly remove: () => void } => {
  if (platform === 'win32') return { address: `\\\\.\\pipe\\watchroom-${createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 16)}`, remove: () => undefined };
  const usual = join(folder, 'owner.sock');
  const address = Buffer.byteLength(usual) <= longestSocket ? usual : join(mkdtempSync(join(tmpdir(), 'watchroom-')), 'owner.sock');
  rmSync(address, { force: true });
  return { address, remove: () => rmSync(address === usual ? address : dirname(address), { recursive: true, force: true }) };
};
