// Keeps what the real server's clone behind an emulated backup looked like, to compare with.
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { treeDigest } from '../../../bed/compare.ts'
import type { Emulator } from '../../../greatsql-emulator/emulator.ts'

const copyNewest = async (emulator: Emulator, to: string): Promise<void> => {
  const work = join(emulator.dir, 'state', 'work')
  const numberOf = (name: string): number => Number(name.split('-').at(-1))
  const [newest] = (await readdir(work)).sort((a, b) => numberOf(b) - numberOf(a))
  if (newest === undefined) throw new Error(`${work} holds no clone`)
  await cp(join(work, newest), to, { recursive: true })
}

/** Runs a CLONE and keeps the real server's clone of its PAGE COPY in `keep`. */
export const cloneAndKeep = async (
  emulator: Emulator,
  statement: string,
  keep: string,
): Promise<void> => {
  const { onStage } = emulator.tuning
  emulator.tuning.onStage = async (stage) => {
    await onStage?.(stage)
    if (stage === 'REDO COPY') await copyNewest(emulator, keep)
  }
  try {
    await emulator.sql(statement)
  } finally {
    emulator.tuning.onStage = onStage
  }
}

/** All files of the data: everything but #clone. */
const dataOf = async (dir: string): Promise<Record<string, string>> => {
  const digest = await treeDigest(dir)
  return Object.fromEntries([...digest].filter(([path]) => !path.startsWith('#clone')))
}

/** Both directories hold the same data, byte for byte. The buffer pool's dump is of FILE COPY. */
export const expectSameData = async (actual: string, wanted: string): Promise<void> => {
  const [a, b] = await Promise.all([dataOf(actual), dataOf(wanted)])
  delete a['ib_buffer_pool']
  delete b['ib_buffer_pool']
  expect(a).toEqual(b)
}
