import { useState } from 'react';
import type { FormEvent } from 'react';
import { changeMe, changePassword } from '../api/settings.ts';
import { me } from '../api/auth.ts';
import { signedInAs } from '../app/account.ts';
import { useStore } from '../app/use-store.ts';
import { chooseTheme, theme } from '../app/theme.ts';
import type { Theme } from '../app/theme.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

const same = (value: Theme): Theme => value;

/** How one is called, the password, the colours. */
export const ProfileSection = ({ account }: SectionProps) => {
  const { problem, busy, act } = useAsked(me, account.id);
  const [said, setSaid] = useState('');
  const chosen = useStore(theme, same);
  const submit = (run: (data: FormData) => Promise<unknown>, done: string) => (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    void act(() => run(new FormData(form))).then((ok) => { setSaid(ok ? done : ''); if (ok) void me().then(signedInAs); });
  };
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      {said && <p className="notice calm" role="status">{said}</p>}
      <form className="form" onSubmit={submit((data) => changeMe({ displayName: String(data.get('displayName')).trim(), email: String(data.get('email')).trim() || null }), 'Saved.')}>
        <label className="field"><span>Name others see</span><input name="displayName" type="text" required maxLength={64} defaultValue={account.displayName} /></label>
        <label className="field"><span>E-mail, shown to you only</span><input name="email" type="email" defaultValue={account.email ?? ''} /></label>
        <p className="soft small">You sign in and are mentioned as <b>@{account.username}</b>.</p>
        <p><button type="submit" className="button main" disabled={busy}>Save</button></p>
      </form>
      {account.hasPassword && <form className="form" onSubmit={submit((data) => changePassword(String(data.get('current')), String(data.get('next'))), 'The password is changed.')}>
        <h2>Password</h2>
        <label className="field"><span>The one you have</span><input name="current" type="password" required autoComplete="current-password" /></label>
        <label className="field"><span>New, at least 10 characters</span><input name="next" type="password" required minLength={10} autoComplete="new-password" /></label>
        <p><button type="submit" className="button" disabled={busy}>Change it</button></p>
      </form>}
      <fieldset className="form"><legend>Colours on this browser</legend><div className="row">{(['system', 'light', 'dark'] as const).map((one) => <label key={one}><input type="radio" name="theme" checked={chosen === one} onChange={() => chooseTheme(one)} /> {one === 'system' ? 'As the system' : one === 'light' ? 'Light' : 'Dark'}</label>)}</div></fieldset>
    </>
  );
};
