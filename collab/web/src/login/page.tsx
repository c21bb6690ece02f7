import { useEffect, useRef, useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { login, loginLocal, me, register, resetPassword, setUp, signOnPage } from '../api/auth.ts';
import type { Account, Ways } from '../api/auth.ts';
import { acceptInvite, lookAtInvite } from '../api/invites.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { signedInAs } from '../app/account.ts';
import { go } from '../app/router.ts';
import { roomPath } from '../app/place.ts';
import type { Door } from '../app/place.ts';
import { useTitle } from '../app/title.ts';
import { BrandMark } from '../parts/brand-mark.tsx';
import './login.css';

/** Every way in: password, single sign-on, the link of this machine, set-up, reset and invite. Secrets stand in the fragment, which no server sees. */
export const LoginPage = ({ door: kind, secret, ways, then, account }: { readonly door: Door; readonly secret: string; readonly ways: Ways | undefined; readonly then: string; readonly account?: Account }) => {
  useTitle('Sign in');
  const enter = (entered: Account, to = then): void => {
    signedInAs(entered);
    go(to, { replace: true });
  };
  return (
    <main className="door" id="main">
      <div className="panel">
        <p className="brand"><BrandMark size={30} />Watchroom</p>
        {kind === 'open' ? <LocalDoor secret={secret} enter={enter} />
          : kind === 'join' ? <JoinDoor secret={secret} enter={enter} {...(account ? { account } : {})} />
          : kind === 'reset' ? <ResetDoor secret={secret} />
          : kind === 'setup' || ways?.empty ? <SetUpDoor secret={secret} enter={enter} />
          : ways?.local ? <LocalOnly />
          : <PasswordDoor {...(ways?.signOn ? { signOn: ways.signOn } : {})} enter={enter} />}
      </div>
    </main>
  );
};

type Enter = (account: Account, to?: string) => void;

/** Takes the link's secret for a login, once; a reload after that needs no link, for the tab remembers. */
const LocalDoor = ({ secret, enter }: { readonly secret: string; readonly enter: Enter }) => {
  const [problem, setProblem] = useState<Problem>();
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    loginLocal(secret).catch(() => me()).then((account) => enter(account), (error: unknown) => setProblem(asProblem(error)));
  });
  if (problem === undefined) return <p className="soft">Signing in…</p>;
  return <><h1>{problem.kind === 'offline' ? 'No answer' : 'This link is spent'}</h1><p>{problem.kind === 'offline' ? problem.message : 'It works once, within 60 seconds. In a terminal of this machine:'}</p><pre tabIndex={0}>npm run watchroom -- open</pre></>;
};

const LocalOnly = () => <><h1>Open it from the terminal</h1><p>This hub belongs to one person on one machine, so there is no password. A link signs this tab in:</p><pre tabIndex={0}>npm run watchroom -- open</pre><p className="soft small">Each tab needs its own: what signs it in stays in the tab.</p></>;

const PasswordDoor = ({ signOn, enter }: { readonly signOn?: { readonly name: string }; readonly enter: Enter }) => (
  <><h1>Sign in</h1>
    {signOn && <><Form submit={`With ${signOn.name}`} send={async () => location.assign(await signOnPage())} /><p className="or soft small">or</p></>}
    <Form submit="Sign in" send={async (field) => enter(await login(field('username'), field('password')))}>
      <Field label="Name" name="username" autoComplete="username" autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" />
    </Form>
    <p className="soft small">No account? An admin of your team sends you an invite link. Password lost? They make you a new one.</p>
  </>
);

const SetUpDoor = ({ secret, enter }: { readonly secret: string; readonly enter: Enter }) => (
  <><h1>Set this hub up</h1><p className="soft">You become its first admin, with its first team.</p>
    <Form submit="Set up" send={async (field) => enter(await setUp({ token: secret || field('token'), username: field('username'), displayName: field('displayName') || field('username'), password: field('password'), team: field('team') }))}>
      {secret === '' && <Field label="Set-up token, which the hub printed when it started" name="token" autoComplete="off" />}
      <NewAccount />
      <Field label="Your team, in small letters" name="team" pattern="[a-z][a-z0-9\-]{1,23}" autoComplete="off" />
    </Form>
  </>
);

const JoinDoor = ({ secret, enter, account }: { readonly secret: string; readonly enter: Enter; readonly account?: Account }) => {
  const [known, setKnown] = useState(false);
  const [session, setSession] = useState<string>();
  useEffect(() => { lookAtInvite(secret).then((invite) => setSession(invite.session), () => undefined); }, [secret]); // a spent one says so when it is taken
  const to = session === undefined ? '/' : roomPath(session);
  if (account) return <><h1>Join</h1><p>You are signed in as <b>{account.displayName}</b>. Accept the invite with this account?</p><Form submit="Accept the invite" send={async () => { await acceptInvite(secret); enter(await me(), to); }} /></>;
  if (known) return <><h1>Sign in to join</h1><Form submit="Sign in and join" send={async (field) => { await login(field('username'), field('password')); await acceptInvite(secret); enter(await me(), to); }}><Field label="Name" name="username" autoComplete="username" autoFocus /><Field label="Password" name="password" type="password" autoComplete="current-password" /></Form><button type="button" className="button plain" onClick={() => setKnown(false)}>I have no account yet</button></>;
  return <><h1>You are invited</h1><p className="soft">{session === undefined ? '' : <>To the room of <b>{session}</b>. </>}Choose how you are called here.</p><Form submit="Join" send={async (field) => enter(await register({ invite: secret, username: field('username'), displayName: field('displayName') || field('username'), password: field('password') }), to)}><NewAccount /></Form><button type="button" className="button plain" onClick={() => setKnown(true)}>I have an account</button></>;
};

const ResetDoor = ({ secret }: { readonly secret: string }) => {
  const [done, setDone] = useState<string>();
  if (done !== undefined) return <><h1>The password is set</h1><p>Sign in as <b>{done}</b>.</p><a className="button main wide" href="/login">Sign in</a></>;
  return <><h1>A new password</h1><Form submit="Set it" send={async (field) => setDone((await resetPassword(secret, field('password'))).username)}><Field label="New password, at least 10 characters" name="password" type="password" minLength={10} autoComplete="new-password" /></Form></>;
};

const NewAccount = () => (
  <><Field label="Name to sign in and be mentioned by" name="username" pattern="[a-z][a-z0-9._\-]{1,31}" title="2 to 32 small letters, digits, dots, dashes" autoComplete="username" autoFocus />
    <Field label="How others see you" name="displayName" required={false} autoComplete="name" maxLength={64} />
    <Field label="Password, at least 10 characters" name="password" type="password" minLength={10} autoComplete="new-password" /></>
);

const Field = ({ label, ...rest }: React.InputHTMLAttributes<HTMLInputElement> & { readonly label: string; readonly name: string }) => <label className="field"><span>{label}</span><input type="text" required {...rest} /></label>;

const Form = ({ submit, send, children }: { readonly submit: string; readonly send: (field: (name: string) => string) => Promise<void>; readonly children?: ReactNode }) => {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(undefined);
    send((name) => String(data.get(name) ?? '').trim()).catch((error: unknown) => { setProblem(asProblem(error)); setBusy(false); });
  };
  return <form className="entry" onSubmit={onSubmit}>{children}{problem && <p className="notice bad" role="alert">{problem.message}</p>}<button type="submit" className="button main wide" disabled={busy}>{submit}</button></form>;
};
