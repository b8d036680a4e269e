// clonectl incr against a raw CLONE LOCAL, and what it stores against what was changed.
import { join } from 'node:path'
import type { Bench, Facts } from './bench.ts'
import { changePages, pageBytes } from './change-pages.ts'
import { clear, shell } from './programs.ts'
import { sceneFacts, onScene, type Scene } from './scene.ts'
import { medianSteps, type Steps } from './steps.ts'
import { median } from './summary.ts'

/** Of the size the server was filled to: 3 %, so 1967 pages of 1 GiB. */
const changedShare = 0.03

interface Increment {
  readonly steps: Steps
  readonly storedBytes: number
}

const incrementFacts = (runs: readonly Increment[], pages: number): Facts => {
  const stored = median(runs.map(({ storedBytes }) => storedBytes))
  return {
    'pages changed': pages,
    'bytes changed': pages * pageBytes,
    'bytes stored': stored,
    'stored / changed': (stored / (pages * pageBytes)).toFixed(2),
    ...medianSteps(runs.map(({ steps }) => steps)),
  }
}

const takeIncrement = async (scene: Scene): Promise<Increment> => {
  const { document, steps } = await scene.clonectl('incr', '--no-fallback')
  return { steps, storedBytes: Number(document['storedBytes']) }
}

export const increment: Bench = {
  name: 'increment',
  about:
    '`clonectl incr` against the raw CLONE LOCAL statement; bytes stored against bytes changed',
  defaultRuns: 7,
  sized: true,
  prepare: onScene(async (scene, setup) => {
    const raw = join(scene.directory, 'raw')
    const pages = Math.round((setup.sizeBytes * changedShare) / pageBytes)
    let round = 0
    const change = async (): Promise<void> => {
      round += 1
      await changePages(scene, pages, round)
    }
    const facts = await sceneFacts(scene)
    await scene.clonectl('full')
    const runs: Increment[] = []
    return {
      ours: {
        what: 'clonectl incr, on the backup before',
        prepare: change,
        run: async () => void runs.push(await takeIncrement(scene)),
      },
      rival: {
        what: `mysql -e 'CLONE LOCAL DATA DIRECTORY = …'`,
        run: () => scene.cloneLocal(raw),
        tidy: () => clear(raw),
      },
      floor: {
        what: `cat of the server's files to /dev/null, warm: every byte looked at once`,
        run: () => shell('find "$1" -type f -exec cat {} + >/dev/null', scene.donor.datadir),
      },
      facts: () => ({ ...facts, ...incrementFacts(runs.slice(1), pages) }),
    }
  }),
}
