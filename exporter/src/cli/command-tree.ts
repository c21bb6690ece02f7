import type { Argument, Command, Option } from 'commander';

/** One command as completions and the man page tell of it. */
export interface CommandEntry {
  /** "list", "hub admin create"; "" is the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly arguments: readonly Argument[];
  readonly options: readonly OptionEntry[];
  readonly commands: readonly CommandEntry[];
  /** What stands below "Examples:" and the like. */
  readonly usage: string;
}

export interface OptionEntry {
  readonly flags: string;
  /** -f, --format */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The whole command line as data: the same table that --help prints. */
export const commandTree = (command: Command, path = ''): CommandEntry => ({
  path,
  summary: command.summary() || firstLine(command.description()),
  description: command.description(),
  aliases: command.aliases(),
  arguments: command.registeredArguments,
  options: command.createHelp().visibleOptions(command).map(optionEntry),
  commands: command.createHelp().visibleCommands(command).filter((one) => one.name() !== 'help').map((one) => commandTree(one, `${path} ${one.name()}`.trim())),
  usage: command.usage(),
});

/** It and everything below it. */
export const everyCommand = (entry: CommandEntry): readonly CommandEntry[] => [entry, ...entry.commands.flatMap(everyCommand)];

/** The last word of its path. */
export const nameOf = ({ path }: CommandEntry): string => path.split(' ').at(-1)!;

/** What its argument may be, where only some words are allowed. */
export const argumentChoices = (entry: CommandEntry): readonly string[] => entry.arguments.flatMap((argument) => argument.argChoices ?? []);

/** One of its arguments is a session. */
export const takesSession = (entry: CommandEntry): boolean => entry.arguments.some((argument) => /^sessions?$/.test(argument.name()));

const optionEntry = (option: Option): OptionEntry => ({
  flags: option.flags, names: [option.short, option.long].filter((name): name is string => name !== undefined && name !== null), description: option.description,
  takesValue: option.required || option.optional, choices: option.argChoices ?? [],
});

const firstLine = (text: string): string => text.split('\n')[0]!;
