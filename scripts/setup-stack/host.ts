/** The machine the stack is set up on. */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** IANA name. */
  readonly timezone: string;
  /** Docker runs in a virtual machine: containers see neither the processes nor the user ids of this one. */
  readonly dockerDesktop: boolean;
  /** Unknown on Windows. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Who called sudo. */
  readonly sudoUser?: string;
  /** "2.40.3"; undefined where `docker compose` cannot be asked. */
  readonly composeVersion?: string;
  /** Where alerts/runbook.md can be read in a browser. */
  readonly runbookUrl?: string;
}

/** Where this machine's exporter runs: in a container that reports to the hub, in one that Prometheus scrapes, on the Docker host beside Docker, or not at all (a pure team server). */
export type ExporterPlace = 'agent' | 'container' | 'host' | 'none';

export const exporterPlaces: readonly ExporterPlace[] = ['agent', 'container', 'host', 'none'];

/** A container sees the sessions of its host only where Docker shares the kernel with it. */
export const usualPlace = ({ platform, dockerDesktop }: Host): ExporterPlace => (platform === 'linux' && !dockerDesktop ? 'agent' : 'host');
