import { ThemeContext, createTheme } from '@grafana/data';
import type { GrafanaTheme2 } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './dashboard.tsx';
import { prepared } from './prepared.ts';
import { fillRegistries } from './registries.ts';
import type { Scene } from './scene.ts';

/** Draws the scene that the server has for this page; `document.title` says "drawn" when it is there. */
const draw = async (): Promise<void> => {
  fillRegistries();
  const scene = (await (await fetch('scene.json')).json()) as Scene;
  const theme = createTheme({ colors: { mode: scene.theme } });
  const panels = await Promise.all(scene.panels.map((panel) => prepared(scene, panel, theme)));
  const root = createRoot(document.getElementById('page')!);
  root.render(<ThemeContext.Provider value={theme}><GlobalStyles /></ThemeContext.Provider>);
  await fontsOf(theme);
  root.render(<ThemeContext.Provider value={theme}><GlobalStyles /><Dashboard scene={scene} panels={panels} /><PortalContainer /></ThemeContext.Provider>);
  setTimeout(() => (document.title = 'drawn'), 800);
};

/** The fonts come first, for big numbers are measured before they are drawn. GlobalStyles names them in its first effect. */
const fontsOf = async ({ typography }: GrafanaTheme2): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.all([typography.fontWeightRegular, typography.fontWeightMedium].map((weight) => document.fonts.load(`${weight} 14px Inter`)));
};

draw().catch((error: unknown) => {
  document.title = 'failed';
  throw error;
});
