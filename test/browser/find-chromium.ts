// Finds a Chromium: the one that the environment names, else one unpacked from Debian's packages into the
// cache of the test bed, which happens once.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDirectory } from '../bed/cache-directory.ts'

const installer = fileURLToPath(new URL('install-chromium.sh', import.meta.url))

export type FoundChromium = { readonly program: string } | { readonly missing: string }

/** A headless Chromium, or one line on why there is none. */
export const findChromium = (): FoundChromium => {
  const given = process.env['CLONECTL_TEST_CHROMIUM'] ?? ''
  if (given !== '')
    return existsSync(given)
      ? { program: given }
      : { missing: `CLONECTL_TEST_CHROMIUM=${given} does not exist` }
  const prefix = join(cacheDirectory(), 'chromium')
  const { status, stderr, error } = spawnSync('bash', [installer, prefix], { encoding: 'utf8' })
  if (status === 0) return { program: join(prefix, 'bin', 'chromium') }
  // Where bash itself is missing there is no output either.
  const why = error?.message ?? stderr.trimEnd().replace(/^.*(?:\n|error: )/s, '')
  return { missing: `${why}; CLONECTL_TEST_CHROMIUM may name one` }
}
