import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import './inbox/inbox.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { askedAhead } from './api/ahead.ts';
import { askWho } from './app/account.ts';
import { App } from './app/app.tsx';
import { loadPage } from './app/pages.ts';
import { placeOf } from './app/place.ts';

/** Longer than this nobody waits for answers: the page is drawn with what there is. */
const mostMs = 300;
const place = placeOf(location.pathname);

/** Until the answers are there that the first frame can be drawn from: one frame is there sooner than three. */
const answered = (): Promise<unknown> => Promise.race([
  Promise.all([askedAhead(), place.page === 'door' ? undefined : askWho()]),
  new Promise((resolve) => { setTimeout(resolve, mostMs); }),
]);

// No await at the top: pages import what stands in this file's chunk.
void Promise.all([loadPage(place), answered()]).then(() => createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>));
