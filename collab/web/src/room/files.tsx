import type { TouchedFile } from '../api/room.ts';
import { useAddress } from '../app/router.ts';
import { ago, listed, many } from '../app/words.ts';
import { anchorOf, placeOfHash } from '../chat/anchor.ts';
import { FileComments } from '../chat/file-comments.tsx';
import { useComments } from '../chat/hooks.ts';
import { useAgentAt, usePresence } from '../chat/presence.ts';
import { Face } from '../parts/face.tsx';
import { Slow } from '../parts/slow.tsx';
import type { Session } from '../sessions/session.ts';

const mostShown = 60;

/** The files the session touched, the latest first, and others that are talked about, with what people said about them and who is there. */
export const Files = ({ session, files, now, mayWrite }: { readonly session: Session; readonly files: readonly TouchedFile[] | undefined; readonly now: number; readonly mayWrite: boolean }) => {
  const others = useOtherPaths(files);
  const shown = files?.slice(0, mostShown) ?? [];
  return (
    <section aria-label="Files">
      <h2>Files{files && files.length > 0 && <span className="number soft"> {files.length}</span>}</h2>
      {files === undefined ? <Slow><p className="soft small">Asking for its files…</p></Slow> : files.length === 0 && others.length === 0 && <p className="soft small">{session.filesEdited === undefined ? 'Its records do not name files, or its owner hides paths.' : 'It has touched none yet.'}</p>}
      {shown.length + others.length > 0 && <ul className="file-list">
        {others.map((path) => <li key={path} className="read"><div className="file" title={`${path}: the session has not touched it`}><Path path={path} /><Here path={path} tool={session.tool} /></div><FileComments path={path} mayWrite={mayWrite} /></li>)}
        {shown.map((file) => <File key={file.path} file={file} tool={session.tool} now={now} mayWrite={mayWrite} />)}
      </ul>}
      {files && files.length > mostShown && <p className="soft small">and {many(files.length - mostShown, 'more file')}</p>}
    </section>
  );
};

/** Paths that somebody was sent to or commented on and that stand in the list by nothing else. */
const useOtherPaths = (files: readonly TouchedFile[] | undefined): readonly string[] => {
  const { hash } = useAddress();
  const asked = placeOfHash(hash)?.path;
  const commented = useComments().flatMap((post) => anchorOf(post)?.now?.path ?? anchorOf(post)?.path ?? []);
  if (files === undefined) return [];
  const known = [...files.slice(0, mostShown).map(({ path }) => path), ...commented];
  const missing = asked === undefined || known.some((path) => path === asked || path.endsWith(`/${asked}`)) ? [] : [asked];
  const listedPaths = new Set(files.slice(0, mostShown).map(({ path }) => path));
  return [...new Set([...missing, ...commented])].filter((path) => !listedPaths.has(path));
};

const File = ({ file: { path, edits, reads, created, linesAdded, linesRemoved, lastAt, conflictsWith }, tool, now, mayWrite }: { readonly file: TouchedFile; readonly tool: string; readonly now: number; readonly mayWrite: boolean }) => (
  <li className={edits > 0 || created ? 'edited' : 'read'}>
    <div className="file" title={`${path}: ${many(edits, 'edit')}, ${many(reads, 'read')}, ${ago(now - Date.parse(lastAt))}`}>
      <Path path={path} />
      <Here path={path} tool={tool} />
      {created && <span className="chip">new</span>}
      {edits > 0 || created ? <span className="number small lines"><span className="good">+{linesAdded}</span> <span className="bad">−{linesRemoved}</span></span> : <span className="soft small">read</span>}
    </div>
    {conflictsWith && conflictsWith.length > 0 && <p className="small fair">{conflictsWith.length === 1 ? 'another session edits' : `${conflictsWith.length} other sessions edit`} it too</p>}
    <FileComments path={path} mayWrite={mayWrite} />
  </li>
);

const Path = ({ path }: { readonly path: string }) => {
  const cut = path.lastIndexOf('/') + 1;
  return <span className="path mono"><span className="soft">{path.slice(0, cut)}</span>{path.slice(cut)}</span>;
};

/** Whose cursors stand in a file; the agent is one of them [R5]. */
const Here = ({ path, tool }: { readonly path: string; readonly tool: string }) => {
  const people = usePresence().filter(({ where }) => where?.path === path);
  const isAgentHere = useAgentAt()?.path === path;
  if (people.length === 0 && !isAgentHere) return null;
  const names = [...(isAgentHere ? [tool] : []), ...people.map(({ name, where }) => `${name}${where?.line === undefined ? '' : ` at line ${where.line}`}`)];
  return <span className="here" title={`${listed(names, 6)} ${names.length === 1 ? 'is' : 'are'} here`}>{isAgentHere && <span className="face agent small" aria-hidden="true"><i /></span>}{people.map(({ name }) => <Face key={name} name={name} small />)}<span className="unseen">{listed(names, 6)}</span></span>;
};
