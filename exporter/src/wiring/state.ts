import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { makeFolder } from '../files/make-folder.ts';
import { ownerOf, takeOwnership } from '../ledger/owner.ts';
import type { Owner, Ownership } from '../ledger/owner.ts';

/** The ledger this process may use, and how. */
export interface State {
  readonly ledgerPath: string;
  /** This process owns it and may write. Undefined: another does. */
  readonly ownership?: Ownership;
  /** The process that owns it instead. */
  readonly owner?: Owner;
  /** false: counters will not survive. */
  readonly durable: boolean;
  /** Why not. */
  readonly problem?: string;
  /** Keys the hashes of paths; random, and kept with the ledger. */
  readonly pathSalt: string;
  readonly close: () => void;
}

/** Finds the ledger of this world: the state folder's, a throw-away one for another home, memory where nothing can be written. */
export const openState = (world: Pick<World, 'state'>, me: Owner): State => (world.state.kind === 'folder' ? inFolder(world.state.path, me) : thrownAway(me));

export const ledgerFile = (folder: string): string => join(folder, 'ledger.db');

const inFolder = (folder: string, me: Owner): State => {
  let taken: ReturnType<typeof takeOwnership>;
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
    taken = takeOwnership(folder, me);
  } catch (error) {
    return { ledgerPath: ':memory:', durable: false, problem: hindrance(folder, error), pathSalt: newSalt(), close: () => undefined };
  }
  if ('owner' in taken) return { ledgerPath: ledgerFile(folder), durable: true, pathSalt: saltOf(folder), ...(taken.owner ? { owner: taken.owner } : {}), close: () => undefined };
  return { ledgerPath: ledgerFile(folder), ownership: taken, durable: true, pathSalt: saltOf(folder), close: taken.release };
};

/** Read-only, full, or not a folder at all. */
const hindrance = (folder: string, error: unknown): string => {
  const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  return `the state folder ${folder} cannot be written (${cause.code ?? String(cause)}), so the counters live in memory and begin at 0 at every start. Make it writable, or name another with --state DIR`;
};

const thrownAway = (me: Owner): State => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-'));
  const ownership = takeOwnership(folder, me) as Ownership;
  return {
    ledgerPath: ledgerFile(folder),
    ownership,
    durable: false,
    pathSalt: newSalt(),
    problem: 'another home or process table is looked at without --state DIR, so this ledger is thrown away at the end',
    close: () => {
      ownership.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const newSalt = (): string => randomBytes(16).toString('hex');

const saltOf = (folder: string): string => {
  const file = join(folder, 'path-salt');
  try {
    writeFileSync(file, newSalt(), { flag: 'wx', mode: 0o600 });
  } catch {
    // It is there already, or it cannot be written: then the next line says which.
  }
  try {
    return readFileSync(file, 'utf8') || newSalt(); // empty: the disk was full when it was made
  } catch {
    return newSalt();
  }
};

/** The sentence for a second exporter on one ledger. */
export const secondOwner = (folder: string, owner: Owner | undefined = ownerOf(folder)): CommandError =>
  new CommandError(
    `another Watchroom exporter${owner ? ` (pid ${owner.pid}${owner.address === undefined ? '' : `, ${owner.address}`})` : ''} already keeps the ledger in ${folder}. ` +
    'One machine needs one exporter: use that one, or give this one a ledger of its own with --state DIR',
  );

/** The same for an agent, which is an exporter too. */
export const ownedByExporter = (folder: string, owner: Owner | undefined = ownerOf(folder)): CommandError =>
  new CommandError(
    `a Watchroom exporter${owner ? ` (pid ${owner.pid}${owner.address === undefined ? '' : `, ${owner.address}`})` : ''} already keeps the ledger in ${folder}. ` +
    'The agent is the exporter plus reporting: stop that one and start the agent in its place, or give this one a ledger of its own with --state DIR',
  );
