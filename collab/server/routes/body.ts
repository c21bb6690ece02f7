import express from 'express';
import type { Request, Response } from 'express';
import { badRequest } from './errors.ts';

/** Reads the JSON of a request, whatever it calls itself; undefined: it has no body. */
export type ReadBody = (request: Request, response: Response) => Promise<unknown>;

/** A body is read and parsed up to so many bytes. Nearly all come plain, in UTF-8, and say how long they are: those are read at once; the rest (packed, chunked, other charsets, too long) is Express's to read or refuse. */
export const bodyReader = (limit: number): ReadBody => {
  const anyBody = express.json({ limit, inflate: true, strict: false, type: () => true });
  return (request, response) => (isPlain(request, limit) ? plainBody(request) : new Promise((resolve, reject) => anyBody(request, response, (error?: unknown) => (error === undefined ? resolve(request.body) : reject(error as Error)))));
};

const isPlain = ({ headers }: Request, limit: number): boolean => {
  const length = headers['content-length'];
  return length !== undefined && Number(length) <= limit && headers['transfer-encoding'] === undefined && headers['content-encoding'] === undefined && /^[^;]*(?:;\s*charset="?utf-8"?\s*)?$/i.test(headers['content-type'] ?? '');
};

const plainBody = (request: Request): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => { parts.push(part); });
    request.once('end', () => {
      try {
        resolve(parsed(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
      } catch (error) {
        reject(error);
      }
    });
    request.once('error', () => reject(badRequest('The request cannot be read.', 'unreadable')));
  });

const parsed = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw badRequest('The body is no valid JSON.', 'unreadable');
  }
};

const utf8 = new TextDecoder();
