// The real my_print_defaults is met in test/server/mysql; here it is a script that shows how it was called.
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOptionFiles } from '../../../src/mysql/option-files.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let file: string

const fake = async (script: string): Promise<string> => {
  const path = join(scratch.path, 'my_print_defaults')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

beforeAll(async () => {
  scratch = await makeScratchDirectory()
  file = join(scratch.path, 'my.cnf')
  await writeFile(file, '[client]\n')
})
afterAll(() => scratch[Symbol.asyncDispose]())

const groups = ['client', 'clonectl']

describe('readOptionFiles', () => {
  it('names the files first and the groups last', async () => {
    const myPrintDefaults = await fake('printf -- "--called=%s\\n" "$*"; echo --home=$HOME')
    const query = { myPrintDefaults, groups, env: { HOME: '/h' } }
    expect(await readOptionFiles({ ...query, defaultsFile: file, groupSuffix: '_a' })).toEqual({
      called: `--defaults-file=${file} --defaults-group-suffix=_a --show client clonectl`,
      home: '/h',
    })
    expect((await readOptionFiles({ ...query, noDefaults: true, loginPath: 'b' }))['called']).toBe(
      '--no-defaults --login-path=b --show client clonectl',
    )
    expect((await readOptionFiles({ ...query, defaultsExtraFile: file }))['called']).toBe(
      `--defaults-extra-file=${file} --show client clonectl`,
    )
  })

  it('refuses a file that is not there, which the program would not', async () => {
    const myPrintDefaults = await fake('exit 0')
    const defaultsFile = join(scratch.path, 'nowhere.cnf')
    await expect(readOptionFiles({ myPrintDefaults, groups, defaultsFile })).rejects.toMatchObject({
      code: 'CONFIG',
      message: `--defaults-file=${defaultsFile}: the file does not exist or cannot be read`,
    })
  })

  it('passes on what the program says against a file', async () => {
    const myPrintDefaults = await fake(
      'echo "my_print_defaults: [ERROR] Found option without preceding group in config file" >&2; exit 2',
    )
    await expect(readOptionFiles({ myPrintDefaults, groups })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('Found option without preceding group'),
    })
  })

  it('keeps other failures as they are', async () => {
    const myPrintDefaults = await fake('echo broken >&2; exit 9')
    await expect(readOptionFiles({ myPrintDefaults, groups })).rejects.toMatchObject({
      code: 'PROCESS',
      details: { exitCode: 9, stderrTail: 'broken' },
    })
    await expect(
      readOptionFiles({ myPrintDefaults: '/nowhere/my_print_defaults', groups }),
    ).rejects.toMatchObject({ code: 'TOOL_MISSING' })
  })

  it('refuses a named file that MySQL ignores, and lets others be ignored', async () => {
    const warning = `my_print_defaults: [Warning] World-writable config file '${file}' is ignored.`
    const myPrintDefaults = await fake(`echo "${warning}" >&2; echo --user=u`)
    await expect(
      readOptionFiles({ myPrintDefaults, groups, defaultsFile: file }),
    ).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining('everybody') })
    expect(await readOptionFiles({ myPrintDefaults, groups })).toEqual({ user: 'u' })
  })
})
