import type { FileInfo } from '@mattermost/types/files';
import { useEffect, useState } from 'react';
import { credentials } from '../api/client.ts';
import { bytes } from './bytes.ts';
import type { Post } from './hooks.ts';

const most = { width: 320, height: 220 } as const;

/** The files of a message: images small, in their place from the start; all else by name and size. */
export const Attachments = ({ post }: { readonly post: Post }) => {
  const files = ((post.metadata as { readonly files?: readonly FileInfo[] } | undefined)?.files ?? []).filter((file) => file !== undefined);
  if (files.length === 0) return null;
  return <ul className="attachments">{files.map((file) => <li key={file.id}>{isImage(file) ? <Image file={file} /> : <Other file={file} />}</li>)}</ul>;
};

const isImage = ({ mime_type: type, width, height }: FileInfo): boolean => type.startsWith('image/') && width > 0 && height > 0;

/** Asked for as the API is asked: in local mode no cookie says who looks. */
const contentOf = async ({ id }: FileInfo): Promise<Blob> => {
  const response = await fetch(`/api/v4/files/${encodeURIComponent(id)}`, { headers: credentials(), cache: 'no-store' });
  if (!response.ok) throw new Error(`the hub answered ${response.status}`);
  return response.blob();
};

const Image = ({ file }: { readonly file: FileInfo }) => {
  const [address, setAddress] = useState<string>();
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    let made: string | undefined;
    let over = false;
    contentOf(file).then((blob) => { if (!over) setAddress(made = URL.createObjectURL(blob)); }, () => setGone(true));
    return () => {
      over = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [file.id]);
  const scale = Math.min(1, most.width / file.width, most.height / file.height);
  const size = { width: Math.max(1, Math.round(file.width * scale)), height: Math.max(1, Math.round(file.height * scale)) };
  if (isGone) return <Other file={file} />;
  return <button type="button" className="picture" title={`${file.name}, ${bytes(file.size)}. Save it`} onClick={() => void save(file)}><img src={address ?? nothing} alt={file.name} {...size} /></button>;
};

/** A picture of one clear point, until the real one is there. */
const nothing = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';

const Other = ({ file }: { readonly file: FileInfo }) => {
  const [problem, setProblem] = useState<string>();
  return <button type="button" className="file-chip" onClick={() => save(file).catch(() => setProblem('It could not be loaded.'))}><span className="name">{file.name}</span> <span className="soft small number">{bytes(file.size)}</span>{problem !== undefined && <span className="bad small"> {problem}</span>}</button>;
};

const save = async (file: FileInfo): Promise<void> => {
  const address = URL.createObjectURL(await contentOf(file));
  const link = Object.assign(document.createElement('a'), { href: address, download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
