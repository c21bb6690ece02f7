/** Something wrong in what a person configured: where it stands, what was seen, what to try. */
export interface Problem {
  /** "config.yaml:12", "--export.limit" or "WATCHROOM_EXPORT_LIMIT". */
  readonly where: string;
  readonly message: string;
}

/** The configuration cannot be used. Its message is for the person who wrote it. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
