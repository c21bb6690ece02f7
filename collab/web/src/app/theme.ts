import { createStore } from './store.ts';

/** What somebody chose on this browser; "system" follows the machine. The first script puts it on before the first paint. */
export type Theme = 'system' | 'light' | 'dark';
const key = 'watchroom.theme';

const stored = (): Theme => {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
};

export const theme = createStore<Theme>(stored());

export const wearTheme = (): void => {
  const chosen = stored();
  if (chosen !== 'system') document.documentElement.dataset.theme = chosen;
};

export const chooseTheme = (chosen: Theme): void => {
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try {
    if (chosen === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, chosen);
  } catch {
    // It holds until the tab is closed.
  }
  theme.set(() => chosen);
};

export const nextTheme = (now: Theme): Theme => (now === 'system' ? 'light' : now === 'light' ? 'dark' : 'system');
