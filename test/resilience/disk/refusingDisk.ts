import { type Disk, systemDisk } from '../../../src/kernel/disk.ts';

/** The real disk, which takes nothing below `folder`: `code` is ENOSPC (full) or EROFS (read-only). */
export function refusingDisk(folder: string, code: 'ENOSPC' | 'EROFS'): Disk {
  const refuse = (path: string) => {
    if (path === folder || path.startsWith(`${folder}/`)) throw Object.assign(new Error(`${code}: ${path}`), { code });
  };
  return {
    ...systemDisk,
    makeFolder(path) {
      // A full disk often still makes folders; a read-only one makes nothing that is not there.
      if (code === 'EROFS' && !systemDisk.exists(path)) refuse(path);
      systemDisk.makeFolder(path);
    },
    write(path, bytes, mode) {
      refuse(path);
      systemDisk.write(path, bytes, mode);
    },
    rename(from, to) {
      if (code === 'EROFS') refuse(from);
      systemDisk.rename(from, to);
    },
    remove(path) {
      if (code === 'EROFS') refuse(path);
      systemDisk.remove(path);
    },
  };
}
