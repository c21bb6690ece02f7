const { accessSync, constants } = require('node:fs');

/**
 * How Linux's C library shall keep memory: for a dozen threads in two places instead of one each, with large blocks apart, so that what a long scan
 * needed goes back to the system. It reads these once, at the start of a process (mallopt(3)).
 */
const frugal = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '32768', MALLOC_TRIM_THRESHOLD_: '65536' };

/** Begins again as the same process with these settings, for what runs for days (docs/decisions/0011). Who has settings of their own keeps them. */
exports.startFrugally = () => {
  const { platform, env, execPath, execArgv, argv, execve } = process;
  if (platform !== 'linux' || Object.keys(env).some((name) => name.startsWith('MALLOC_')) || !execve || !isThere(execPath)) return;
  execve.call(process, execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, ...frugal });
};

/** Of a Node that was replaced meanwhile nothing can be started, and execve does not throw: it ends the process. */
function isThere(program) {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
