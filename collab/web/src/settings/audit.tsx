import { useState } from 'react';
import { auditLog } from '../api/settings.ts';
import { moment } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

/** Who did what, from where, and how it went. */
export const AuditSection = ({ team }: SectionProps) => {
  const [before, setBefore] = useState<number>();
  const { value, problem, reload } = useAsked(() => auditLog(team.id, before), `${team.id} ${before}`);
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {value?.lines.length === 0 && <p className="soft">Nothing has been written down yet.</p>}
      <div className="scroll" tabIndex={0} role="region" aria-label="Audit log"><table className="audit small"><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">On</th><th scope="col">Result</th></tr></thead>
        <tbody>{value?.lines.map(({ seq, at, actor, address, action, target, result, before: from, after: to }) => <tr key={seq}><td className="number"><time dateTime={at}>{moment(Date.parse(at))}</time></td><td title={`from ${address}`}>{actor}</td><td>{action}</td><td className="mono" title={[from === undefined ? '' : `before ${JSON.stringify(from)}`, to === undefined ? '' : `after ${JSON.stringify(to)}`].filter(Boolean).join('\n')}>{target}</td><td className={result === 'done' ? 'soft' : 'bad'}>{result}</td></tr>)}</tbody></table></div>
      <p className="row">{before !== undefined && <button type="button" className="button tight" onClick={() => setBefore(undefined)}>Newest</button>}{value?.next !== undefined && <button type="button" className="button tight" onClick={() => setBefore(value.next)}>Older</button>}</p>
    </>
  );
};
