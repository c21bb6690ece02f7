/** The fields of /proc/<pid>/stat that Watchroom uses (proc_pid_stat(5)). */
export interface Stat {
  readonly name: string;
  readonly parentPid: number;
  /** utime + stime in clock ticks. */
  readonly cpuTicks: number;
  /** Field 22 as written. */
  readonly startTicks: string;
  readonly residentPages: number;
  /** A zombie: it has ended, only its parent has not noticed. */
  readonly gone: boolean;
}

/** Reads /proc/<pid>/stat; undefined when it is not in that shape. The name may hold spaces and brackets. */
export const parseStat = (line: string | undefined): Stat | undefined => {
  const nameEnd = line?.lastIndexOf(')') ?? -1;
  if (line === undefined || nameEnd < 0) return undefined;
  const fields = line.slice(nameEnd + 2).trimEnd().split(' '); // field 3 of the manual page is the first here
  const [state, parentPid, userTicks, systemTicks, startTicks, residentPages] = [0, 1, 11, 12, 19, 21].map((index) => fields[index] ?? '');
  if (!/^\d+$/.test(startTicks!) || !/^\d+$/.test(parentPid!)) return undefined;
  return {
    name: line.slice(line.indexOf('(') + 1, nameEnd),
    parentPid: Number(parentPid),
    cpuTicks: Number(userTicks) + Number(systemTicks),
    startTicks: startTicks!,
    residentPages: Number(residentPages),
    gone: state === 'Z' || state === 'X',
  };
};

/** The real user of a process, from /proc/<pid>/status. */
export const parseStatus = (status: string | undefined): { readonly uid: number } | undefined => {
  const uid = status === undefined ? undefined : /^Uid:\s+(\d+)/m.exec(status)?.[1];
  return uid === undefined ? undefined : { uid: Number(uid) };
};

/** Tokens of /proc/<pid>/cmdline. A title that overwrote the line leaves NULs behind it. */
export const parseCommandLine = (line: string): readonly string[] => {
  const tokens = line.split('\0');
  while (tokens.length > 0 && tokens.at(-1)!.trim() === '') tokens.pop();
  return tokens;
};

/** One variable of /proc/<pid>/environ; nothing else of it is turned into text. */
export const readVariable = (environment: Buffer, name: string): string | undefined => {
  const prefix = Buffer.from(`${name}=`);
  for (let at = environment.indexOf(prefix); at >= 0; at = environment.indexOf(prefix, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const end = environment.indexOf(0, at);
    const value = environment.toString('utf8', at + prefix.length, end < 0 ? environment.length : end);
    return value === '' ? undefined : value;
  }
  return undefined;
};

/** AT_PAGESZ of the auxiliary vector (getauxval(3)): 4096 on x86, up to 64 KiB on ARM. */
export const parsePageSize = (auxiliary: Buffer | undefined): number | undefined => {
  const pageSizeKey = 6n;
  for (let at = 0; auxiliary && at + 16 <= auxiliary.length; at += 16) {
    if (auxiliary.readBigUInt64LE(at) === pageSizeKey) return Number(auxiliary.readBigUInt64LE(at + 8));
  }
  return undefined;
};
