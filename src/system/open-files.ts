// Which processes of this host have a file of a directory open (proc(5), /proc/PID/fd). Processes of
// other users show theirs only to root.

import { readdir, readlink } from 'node:fs/promises'
import { isInside } from './real-path.ts'

export interface OpenFile {
  readonly pid: number
  /** Absolute real path. */
  readonly path: string
}

/** Files below `directory`, a real path, that another process than this one has open. */
export const openFilesIn = async (directory: string): Promise<readonly OpenFile[]> => {
  const found: OpenFile[] = []
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  for (const pid of pids.filter((other) => other !== process.pid)) {
    const paths = (await pathsOf(pid)).filter((path) => isInside(path, directory))
    found.push(...[...new Set(paths)].map((path) => ({ pid, path })))
  }
  return found
}

const pathsOf = async (pid: number): Promise<readonly string[]> => {
  const directory = `/proc/${pid}/fd`
  try {
    const names = await readdir(directory)
    const paths = await Promise.all(names.map((name) => pathOf(`${directory}/${name}`)))
    return paths.filter((path) => path?.startsWith('/') === true).map(String)
  } catch {
    // It has ended, or its files are hidden from us.
    return []
  }
}

const pathOf = async (link: string): Promise<string | undefined> => {
  try {
    return await readlink(link)
  } catch {
    // It was closed meanwhile.
    return undefined
  }
}
