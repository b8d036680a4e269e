// Restoring a full and three increments against copying the full and reading the copy once.
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { changePages, pageBytes } from './change-pages.ts'
import { clear, shell } from './programs.ts'
import { sceneFacts, onScene, type Scene } from './scene.ts'
import { medianSteps, type Steps } from './steps.ts'

const increments = 3
/** Of the size the server was filled to, between two backups. */
const changedShare = 0.03

/** Takes the chain and stops the server; returns the data directory of the full. */
const takeChain = async (scene: Scene, pages: number): Promise<string> => {
  const { document } = await scene.clonectl('full')
  for (let round = 1; round <= increments; round += 1) {
    await changePages(scene, pages, round)
    await scene.clonectl('incr', '--no-fallback')
  }
  return join(String(document['directory']), 'data')
}

const copy = 'cp -a -- "$1" "$2"'
const hash = 'find "$2" -type f -print0 | xargs -0 -P "$(nproc)" -n 1 sha256sum >/dev/null'
const sync = 'sync -f "$2"'

export const restore: Bench = {
  name: 'restore',
  about: `\`clonectl restore\` of a full and ${increments} increments against cp and sha256sum`,
  defaultRuns: 7,
  sized: true,
  prepare: onScene(async (scene, setup) => {
    const pages = Math.round((setup.sizeBytes * changedShare) / pageBytes)
    const facts = await sceneFacts(scene)
    setup.say(`taking a full and ${increments} increments`)
    const full = await takeChain(scene, pages)
    await scene.donor.stop()
    const target = join(scene.directory, 'target')
    const runs: Steps[] = []
    let bytes: unknown
    return {
      ours: {
        what: 'clonectl restore --latest',
        async run() {
          const { document, steps } = await scene.clonectl('restore', '--target-dir', target)
          runs.push(steps)
          bytes = document['bytes']
        },
        tidy: () => clear(target),
      },
      rival: {
        what: `cp -a of the full's data, sha256sum of every file of it, sync -f`,
        run: () => shell([copy, hash, sync].join(' && '), full, target),
        tidy: () => clear(target),
      },
      floor: {
        what: `cp -a of the full's data and sync -f: nothing merged, nothing proved`,
        run: () => shell([copy, sync].join(' && '), full, target),
        tidy: () => clear(target),
      },
      facts: () => ({
        ...facts,
        'bytes restored': Number(bytes),
        'pages in the increments': increments * pages,
        ...medianSteps(runs.slice(1)),
      }),
    }
  }),
}
