// Verifying a full and an increment against hashing the same files with other means, all warm.
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { listTree } from '../src/system/file-tree.ts'
import type { Bench } from './bench.ts'
import { changePages, pageBytes } from './change-pages.ts'
import { run, shell } from './programs.ts'
import { sceneFacts, onScene, type Scene } from './scene.ts'

const changedShare = 0.03
const hashFiles = fileURLToPath(new URL('hash-files.js', import.meta.url))

interface Stored {
  /** Absolute paths, the largest first. */
  readonly files: readonly string[]
  readonly bytes: number
}

/** Takes the chain, stops the server and lists what is stored. */
const takeChain = async (scene: Scene, pages: number): Promise<Stored> => {
  await scene.clonectl('full')
  await changePages(scene, pages, 1)
  await scene.clonectl('incr', '--no-fallback')
  await scene.donor.stop()
  const tree = await listTree(scene.repo)
  const sealed = tree.files
    .filter(({ path }) => /-(?:full|incr)\//.test(path))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
  return {
    files: sealed.map(({ path }) => join(scene.repo, path)),
    bytes: sealed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

export const verify: Bench = {
  name: 'verify',
  about: '`clonectl chain verify` against sha256sum and node:crypto on the same files',
  defaultRuns: 7,
  sized: true,
  prepare: onScene(async (scene, setup) => {
    const facts = await sceneFacts(scene)
    setup.say('taking a full and an increment')
    const pages = Math.round((setup.sizeBytes * changedShare) / pageBytes)
    const { files, bytes } = await takeChain(scene, pages)
    const times: { plain: number[]; deep: number[] } = { plain: [], deep: [] }
    const verifyTimed = async (into: number[], ...options: readonly string[]): Promise<void> => {
      const began = performance.now()
      await scene.clonectl('chain verify', ...options)
      into.push(performance.now() - began)
    }
    const rate = (of: readonly number[]): number => {
      const counted = of.slice(1).sort((a, b) => a - b)
      return Math.round(bytes / 1000 / (counted[counted.length >> 1] ?? NaN))
    }
    return {
      ours: {
        what: 'clonectl chain verify',
        run: () => verifyTimed(times.plain),
        // Not compared with anything, only told.
        tidy: () => verifyTimed(times.deep, '--deep'),
      },
      rival: {
        what: 'sha256sum of every stored file, on all processors',
        run: () =>
          shell('printf "%s\\0" "$@" | xargs -0 -P "$(nproc)" -n 1 sha256sum >/dev/null', ...files),
      },
      floor: {
        what: 'SHA-256 of every stored file by node:crypto in a thread for each processor',
        run: () => run(process.execPath, hashFiles, ...files),
      },
      facts: () => ({
        ...facts,
        'bytes stored': bytes,
        files: files.length,
        'MB/s': rate(times.plain),
        'MB/s with --deep': rate(times.deep),
      }),
    }
  }),
}
