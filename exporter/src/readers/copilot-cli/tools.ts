import { awaited, expectResult } from '../calls/awaited.ts';
import { makesCommit } from '../claude/git-commit.ts';
import { count, list, object, parseObject, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { draftOf } from './log.ts';
import type { CopilotEvent, OpenTool, SessionLog } from './log.ts';

/** tool.execution_start. */
export const toolStarted = (log: SessionLog, { data, at }: CopilotEvent): void => {
  const id = text(data.toolCallId);
  const name = text(data.toolName);
  if (id === undefined || name === undefined) return log.book.bad('bad_shape');
  const server = text(data.mcpServerName);
  draftOf(log).toolCall({ id, name: server === undefined ? name : `mcp:${server}`, at, ...(data.arguments === undefined ? {} : { input: JSON.stringify(data.arguments) }) });
  expectResult((log.memo.open ??= {}), id, openTool(name, data.arguments));
};

/** tool.execution_complete. */
export const toolCompleted = (log: SessionLog, { data, at }: CopilotEvent): void => {
  const id = text(data.toolCallId);
  if (id === undefined) return log.book.bad('bad_shape');
  const { memo } = log;
  const open = awaited(memo.open, id);
  if (open) delete memo.open![id];
  const error = data.success === false ? (open?.denied || isDenial(object(data.error)) ? 'permission_denied' : 'tool') : undefined;
  draftOf(log).toolResult(id, at, error === undefined ? {} : { error });
  if (open && error === undefined) readWork(log, open, data, at);
};

const openTool = (name: string, input: unknown): OpenTool => {
  const call = object(input);
  const path = text(call?.path) ?? text(call?.filePath);
  const whole = text(call?.file_text);
  return {
    name,
    ...(path === undefined ? {} : { path }),
    ...(whole === undefined ? {} : { lines: whole.split('\n').length - (whole.endsWith('\n') ? 1 : 0) }),
    ...(makesCommit(call?.command) ? { commit: true } : {}),
  };
};

const readWork = (log: SessionLog, open: OpenTool, data: Json, at: number | undefined): void => {
  const draft = draftOf(log);
  if (open.commit && !/exit code [1-9]/.test((text(object(data.result)?.content) ?? '').slice(-200))) draft.committed();
  if (open.name === 'view' && open.path !== undefined) draft.read(open.path, at);
  if (!edits.has(open.name)) return;
  const telemetry = object(data.toolTelemetry);
  const metrics = object(telemetry?.metrics);
  const created = open.name === 'create';
  const [path, ...others] = open.path === undefined ? pathsIn(telemetry) : [open.path];
  if (path === undefined) return;
  draft.edit({ path, at, created, linesAdded: count(metrics?.linesAdded) ?? (created ? (open.lines ?? 0) : 0), linesRemoved: count(metrics?.linesRemoved) ?? 0 });
  for (const other of others) draft.edit({ path: other, at }); // the counts are of all files together
};

const edits = new Set(['edit', 'create', 'str_replace_editor', 'apply_patch', 'multi_edit']);

/** `"filePaths":"[\"/a\",\"/b\"]"`: a list inside a string. */
const pathsIn = (telemetry: Json | undefined): readonly string[] => {
  const written = text(object(telemetry?.restrictedProperties)?.filePaths);
  return list(parseObject(`{"paths":${written ?? '[]'}}`)?.paths).flatMap((path) => text(path) ?? []);
};

const isDenial = (error: Json | undefined): boolean => /denied|rejected/.test(text(error?.code) ?? '');
