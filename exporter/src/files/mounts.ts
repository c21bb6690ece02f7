import { statfs } from 'node:fs/promises';

/** Whether changes made elsewhere to this folder's file system go unseen by the kernel: network, host-shared and user-space mounts. */
export const isRemote = async (folder: string): Promise<boolean> => {
  try {
    return remoteTypes.has((await statfs(folder)).type >>> 0);
  } catch {
    return false; // Windows has no types, and what cannot be asked will fail to be watched
  }
};

// f_type in statfs(2) and linux/magic.h. macOS and Windows use none of these numbers.
const remoteTypes = new Set([
  0x6969, // nfs
  0x517b, 0xff534d42, 0xfe534d42, // smb, cifs, smb2
  0x65735546, // fuse: sshfs, virtiofs, Docker Desktop
  0x01021997, // 9p: WSL's /mnt/c, virtual machines
  0x786f4256, // vboxsf
  0x00c36400, // ceph
  0x5346414f, 0x6b414653, // afs
  0x73757245, // coda
  0x564c, // ncp
]);
