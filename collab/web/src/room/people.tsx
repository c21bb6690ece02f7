import { useState } from 'react';
import type { Account, Team } from '../api/auth.ts';
import { asProblem } from '../api/problem.ts';
import { giveRole, takeRole } from '../api/room.ts';
import type { RoomPerson, RoomRole, RoomSession } from '../api/room.ts';
import { Face } from '../parts/face.tsx';
import { shortPlace, useAgentAt, usePresence } from '../chat/presence.ts';
import type { Whereabouts } from '../chat/presence.ts';
import type { TouchedFile } from '../api/room.ts';
import { doing } from './doing.ts';
import type { Session } from '../sessions/session.ts';
import { toolName } from '../sessions/tool-names.ts';

/** Who is in the room, what they may do, and where they look; the agent is one of them. */
export const People = ({ room: { session, people, may }, id, files, account, team, onChanged }: { readonly files: readonly TouchedFile[] | undefined; readonly room: Extract<RoomSession, { hidden: false }>; readonly id: string; readonly account: Account; readonly team: Team; readonly onChanged: () => void }) => {
  const [problem, setProblem] = useState<string>();
  const presence = usePresence();
  const agent = useAgentAt();
  const run = (act: Promise<unknown>): void => void act.then(() => { setProblem(undefined); onChanged(); }, (error: unknown) => setProblem(asProblem(error).message));
  const mayManage = may.includes('session:people');
  const others = presence.filter(({ name }) => !people.some((person) => person.name === name));
  return (
    <section aria-label="People">
      <h2>People</h2>
      <ul className="people-list">
        <li><span className="face agent" aria-hidden="true"><i /></span><span className="who">{toolName(session.tool)}<AgentLine session={session} at={agent} files={files} /></span></li>
        {people.map((person) => <Person key={person.id} person={person} me={account.username} status={presence.find(({ name }) => name === person.name)} mayManage={mayManage && !person.first} onRole={(role) => run(giveRole(id, team.id, person.name, role))} onRemove={() => run(takeRole(id, team.id, person.name))} />)}
        {others.map(({ name, status, where }) => <li key={name}><Face name={name} status={status} /><span className="who">{name === account.username ? 'you' : name}<span className="soft small">{where ? <At place={where} /> : 'looks on'}</span></span></li>)}
      </ul>
      {mayManage && <Add onAdd={(name, role) => run(giveRole(id, team.id, name, role))} />}
      {problem && <p className="notice bad small" role="alert">{problem}</p>}
    </section>
  );
};

/** "claude is editing total.ts": what the agent does, and where; the whole path on a closer look. */
const AgentLine = ({ session, at, files }: { readonly session: Session; readonly at: Whereabouts | undefined; readonly files: readonly TouchedFile[] | undefined }) => {
  const { words, place } = doing(session, at, files);
  return <span className="soft small">{words}{place && <> <At place={place} /></>}</span>;
};

const At = ({ place }: { readonly place: Whereabouts }) => <a className="at mono" href={`#${place.path}:${place.line ?? 1}`} title={place.path}>{shortPlace(place)}</a>;

const roles: readonly RoomRole[] = ['host', 'editor', 'viewer'];

const Person = ({ person: { name, role }, me, status, mayManage, onRole, onRemove }: { readonly person: RoomPerson; readonly me: string; readonly status: { readonly status: string; readonly where?: Whereabouts } | undefined; readonly mayManage: boolean; readonly onRole: (role: RoomRole) => void; readonly onRemove: () => void }) => (
  <li><Face name={name} status={status?.status ?? ''} /><span className="who">{name}{name === me && ' (you)'}<span className="soft small">{status?.where ? <At place={status.where} /> : status ? status.status : role}</span></span>
    {mayManage ? <select className="tight" aria-label={`Role of ${name}`} value={role} onChange={(event) => (event.target.value === '' ? onRemove() : onRole(event.target.value as RoomRole))}>{(roles.includes(role) ? roles : [role, ...roles]).map((one) => <option key={one} value={one}>{one}</option>)}<option value="">remove</option></select> : <span className="chip">{role}</span>}
  </li>
);

const Add = ({ onAdd }: { readonly onAdd: (name: string, role: RoomRole) => void }) => (
  <form className="add-person" onSubmit={(event) => { event.preventDefault(); const data = new FormData(event.currentTarget); onAdd(String(data.get('name')).trim(), String(data.get('role')) as RoomRole); event.currentTarget.reset(); }}>
    <input name="name" type="text" required placeholder="Add by name" aria-label="Name of somebody in the team" autoComplete="off" /><select name="role" aria-label="Role" defaultValue="editor">{roles.map((role) => <option key={role}>{role}</option>)}</select><button type="submit" className="button tight">Add</button>
  </form>
);
