// The file that keeps the tracker's reset points while the emulator is down.
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { TrackerState } from './tracker.ts'

interface SavedState {
  readonly sequence: number
  readonly tracker: { readonly resets: readonly { lsn: string; sequence: number }[] }
}

export const readTrackerFile = async (
  path: string,
): Promise<{ sequence: number; tracker: TrackerState }> => {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { sequence: 0, tracker: { resets: [] } }
  // Only the emulator writes this file, so it is trusted.
  const { sequence, tracker } = JSON.parse(text) as SavedState
  const resets = tracker.resets.map((reset) => ({ ...reset, lsn: BigInt(reset.lsn) }))
  return { sequence, tracker: { resets } }
}

export const writeTrackerFile = async (
  path: string,
  sequence: number,
  { resets }: TrackerState,
) => {
  const saved: SavedState = {
    sequence,
    tracker: { resets: resets.map(({ lsn, ...reset }) => ({ ...reset, lsn: String(lsn) })) },
  }
  await writeFile(`${path}.new`, `${JSON.stringify(saved, undefined, 2)}\n`)
  await rename(`${path}.new`, path)
}
