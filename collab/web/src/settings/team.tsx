import { useState } from 'react';
import { changeSettings, renameTeam, teamSettings } from '../api/settings.ts';
import type { TeamSettings } from '../api/settings.ts';
import { me } from '../api/auth.ts';
import { signedInAs } from '../app/account.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

/** How the team is called, when it is warned, what it allows. */
export const TeamSection = ({ team }: SectionProps) => {
  const { value, problem, busy, act, reload } = useAsked(() => teamSettings(team.id), team.id);
  const [saved, setSaved] = useState(false);
  const isAdmin = team.role === 'admin';
  if (value === undefined) return problem ? <ProblemNote problem={problem} onRetry={reload} /> : null;
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {saved && !problem && <p className="notice calm" role="status">Saved.</p>}
      <form className="form" onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        void act(async () => {
          const name = String(data.get('displayName')).trim();
          if (name !== team.displayName) await renameTeam(team.id, name);
          await changeSettings(team.id, changeOf(data));
          signedInAs(await me());
        }).then(setSaved);
      }}>
        <fieldset disabled={!isAdmin || busy}>
          <label className="field"><span>Name</span><input name="displayName" type="text" required maxLength={64} defaultValue={team.displayName} /></label>
          <h2>Warn when a session</h2>
          <label className="field"><span>has filled this part of its context, in %</span><input name="contextRatio" type="number" min={10} max={100} defaultValue={Math.round(value.thresholds.contextRatio * 100)} required /></label>
          <label className="field"><span>has cost so many dollars (empty: never)</span><input name="sessionCostUsd" type="number" min={0.01} step="any" defaultValue={value.thresholds.sessionCostUsd ?? ''} /></label>
          <label className="field"><span>has used so many tokens (empty: never)</span><input name="sessionTokens" type="number" min={1} defaultValue={value.thresholds.sessionTokens ?? ''} /></label>
          <label className="field"><span>falls in health to</span><select name="healthLevel" defaultValue={value.thresholds.healthLevel}><option value="warning">warning, below 70</option><option value="critical">critical, below 40</option></select></label>
          <h2>Tell the team</h2>
          <Check name="healthAlerts" on={value.notifications.healthAlerts}>of sessions whose health falls</Check>
          <Check name="tokenWarnings" on={value.notifications.tokenWarnings}>of sessions that pass a threshold</Check>
          <Check name="sessionEnds" on={value.notifications.sessionEnds}>when a session ends</Check>
          <h2>Allow</h2>
          <Check name="publicLinks" on={value.publicLinks}>owners to give a read-only link to anybody</Check>
          <h2>Limits</h2>
          <label className="field"><span>People in the team</span><input name="members" type="number" min={1} max={10000} defaultValue={value.limits.members} required /></label>
          <label className="field"><span>Agent tokens of one person</span><input name="agentTokensPerMember" type="number" min={1} max={1000} defaultValue={value.limits.agentTokensPerMember} required /></label>
          <label className="field"><span>Open invites</span><input name="openInvites" type="number" min={1} max={1000} defaultValue={value.limits.openInvites} required /></label>
          <label className="field"><span>Delete ended sessions after so many days (empty: never)</span><input name="retentionDays" type="number" min={1} max={36500} defaultValue={value.retentionDays ?? ''} /></label>
          {isAdmin && <p><button type="submit" className="button main">Save</button></p>}
        </fieldset>
      </form>
    </>
  );
};

const Check = ({ name, on, children }: { readonly name: string; readonly on: boolean; readonly children: React.ReactNode }) => <label className="check"><input type="checkbox" name={name} defaultChecked={on} /> <span>{children}</span></label>;

/** What a form says, as the hub takes it: an empty field goes back to the default. */
const changeOf = (data: FormData): object => {
  const number = (name: string): number | null => (String(data.get(name) ?? '').trim() === '' ? null : Number(data.get(name)));
  const ticked = (name: string): boolean => data.get(name) !== null;
  return {
    thresholds: { contextRatio: (number('contextRatio') ?? 90) / 100, sessionCostUsd: number('sessionCostUsd'), sessionTokens: number('sessionTokens'), healthLevel: String(data.get('healthLevel')) as TeamSettings['thresholds']['healthLevel'] },
    notifications: { healthAlerts: ticked('healthAlerts'), tokenWarnings: ticked('tokenWarnings'), sessionEnds: ticked('sessionEnds') },
    publicLinks: ticked('publicLinks'),
    limits: { members: number('members'), agentTokensPerMember: number('agentTokensPerMember'), openInvites: number('openInvites') },
    retentionDays: number('retentionDays'),
  };
};
