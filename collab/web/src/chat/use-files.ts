import type { FileInfo } from '@mattermost/types/files';
import { useEffect, useRef, useState } from 'react';
import { asProblem } from '../api/problem.ts';
import { fileLimits, sorted } from './file-limits.ts';

/** A file on its way into a message. */
export interface GivenFile {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  readonly file: File;
  /** 0 to 1 */
  readonly progress: number;
  readonly info?: FileInfo;
  readonly problem?: string;
}

export interface Files {
  readonly files: readonly GivenFile[];
  /** Tries a file again that did not get there. */
  readonly again: (key: string) => void;
  readonly add: (given: Iterable<File>) => void;
  readonly drop: (key: string) => void;
  readonly clear: () => void;
  /** Why some were not taken. */
  readonly refused: string | undefined;
}

/** Files that are being attached to a message: they go to the hub at once, the message names them when it is sent. */
export const useFiles = (channelId: string): Files => {
  const [files, setFiles] = useState<readonly GivenFile[]>([]);
  const [refused, setRefused] = useState<string>();
  const stops = useRef(new Map<string, () => void>());
  useEffect(() => () => { for (const stop of stops.current.values()) stop(); }, []);
  const change = (key: string, to: Partial<GivenFile>): void => setFiles((now) => now.map((one) => (one.key === key ? { ...one, ...to } : one)));
  const send = async (key: string, file: File): Promise<void> => {
    try {
      const { upload } = await import('./upload.ts');
      const { done, stop } = upload({ file, channelId, onProgress: (progress) => change(key, { progress }) });
      stops.current.set(key, stop);
      change(key, { info: await done, progress: 1 });
    } catch (error) {
      change(key, { problem: asProblem(error).message });
    } finally {
      stops.current.delete(key);
    }
  };
  return {
    files, refused,
    add: (given) => {
      const { taken, why } = sorted([...given], fileLimits.aMessage - files.length);
      setRefused(why);
      const started = taken.map((file) => ({ file, key: `${Date.now()}-${Math.random().toString(36).slice(2)}` }));
      setFiles((now) => [...now, ...started.map(({ file, key }) => ({ key, name: file.name, size: file.size, file, progress: 0 }))]);
      for (const { file, key } of started) void send(key, file);
    },
    again: (key) => {
      const failed = files.find((one) => one.key === key);
      if (failed === undefined) return;
      setFiles((now) => now.map((one) => (one.key === key ? fresh(one) : one)));
      void send(key, failed.file);
    },
    drop: (key) => {
      stops.current.get(key)?.();
      setFiles((now) => now.filter((one) => one.key !== key));
      setRefused(undefined);
    },
    clear: () => { setFiles([]); setRefused(undefined); },
  };
};

const fresh = ({ problem: _problem, ...file }: GivenFile): GivenFile => ({ ...file, progress: 0 });
