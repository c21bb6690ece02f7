import { CommanderError } from 'commander';
import { ConfigError } from '../config/problem.ts';
import type { Deps } from './deps.ts';
import { CommandError, WrappedExit, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { lookOf } from './terminal.ts';

/** Runs a command line (without node and script) and returns its exit code. Every failure is a sentence on stderr. */
export const runProgram = async (deps: Deps, args: readonly string[]): Promise<number> => {
  try {
    await createProgram(deps).parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return exitCodes.ok[0];
  } catch (error) {
    return failed(error, deps);
  }
};

const failed = (error: unknown, deps: Deps): number => {
  // Commander has written its own words; help and version "fail" with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok[0] : exitCodes.usage[0];
  if (error instanceof WrappedExit) return error.exitCode;
  const { paint } = lookOf(deps.stderr, deps.variables);
  const sentence = error instanceof Error ? withCause(error) : String(error);
  deps.stderr.write(`${paint('red', error instanceof ConfigError ? 'the configuration is wrong' : 'watchroom')}${error instanceof ConfigError ? '\n' : ': '}${sentence}\n`);
  if (error instanceof ConfigError) return exitCodes.config[0];
  return error instanceof CommandError ? error.exitCode : exitCodes.failed[0];
};

/** "cannot read x: permission denied": the action and why it failed. */
const withCause = ({ message, cause }: Error): string => (cause instanceof Error ? `${message}: ${cause.message}` : message);
