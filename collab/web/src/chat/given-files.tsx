import { bytes } from './bytes.ts';
import type { Files } from './use-files.ts';

/** The files a message will have, how far each has come, and why one will not. */
export const GivenFiles = ({ files, again, drop, refused }: Pick<Files, 'files' | 'again' | 'drop' | 'refused'>) => (
  <div className="given-files small" role="status">
    <ul>{files.map(({ key, name, size, progress, info, problem }) => (
      <li key={key} className={problem === undefined ? '' : 'failed'}>
        <span className="name">{name}</span> <span className="soft">{problem ?? (info === undefined ? `${Math.floor(progress * 100)} % of ${bytes(size)}` : bytes(size))}</span>
        {problem !== undefined && <button type="button" onClick={() => again(key)}>Try again</button>}
        <button type="button" aria-label={`Take ${name} out`} title="Take it out" onClick={() => drop(key)}>×</button>
        {info === undefined && problem === undefined && <i className="rail" aria-hidden="true"><i style={{ width: `${progress * 100}%` }} /></i>}
      </li>
    ))}</ul>
    {refused !== undefined && <p className="bad" role="alert">{refused}</p>}
  </div>
);
