// Programs that are measured, or that put the scene in order between measurements.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program to its end. @throws Error with what it wrote when it fails. */
export const run = async (file: string, ...args: readonly string[]): Promise<void> => {
  await execute(file, args)
}

/** Runs a line of shell with these words as $1, $2 and so on. */
export const shell = (line: string, ...words: readonly string[]): Promise<void> =>
  run('sh', '-c', line, 'sh', ...words)

/** Removes directories, and waits until the disk has nothing to do for it any more. */
export const clear = async (...directories: readonly string[]): Promise<void> => {
  await run('rm', '-rf', '--', ...directories)
  await run('sync')
}
