// GreatSQL counts its clones from 0, MySQL from 1: a stock server that was restored from clone 0 shows
// no clone at all in clone_status, and with it goes the binlog's position. So 0 becomes a number that
// no clone has before such a server starts; what shows it as GreatSQL's turns it back.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What stands for 0 in the files that the stock server reads. */
export const idForZero = 1_000_000

const replaceIn = async (file: string, pattern: RegExp): Promise<void> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined || !pattern.test(text)) return
  await writeFile(
    file,
    text.replace(pattern, (line) => line.replace(/0\n$/, `${idForZero}\n`)),
  )
}

/** Does nothing to a data directory that is no clone, or that no clone 0 is in. */
export const showFirstClone = async (datadir: string): Promise<void> => {
  await replaceIn(join(datadir, '#clone', '#view_status'), /^\d 0\n/)
  await replaceIn(join(datadir, '#clone', '#view_progress'), /^0\n/)
}
