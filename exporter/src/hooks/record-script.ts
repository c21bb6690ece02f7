/**
 * What Claude Code runs at its events: a small program of its own beside the settings, so that an upgrade of Watchroom moves nothing. It writes
 * the state of the session beside itself, prints nothing and always ends well: a hook that fails would be Claude's business.
 * Messages are not kept; only whether it waits for a permission.
 */
export const recordScript = `// Written by "watchroom hooks install"; "watchroom hooks remove" takes it away.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

try {
  const event = JSON.parse(readFileSync(0, 'utf8'));
  const session = String(event.session_id);
  if (/^[\\w-]{1,100}$/.test(session)) record(event, session);
} catch {
  // nothing that Claude has to know
}

function record({ hook_event_name: name, notification_type: type, message }, session) {
  const file = join(dirname(fileURLToPath(import.meta.url)), session + '.json');
  if (name === 'SessionEnd') return rmSync(file, { force: true });
  const status = { UserPromptSubmit: 'working', Notification: 'waiting', Stop: 'waiting', SessionStart: 'waiting' }[name];
  if (!status) return;
  const permission = name === 'Notification' && (type === 'permission_prompt' || (type === undefined && /permission/i.test(String(message))));
  writeFileSync(file + '.' + process.pid + '.new', JSON.stringify({ session, status, ...(permission ? { waitingFor: 'permission' } : {}), pids: pidsOf() }));
  renameSync(file + '.' + process.pid + '.new', file);
}

// Claude runs hooks through a shell: the parent, or the parent's.
function pidsOf() {
  try {
    return [process.ppid, Number(readFileSync('/proc/' + process.ppid + '/stat', 'utf8').split(') ')[1].split(' ')[1])];
  } catch {
    return [process.ppid];
  }
}
`;
