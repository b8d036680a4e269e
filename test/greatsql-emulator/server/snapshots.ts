// The moments an increment can be compared with: the pages as every backup of this donor had them,
// kept on disk because the tracker outlives a restart.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pageHashesFromJson, pageHashesToJson, type PageHashes } from '../clone/page-hashes.ts'

export interface Snapshots {
  add(sequence: number, hashes: PageHashes): Promise<void>
  /** Those taken after a moment. */
  since(sequence: number): Promise<readonly PageHashes[]>
}

export const openSnapshots = async (dir: string): Promise<Snapshots> => {
  await mkdir(dir, { recursive: true })
  return {
    add: (sequence, hashes) =>
      writeFile(join(dir, `${sequence}.json`), JSON.stringify(pageHashesToJson(hashes))),
    since: async (sequence) => {
      const numbers = (await readdir(dir)).map((name) => Number(name.replace('.json', '')))
      const later = numbers.filter((number) => number > sequence).sort((a, b) => a - b)
      return Promise.all(
        later.map(async (number) => {
          const text = await readFile(join(dir, `${number}.json`), 'utf8')
          return pageHashesFromJson(JSON.parse(text))
        }),
      )
    },
  }
}
