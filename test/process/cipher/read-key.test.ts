import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readKey } from '../../../src/cipher/read-key.ts'
import { runTool } from '../../../src/system/run-tool.ts'
import { sample } from '../../unit/cipher/openssl-vectors.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const HEX = sample(32).toString('hex')

const write = (content: string | Buffer, mode = 0o600): string => {
  writeFileSync(scratch('key'), content)
  chmodSync(scratch('key'), mode)
  return scratch('key')
}

const fromFile = (file: string) => readKey({ file }, runTool)
const fromCommand = (...command: readonly string[]) => readKey({ command }, runTool)

describe('a key', () => {
  it('comes from a file, in any of its forms', async () => {
    const { id } = await fromFile(write(sample(32)))
    expect((await fromFile(write(`${HEX}\n`))).id).toBe(id)
    expect((await fromFile(write(sample(32).toString('base64')))).id).toBe(id)
    expect((await fromCommand('/bin/echo', HEX)).id).toBe(id)
    expect((await fromCommand('cat', write(HEX))).id).toBe(id)
    symlinkSync(scratch('key'), scratch('link'))
    expect((await fromFile(scratch('link'))).id).toBe(id)
  })

  it.each([0o400, 0o600, 0o640, 0o440])('may lie in a file of mode %o', async (mode) => {
    await expect(fromFile(write(HEX, mode))).resolves.toHaveProperty('id')
  })

  it.each([0o644, 0o604, 0o602, 0o601, 0o620, 0o666])(
    'is refused in a file of mode %o',
    async (mode) => {
      await expect(fromFile(write(HEX, mode))).rejects.toMatchObject({
        code: 'CONFIG',
        message: `${scratch('key')}: the key file has mode 0${mode.toString(8)}, which lets others at it`,
        hint: `chmod o-rwx,g-w ${scratch('key')}`,
        details: { source: scratch('key') },
      })
    },
  )

  it('is refused where there is none', async () => {
    const config = (problem: string) => ({
      code: 'CONFIG',
      message: expect.stringContaining(problem),
    })
    await expect(fromFile(scratch('gone'))).rejects.toMatchObject(config('is missing'))
    mkdirSync(scratch('dir'))
    await expect(fromFile(scratch('dir'))).rejects.toMatchObject(config('not a regular file'))
    await expect(fromFile('/dev/zero')).rejects.toMatchObject(config('not a regular file'))
    await expect(fromFile(write(Buffer.alloc(1025, 65)))).rejects.toMatchObject(
      config('more than 1024 bytes'),
    )
    await expect(fromFile(write(''))).rejects.toMatchObject(config('this is no key'))
    await expect(fromCommand()).rejects.toMatchObject(config('the command is empty'))
    await expect(fromCommand('/bin/true')).rejects.toMatchObject(config('this is no key'))
    await expect(fromCommand('head', '-c', '5000', '/dev/zero')).rejects.toMatchObject(
      config('key command head: it wrote 5000 characters, expected a key'),
    )
  })

  it('is not looked for in what a failing command wrote', async () => {
    const failing = fromCommand('/bin/sh', '-c', `echo ${HEX}; echo denied >&2; exit 3`)
    const error: unknown = await failing.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'PROCESS' })
    expect(String(error)).toContain('denied')
    expect(inspect(error, { depth: 9 })).not.toContain(HEX)
    await expect(fromCommand('no-such-vault')).rejects.toMatchObject({ code: 'TOOL_MISSING' })
  })

  it('is not told by the refusal of a wrong one', async () => {
    const token = 'token-of-the-vault'
    const wrong = fromCommand('/bin/echo', `${HEX}ff`, token)
    const error: unknown = await wrong.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'CONFIG' })
    expect(inspect(error, { depth: 9 })).not.toMatch(new RegExp(`${HEX.slice(0, 12)}|${token}`))
  })
})
