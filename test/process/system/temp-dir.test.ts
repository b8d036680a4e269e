import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeSecretFile } from '../../../src/system/secret-file.ts'
import { makePrivateTempDir } from '../../../src/system/temp-dir.ts'
import { useScratchDir } from './scratch-dir.ts'

const scratch = useScratchDir()
const modeOf = (path: string): number => statSync(path).mode & 0o7777

describe('a private temporary directory', () => {
  it('is closed to others, and gone with all it holds at the end of its scope', async () => {
    const useDir = async (): Promise<string> => {
      await using dir = await makePrivateTempDir('x-', scratch())
      mkdirSync(`${dir.path}/sub`)
      expect(modeOf(dir.path)).toBe(0o700)
      expect(dir.path.startsWith(scratch('x-'))).toBe(true)
      return dir.path
    }
    const path = await useDir()
    expect(existsSync(path)).toBe(false)
  })

  it("is in the system's place for temporary files unless told otherwise", async () => {
    await using dir = await makePrivateTempDir('clonectl-test-')
    expect(dirname(dir.path)).toBe(tmpdir())
  })
})

describe('writeSecretFile', () => {
  it('writes a file that only its owner reads, whatever the umask', async () => {
    const umask = process.umask(0)
    const path = await writeSecretFile(scratch(), 'my.cnf', '[client]\npassword=x\n').finally(() =>
      process.umask(umask),
    )
    expect(path).toBe(scratch('my.cnf'))
    expect(modeOf(path)).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe('[client]\npassword=x\n')
  })

  it('refuses a name that is taken, also by a link', async () => {
    symlinkSync(scratch('elsewhere'), scratch('my.cnf'))
    const work = writeSecretFile(scratch(), 'my.cnf', 'secret')
    await expect(work).rejects.toMatchObject({ code: 'EEXIST' })
    expect(existsSync(scratch('elsewhere'))).toBe(false)
  })
})
