import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { answered } from './ask-ahead.ts';
import { loadPage } from './pages.ts';
import { placeOf } from './place.ts';

const draw = (): void => createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);

/** The first script waits for nothing, so the page itself may still be on its way. */
const parsed = new Promise<void>((resolve) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => resolve());
  else resolve();
});

// No await at the top: pages import what stands in this file's chunk.
void Promise.all([loadPage(placeOf(location.pathname)).then(answered), parsed]).then(draw);
