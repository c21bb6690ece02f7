import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './compose.ts';

/** Puts into a folder what a checkout has, as far as the stack mounts it; readable by all, whatever the umask of this checkout was. */
export const aCheckoutIn = (folder: string): void => {
  for (const path of ['.env.example', 'prometheus.yml', 'alerts/rules', 'alerts/templates', 'stack/targets', 'dashboards/provisioning', 'dashboards/grafana']) {
    cpSync(repository + path, join(folder, path), { recursive: true });
    openToAll(join(folder, path));
  }
};

const openToAll = (path: string): void => {
  const isFolder = statSync(path).isDirectory();
  chmodSync(path, isFolder ? 0o755 : 0o644);
  if (isFolder) for (const name of readdirSync(path)) openToAll(join(path, name));
};
