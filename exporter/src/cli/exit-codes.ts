/** What the program's exit code says; docs/cli.md prints this table. */
export const exitCodes = {
  ok: [0, 'done'],
  failed: [1, 'it could not be done; stderr says why'],
  usage: [2, 'wrong command line: an unknown command, flag or value'],
  noSession: [3, 'no session has that name, or several have'],
  config: [4, 'the configuration is wrong'],
  notAllowed: [126, 'watchroom run: the command may not be run'],
  notFound: [127, 'watchroom run: there is no such command'],
} as const satisfies Record<string, readonly [number, string]>;

/** A sentence for the person at the terminal, and the exit code that goes with it. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, kind: keyof typeof exitCodes = 'failed') {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCodes[kind][0];
  }
}

/** The exit code of a command that `watchroom run` ran: it goes on as it is. */
export class WrappedExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`the command ended with ${exitCode}`);
    this.name = 'WrappedExit';
    this.exitCode = exitCode;
  }
}
