import type { TouchedFile } from '../api/room.ts';
import { ago, many } from '../app/words.ts';
import { Slow } from '../parts/slow.tsx';
import type { Session } from '../sessions/session.ts';
import { FileComments } from '../chat/file-comments.tsx';

/** The files the session touched, the latest first, with what people said about them. */
export const Files = ({ session, files, now, mayWrite }: { readonly session: Session; readonly files: readonly TouchedFile[] | undefined; readonly now: number; readonly mayWrite: boolean }) => (
  <section aria-label="Files">
    <h2>Files{files && files.length > 0 && <span className="number soft"> {files.length}</span>}</h2>
    {files === undefined ? <Slow><p className="soft small">Asking for its files…</p></Slow> : files.length === 0 ? <p className="soft small">{session.filesEdited === undefined ? 'Its records do not name files, or its owner hides paths.' : 'It has touched none yet.'}</p>
      : <ul className="file-list">{files.slice(0, 60).map((file) => <File key={file.path} file={file} now={now} mayWrite={mayWrite} />)}</ul>}
    {files && files.length > 60 && <p className="soft small">and {many(files.length - 60, 'more file')}</p>}
  </section>
);

const File = ({ file: { path, edits, reads, created, linesAdded, linesRemoved, lastAt, conflictsWith }, now, mayWrite }: { readonly file: TouchedFile; readonly now: number; readonly mayWrite: boolean }) => {
  const cut = path.lastIndexOf('/') + 1;
  return (
    <li className={edits > 0 || created ? 'edited' : 'read'}>
      <div className="file" title={`${path}: ${many(edits, 'edit')}, ${many(reads, 'read')}, ${ago(now - Date.parse(lastAt))}`}>
        <span className="path mono"><span className="soft">{path.slice(0, cut)}</span>{path.slice(cut)}</span>
        {created && <span className="chip">new</span>}
        {edits > 0 || created ? <span className="number small lines"><span className="good">+{linesAdded}</span> <span className="bad">−{linesRemoved}</span></span> : <span className="soft small">read</span>}
      </div>
      {conflictsWith && conflictsWith.length > 0 && <p className="small fair">{conflictsWith.length === 1 ? 'another session edits' : `${conflictsWith.length} other sessions edit`} it too</p>}
      <FileComments path={path} mayWrite={mayWrite} />
    </li>
  );
};
