import type { FileInfo } from '@mattermost/types/files';
import { credentials } from '../api/client.ts';
import { Problem, offline } from '../api/problem.ts';

export interface Upload {
  readonly done: Promise<FileInfo>;
  readonly stop: () => void;
}

/** Sends a file to a room's hub. XMLHttpRequest, because fetch does not tell how far it is. */
export const upload = ({ file, channelId, onProgress }: { readonly file: File; readonly channelId: string; readonly onProgress: (ratio: number) => void }): Upload => {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append('channel_id', channelId);
  form.append('files', file, file.name);
  const done = new Promise<FileInfo>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => { if (lengthComputable) onProgress(loaded / total); };
    request.onload = () => {
      const answer = answerOf(request);
      if (answer.file !== undefined) resolve(answer.file);
      else reject(new Problem({ kind: 'refused', status: request.status, message: answer.message ?? `The hub answered ${request.status}.` }));
    };
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new Problem({ kind: 'refused', message: 'Stopped.' }));
  });
  request.open('POST', '/api/v4/files');
  for (const [name, value] of Object.entries(credentials())) request.setRequestHeader(name, value);
  request.send(form);
  return { done, stop: () => request.abort() };
};

const answerOf = ({ status, responseText }: XMLHttpRequest): { readonly file?: FileInfo; readonly message?: string } => {
  try {
    const body = JSON.parse(responseText) as { readonly file_infos?: readonly FileInfo[]; readonly message?: string };
    return status === 201 && body.file_infos?.[0] !== undefined ? { file: body.file_infos[0] } : { ...(body.message === undefined ? {} : { message: body.message }) };
  } catch {
    return {};
  }
};
