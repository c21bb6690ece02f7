/** The machine a scan looks at. Everything that depends on the environment comes in here; only main.ts makes one from the real thing. */
export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** The user's home folder, absolute. */
  readonly home: string;
  /** Relocation variables (CLAUDE_CONFIG_DIR, CODEX_HOME, XDG_DATA_HOME …). Empty when --home names another home. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
