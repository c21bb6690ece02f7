import { readFileSync, statSync } from 'node:fs';
import { relative as relativeTo } from 'node:path';
import { Book } from '../../src/readers/book.ts';
import type { Findings } from '../../src/readers/book.ts';
import type { Format, Reader, Root } from '../../src/readers/reader.ts';
import type { Machine } from '../../src/files/machine.ts';

export interface ReadOptions {
  /** Absolute path of the file. */
  readonly path: string;
  /** Absolute path of the root it lies under. @default the file's folder */
  readonly root?: string;
  /** The name it pretends to have below the root, for samples that do not carry the tool's own. */
  readonly as?: string;
  readonly rootKind?: string;
  readonly machine?: Machine;
  /** Where a log is cut into separate reads, as byte counts; each read starts from what the last one left, through JSON as the ledger does it. */
  readonly cuts?: readonly number[];
  readonly freshAfter?: number;
}

export const aMachine = (home = '/home/ada', platform: Machine['platform'] = 'linux'): Machine => ({ platform, home, env: {} });

/** Reads one file with a reader as the sweep does, in one go or in several. The findings of all reads are joined. */
export const readFile = (reader: Reader, options: ReadOptions): Findings => {
  const rootPath = options.root ?? options.path.slice(0, options.path.lastIndexOf('/'));
  const root: Root = { path: rootPath, depth: 9, ...(options.rootKind === undefined ? {} : { kind: options.rootKind }) };
  const relative = options.as ?? relativeTo(rootPath, options.path);
  const format: Format | undefined = reader.claim(relative, root);
  if (!format) throw new Error(`${reader.tool} does not claim ${relative}`);
  const source = { tool: reader.tool, path: options.path, relative, root, machine: options.machine ?? aMachine() };

  if (format.kind === 'database') {
    const book = new Book(reader.tool, {}, options.freshAfter);
    format.read(options.path, book, source);
    return book.take();
  }
  const bytes = readFileSync(options.path);
  if (format.kind === 'document') {
    const book = new Book(reader.tool, {}, options.freshAfter);
    format.read(bytes, book, source);
    return book.take();
  }
  const ends = [...(options.cuts ?? []), statSync(options.path).size];
  let findings: Findings | undefined;
  let position = 0;
  for (const wanted of ends) {
    const end = wanted >= bytes.length ? bytes.length : bytes.lastIndexOf(10, wanted) + 1; // the tail hands out complete lines
    if (end <= position && findings) continue;
    const before = findings ? JSON.parse(JSON.stringify({ parts: findings.parts, memo: findings.memo })) : {};
    const book = new Book(reader.tool, before, options.freshAfter);
    format.open(book, source)({ bytes: bytes.subarray(position, end), position });
    findings = join(findings, book.take());
    position = end;
  }
  return findings!;
};

const join = (before: Findings | undefined, after: Findings): Findings => {
  if (!before) return after;
  const parts = new Map([...before.parts, ...after.parts].map((part) => [`${part.role} ${part.nativeId}`, part]));
  return {
    ...after,
    parts: [...parts.values()],
    calls: [...before.calls, ...after.calls],
    growth: [...before.growth, ...after.growth],
    records: before.records + after.records,
    unknownRecords: before.unknownRecords + after.unknownRecords,
    parseErrors: { ...before.parseErrors, ...after.parseErrors },
  };
};
