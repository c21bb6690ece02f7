import { argumentChoices, everyCommand, nameOf, takesSession } from '../command-tree.ts';
import type { CommandEntry } from '../command-tree.ts';

/** Completion for PowerShell 5 and later. */
export const powershellCompletion = (root: CommandEntry): string => `# Completion of watchroom for PowerShell. $PROFILE: watchroom completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName watchroom -ScriptBlock {
  param($word, $line, $position)
  $commands = @{
${everyCommand(root).map((entry) => `    ${quoted(entry.path)} = @(${[...entry.commands.map((one) => pair(nameOf(one), one.summary)), ...argumentChoices(entry).map((word) => pair(word, word))].join(', ')})`).join('\n')}
  }
  $options = @{
${everyCommand(root).map((entry) => `    ${quoted(entry.path)} = @(${entry.options.map(({ names, description }) => pair(names.at(-1)!, description)).join(', ')})`).join('\n')}
  }
  $values = @{
${everyCommand(root).flatMap(({ path, options }) => options.filter(({ choices }) => choices.length > 0).flatMap(({ names, choices }) => names.map((name) => `    ${quoted(`${path} ${name}`)} = @(${choices.map(quoted).join(', ')})`))).join('\n')}
  }
  $sessions = @(${everyCommand(root).filter(takesSession).map(({ path }) => quoted(path)).join(', ')})
  $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -ne '' -and $typed.Count -gt 0) { $typed = @($typed | Select-Object -SkipLast 1) }
  $path = ''
  foreach ($one in $typed) { $next = ("$path $one").Trim(); if ($commands.ContainsKey($next)) { $path = $next } }
  $last = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
  if ($values.ContainsKey("$path $last")) { $found = @($values["$path $last"] | ForEach-Object { ,@($_, $_) }) }
  else {
    $found = @($commands[$path]) + @($options[$path])
    if ($sessions -contains $path -and -not $word.StartsWith('-')) { $found += @(watchroom completion names 2>$null | ForEach-Object { ,@($_, 'session') }) }
  }
  $found | Where-Object { $_ -and $_[0].StartsWith($word) } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1]) }
}
`;

const pair = (name: string, meaning: string): string => `@(${quoted(name)}, ${quoted(meaning || name)})`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''").replaceAll('\n', ' ')}'`;
