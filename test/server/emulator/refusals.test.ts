// What a CLONE is refused for, in the server's order, and what it leaves behind: nothing.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

const accessDenied = (privilege: string): string =>
  `1227 42000 Access denied; you need (at least one of) the ${privilege} privilege(s) for this operation`

describeServer('a CLONE that is refused', () => {
  const stage = useEmulator()
  const clone = (path: string, tail = ''): string =>
    `CLONE LOCAL DATA DIRECTORY = '${path}' ${tail}`
  const fails = (statement: string, login?: { user: string }): Promise<string> =>
    failureOf(stage.emulator, statement, login)

  beforeAll(async () => {
    await stage.emulator.sql(`CREATE USER plain; CREATE USER backer; CREATE USER cloner;
      GRANT BACKUP_ADMIN ON *.* TO backer; GRANT CLONE_ADMIN ON *.* TO cloner`)
  })

  it('needs BACKUP_ADMIN with a DATA DIRECTORY, before any path is looked at', async () => {
    const instance = "CLONE INSTANCE FROM a@b:1 IDENTIFIED BY '' DATA DIRECTORY 'relative'"
    for (const user of ['plain', 'cloner']) {
      expect(await fails(clone('relative'), { user })).toBe(accessDenied('BACKUP_ADMIN'))
      expect(await fails(instance, { user })).toBe(accessDenied('BACKUP_ADMIN'))
    }
    expect(await fails(clone('relative'), { user: 'backer' })).toMatch(/^1525 /)
  })

  it('needs CLONE_ADMIN without, and is not done here at all', async () => {
    const replace = "CLONE INSTANCE FROM a@b:1 IDENTIFIED BY ''"
    expect(await fails(replace, { user: 'backer' })).toBe(accessDenied('CLONE_ADMIN'))
    expect(await fails(replace)).toBe(
      '1235 42000 The emulator does not replace the data of its own server',
    )
  })

  it('is a syntax error before it is anything else', async () => {
    expect(await fails(clone('relative', 'START_LSN'), { user: 'plain' })).toMatch(/^1064 42000 /)
    const prepared = stage.emulator.sql("PREPARE s FROM 'SELECT 1'")
    await expect(prepared).resolves.toEqual([])
  })

  it('needs an absolute path, not too long, that is free and outside the server’s data', async () => {
    const { path, emulator } = stage
    const long = `/${'x'.repeat(511)}`
    expect(await fails(clone('backups/one'))).toBe("1525 HY000 Incorrect path value: 'backups/one'")
    expect(await fails(clone(long))).toBe(
      '1680 HY000 The path specified for DATA DIRECTORY is too long.',
    )
    await mkdir(path('empty'))
    await writeFile(path('file'), '')
    for (const taken of [path('empty'), path('file'), `${path('empty')}/`, emulator.datadir]) {
      expect(await fails(clone(taken))).toBe(
        `1007 HY000 Can't create database '${taken}'; database exists`,
      )
    }
    await symlink(emulator.datadir, path('link'))
    for (const inside of [join(emulator.datadir, 'a'), `${path('link')}/a/b`]) {
      expect(await fails(clone(inside))).toBe(
        `3632 HY000 Path is within the current data directory '${inside}'`,
      )
    }
  })

  it('needs its donor in clone_valid_donor_list, in the same words', async () => {
    const { path } = stage
    const from = (donor: string): string =>
      `CLONE INSTANCE FROM u@${donor} IDENTIFIED BY '' DATA DIRECTORY '${path('x')}'`
    await stage.emulator.sql("SET GLOBAL clone_valid_donor_list = '127.0.0.1:1,db:2'")
    expect(await fails(from('127.0.0.1:2'))).toBe(
      '3869 HY000 Clone system configuration: 127.0.0.1:2 is not found in clone_valid_donor_list: 127.0.0.1:1,db:2',
    )
    expect(await fails(from('localhost:1'))).toMatch(/^3869 .* localhost:1 is not found/)
    expect(await fails(from('DB:1'))).toMatch(/^3869 .* db:1 is not found/)
  })

  it('cannot compress and encrypt at once; from a donor it says nothing and does nothing', async () => {
    const { path, emulator } = stage
    await emulator.sql(`SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_ZSTD,
      GLOBAL clone_encrypt_key_path = '${path('key')}'`)
    expect(await fails(clone(path('x')))).toBe(
      '3869 HY000 Clone system configuration: Currently, not supported enable compress and encrypt at the same time.\n',
    )
    const instance = `CLONE INSTANCE FROM u@127.0.0.1:1 IDENTIFIED BY '' DATA DIRECTORY '${path('x')}'`
    expect(await fails(instance)).toBe('ok')
    expect(existsSync(path('x'))).toBe(false)
    await emulator.sql('SET GLOBAL clone_file_compress = DEFAULT')
  })

  it.each([
    ['missing', undefined, 'Error: Fail to open encrypt key file: KEY, errno:2.\n'],
    ['short', 'aes-128-cbc\nkey\n', 'Error: Invalid dump encrypt key file.\n'],
    ['long', 'aes-128-cbc\nkey\n0123456789abcdef\nx\n', 'Error: Invalid dump encrypt key file.\n'],
    ['of another length', 'aes-128-cbc\nkey\n0123\n', 'Error: Invalid dump encrypt key file.\n'],
    ['of no mode', 'aes-1\nkey\n0123456789abcdef\n', 'Error: Fail to find encrypt mode.\n'],
  ])('does not take a key file that is %s', async (name, text, reason) => {
    const { path, emulator } = stage
    const key = path(`key-${name}`)
    if (text !== undefined) await writeFile(key, text)
    await emulator.sql(`SET GLOBAL clone_encrypt_key_path = '${key}'`)
    expect(await fails(clone(path('x')))).toBe(
      `3869 HY000 Clone system configuration: ${reason.replace('KEY', key)}`,
    )
    await emulator.sql('SET GLOBAL clone_encrypt_key_path = NULL')
  })

  it('leaves no row and no directory in all these cases', async () => {
    const { path, emulator } = stage
    expect(await emulator.sql('SELECT * FROM performance_schema.clone_status')).toEqual([])
    expect(await emulator.sql('SELECT * FROM mysql.clone_history')).toEqual([])
    expect(emulator.slotsUsed()).toEqual({ recipient: 0, donor: 0 })
    expect(existsSync(path('x'))).toBe(false)
  })

  it('breaks its history with a quote in its path', async () => {
    const { path, emulator } = stage
    const dir = path("it's")
    expect(await fails(`CLONE LOCAL DATA DIRECTORY = "${dir}"`)).toBe('ok')
    expect(existsSync(join(dir, '#clone', '#clone_checkpoints'))).toBe(true)
    expect(await emulator.sql('SELECT COUNT(*) FROM mysql.clone_history')).toEqual([['0']])
  })
})
