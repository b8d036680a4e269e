// my_print_defaults itself: what it reads and in which order, and what it says against bad files.
import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clientOptionFile } from '../../../src/mysql/client-option-file.ts'
import { readOptionFiles, type OptionFileQuery } from '../../../src/mysql/option-files.ts'
import { findBasedir } from '../../bed/basedir.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../../bed/scratch-directory.ts'

let scratch: ScratchDirectory
let myPrintDefaults: string
let main: string

const write = async (name: string, text: string): Promise<string> => {
  const path = join(scratch.path, name)
  await writeFile(path, text)
  return path
}

const read = (query: Partial<OptionFileQuery>) =>
  readOptionFiles({ myPrintDefaults, groups: ['client', 'clonectl'], ...query })

/** Writes a login path; mysql_config_editor asks for the password on a terminal only. */
const writeLoginPath = (file: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const editor = join(dirname(myPrintDefaults), 'mysql_config_editor')
    const command = `${editor} set --login-path=backup --user=from_login --port=3399 --skip-warn`
    const child = spawn('sh', ['-c', command], {
      env: { MYSQL_TEST_LOGIN_FILE: file },
      stdio: 'ignore',
    })
    child.once('error', reject)
    child.once('close', resolve)
  })

describeServer('the option files of MySQL', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    ;({ myPrintDefaults } = await findBasedir())
    await mkdir(join(scratch.path, 'conf.d'))
    await write('conf.d/more.cnf', '[client]\nport=3307\n[clonectl_prod]\nhost = h1\n')
    main = await write(
      'main.cnf',
      [
        '[client]',
        'user=cl',
        String.raw`password="p w # ' \" \\ x"`,
        '# a comment',
        'ssl_mode=REQUIRED # another',
        '[clonectl]',
        'repo=/a b/c',
        'json',
        '[clonectl_prod]',
        'repo=/prod',
        '[mysqld]',
        'user=mysql',
        `!includedir ${join(scratch.path, 'conf.d')}`,
      ].join('\n'),
    )
  })
  afterAll(() => scratch[Symbol.asyncDispose]())

  const plain = {
    user: 'cl',
    password: 'p w # \' " \\ x',
    'ssl-mode': 'REQUIRED',
    repo: '/a b/c',
    json: '',
    port: '3307',
  }

  it('are read with quoting, comments and included files', async () => {
    expect(await read({ defaultsFile: main })).toEqual(plain)
  })

  it('give the groups of an instance too', async () => {
    const prod = { ...plain, repo: '/prod', host: 'h1' }
    const groups = ['client', 'clonectl', 'clonectl_prod']
    expect(await read({ defaultsFile: main, groups })).toEqual(prod)
    expect(await read({ defaultsFile: main, groupSuffix: '_prod' })).toEqual(prod)
  })

  it('give nothing when none are to be read', async () => {
    expect(await read({ noDefaults: true, env: {} })).toEqual({})
  })

  it('come before a login path', async () => {
    const file = join(scratch.path, 'login.cnf')
    expect(await writeLoginPath(file)).toBe(0)
    const query = { loginPath: 'backup', env: { MYSQL_TEST_LOGIN_FILE: file } }
    expect(await read({ ...query, defaultsFile: main })).toEqual({
      ...plain,
      user: 'from_login',
      port: '3399',
    })
    expect(await read({ ...query, noDefaults: true })).toEqual({ user: 'from_login', port: '3399' })
  })

  it('read back what clonectl writes into one', async () => {
    const password = 'it\'s a \\ "secret" #1 '
    const file = await write('own.cnf', clientOptionFile({ user: 'u', password, socket: '/s' }))
    await chmod(file, 0o600)
    expect(await read({ defaultsFile: file })).toMatchObject({ user: 'u', password, socket: '/s' })
  })

  it.each([
    ['no group', 'garbage\n', 'Found option without preceding group'],
    ['a broken group', '[client\n', 'Wrong group definition'],
  ])('are refused with %s, with file and line', async (_name, text, message) => {
    const file = await write('bad.cnf', text)
    await expect(read({ defaultsFile: file })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(new RegExp(`${message}.*bad\\.cnf at line 1`, 'u')),
    })
  })

  it('are refused when they are missing, or when MySQL would ignore them', async () => {
    const missing = join(scratch.path, 'missing.cnf')
    for (const option of ['defaultsFile', 'defaultsExtraFile'] as const)
      await expect(read({ [option]: missing })).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining(`${missing}: the file does not exist`),
      })
    const open = await write('open.cnf', '[client]\nuser=u\n')
    await chmod(open, 0o666)
    for (const option of ['defaultsFile', 'defaultsExtraFile'] as const)
      await expect(read({ [option]: open })).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining('everybody may write'),
      })
  })
})
