// A fresh directory for each test of a file, gone after it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** Returns a function that makes a path in the directory of the present test. */
export const useScratchDir = (): ((...parts: readonly string[]) => string) => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'clonectl-test-'))
  })
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  return (...parts) => join(dir, ...parts)
}
