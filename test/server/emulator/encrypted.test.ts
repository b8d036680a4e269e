// Encrypted fulls and increments: names, bytes, what mysqldecrypt makes of them, and what it hides.
import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { makeGreatSqlCipher } from '../../../src/cipher/greatsql-cipher.ts'
import { readGreatSqlKey } from '../../../src/cipher/greatsql-key-file.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { applyIncrement, filesOf } from './support/delta-applier.ts'
import { cloneAndKeep, expectSameData } from './support/last-clone.ts'
import { useEmulator } from './support/stage.ts'

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: Buffer
  readonly stderr: string
}

const run = (program: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, errors]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => errors.push(bytes))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({
        code,
        signal,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(errors).toString(),
      })
    })
  })

const suffix = /\.xbcrypt$/

describeServer('encrypted backups', () => {
  const stage = useEmulator()
  const { path } = stage
  const decrypt = (...args: readonly string[]): Promise<Ended> =>
    run(stage.emulator.basedir.mysqldecrypt, ['--clone-decrypt', ...args])
  const keyOption = (): string => `--clone-decrypt-key=${path('key')}`

  beforeAll(async () => {
    await writeFile(path('key'), 'aes-256-cfb128\nthe key of the tests\n0123456789abcdef\n')
    await chmod(path('key'), 0o640)
    await stage.emulator.sql(`SET GLOBAL clone_encrypt_key_path = '${path('key')}';
      CREATE DATABASE t; CREATE TABLE t.a (id INT PRIMARY KEY, s VARCHAR(300));
      INSERT INTO t.a WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)
        SELECT n, REPEAT(SHA2(n, 256), 3) FROM r;
      FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
  })

  it('come to the bytes of the real server, fulls and increments with numbered deltas', async () => {
    const { emulator } = stage
    // Changed while the files are copied: these pages reach the files of the full in PAGE COPY.
    emulator.tuning.onStage = async (name) => {
      if (name !== 'PAGE COPY') return
      await emulator.donor.sql(`UPDATE t.a SET s = 'new' WHERE id % 100 = 0;
        CREATE TABLE t.between_stages (id INT PRIMARY KEY); FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    }
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY '${path('full')}' ENABLE PAGE TRACK`,
      path('full-real'),
    )
    emulator.tuning.onStage = undefined
    emulator.tuning.deltaTasks = 3
    await emulator.sql(`UPDATE t.a SET s = REVERSE(s); FLUSH TABLES t.a FOR EXPORT; UNLOCK TABLES`)
    await cloneAndKeep(
      emulator,
      `CLONE LOCAL DATA DIRECTORY '${path('one')}' ENABLE PAGE TRACK ` +
        `INCREMENT BASED DIRECTORY '${path('full')}'`,
      path('one-real'),
    )
    emulator.tuning.deltaTasks = 1

    const full = await filesOf(path('full'))
    expect(
      full.filter((file) => !file.endsWith('.xbcrypt') && !file.startsWith('#clone/')),
    ).toEqual([])
    expect(full.filter((file) => file.endsWith('.xbcrypt') && file.startsWith('#clone/'))).toEqual(
      [],
    )
    expect(full).toEqual(
      expect.arrayContaining([
        't/a.ibd.xbcrypt',
        'ibdata1.xbcrypt',
        '#innodb_redo/#ib_redo0.xbcrypt',
      ]),
    )
    expect(await readdir(join(path('one'), 't'))).toEqual(
      expect.arrayContaining([
        'a.ibd.delta.xbcrypt',
        'a.ibd.delta1.xbcrypt',
        'a.ibd.delta2.xbcrypt',
        'a.ibd.meta',
      ]),
    )
    expect((await stat(join(path('one'), 'sys/sys_config.ibd.delta.xbcrypt'))).size).toBe(0)

    for (const name of ['full', 'one']) {
      await cp(path(name), path(`${name}-work`), { recursive: true })
      const ended = await decrypt(
        keyOption(),
        `--clone-decrypt-dir=${path(`${name}-work`)}`,
        '--remove-original=true',
      )
      expect(ended).toMatchObject({ code: 0, stderr: '' })
      expect(ended.stdout.toString()).toContain(
        `removing ${path(`${name}-work`)}/#innodb_redo/#ib_redo0.xbcrypt \n`,
      )
      expect(
        (await filesOf(path(`${name}-work`))).filter((file) => file.endsWith('.xbcrypt')),
      ).toEqual([])
    }
    await expectSameData(path('full-work'), path('full-real'))
    await applyIncrement(path('full-work'), path('one-work'))
    await expectSameData(path('full-work'), path('one-real'))
  })

  it('are read by clonectl as by mysqldecrypt', async () => {
    const cipher = makeGreatSqlCipher(await readGreatSqlKey(path('key')))
    for (const name of (await filesOf(path('one'))).filter((file) => file.endsWith('.xbcrypt'))) {
      const destination = path('decrypted')
      await cipher.decryptFile({ source: join(path('one'), name), destination, boundName: name })
      const theirs = await readFile(join(path('one-work'), name.replace(suffix, '')))
      expect((await readFile(destination)).equals(theirs), name).toBe(true)
      await rm(destination)
    }
  })

  it('are decrypted file by file to standard output, or to a file', async () => {
    const source = join(path('full'), 't/a.ibd.xbcrypt')
    const toStdout = await decrypt(
      keyOption(),
      `--clone-decrypt-file=${source}`,
      '--remove-original',
    )
    const toFile = await decrypt(keyOption(), '--clone-decrypt-file', source, '-r', path('a.ibd'))
    const real = await readFile(join(path('full-real'), 't/a.ibd'))
    expect(toStdout.stdout.equals(real)).toBe(true)
    expect(toFile).toMatchObject({ code: 0, stdout: Buffer.alloc(0) })
    expect((await readFile(path('a.ibd'))).equals(real)).toBe(true)
    expect((await stat(source)).size).toBe(real.length)
  })

  it('may fail to be decrypted without a word, and the original goes all the same', async () => {
    await mkdir(path('lost/a/b'), { recursive: true })
    await writeFile(path('lost/short.ibd.xbcrypt'), Buffer.alloc(20))
    await writeFile(path('lost/a/b/deep.ibd.xbcrypt'), Buffer.alloc(512))
    const ended = await decrypt(
      keyOption(),
      `--clone-decrypt-dir=${path('lost')}`,
      '--remove-original',
    )
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(await filesOf(path('lost'))).toEqual(['a/b/deep.ibd.xbcrypt', 'short.ibd'])
    expect((await stat(path('lost/short.ibd'))).size).toBe(0)
    const missing = await decrypt(keyOption(), `--clone-decrypt-file=${path('gone.xbcrypt')}`)
    expect(missing).toMatchObject({
      code: 0,
      stderr: 'Error: Fail to open encrypt clone file, errno: 2\n',
    })
  })

  it('need options that make sense, and a key file', async () => {
    const { mysqldecrypt } = stage.emulator.basedir
    const file = `--clone-decrypt-file=${path('full')}/t/a.ibd.xbcrypt`
    const dir = `--clone-decrypt-dir=${path('full')}`
    await writeFile(path('two-lines'), 'aes-128-cbc\nkey\n')
    await writeFile(path('no-mode'), 'rot13\nkey\n0123456789abcdef\n')
    await writeFile(path('long'), 'aes-128-cbc\nkey\n0123456789abcdefg\n')
    expect(await run(mysqldecrypt, [])).toMatchObject({ code: 1, signal: null })
    expect(await decrypt(file)).toMatchObject({
      code: 2,
      stderr: 'clone-decrypt-keyshould be specified.\n',
    })
    expect(await decrypt(keyOption())).toMatchObject({ code: 2 })
    expect(await decrypt(keyOption(), file, dir)).toMatchObject({ code: 2 })
    const withKey = (name: string) => decrypt(`--clone-decrypt-key=${path(name)}`, file)
    expect(await withKey('none')).toMatchObject({
      code: 2,
      stderr: `Error: Fail to open encrypt key file: ${path('none')}, errno:2.\n`,
    })
    expect(await withKey('no-mode')).toMatchObject({
      code: 2,
      stderr: 'Error: Fail to find encrypt mode.\n',
    })
    expect(await withKey('long')).toMatchObject({
      code: 2,
      stderr: 'Error: Invalid dump encrypt key file.\n',
    })
    expect(await withKey('two-lines')).toMatchObject({ code: null, signal: 'SIGSEGV' })
  })

  it('are all moved by 32 bytes when a file has an unlucky length, and every size is right', async () => {
    const { emulator } = stage
    const pool = Buffer.from('0,5\n'.repeat((1024 + 32) / 4))
    await writeFile(join(emulator.datadir, 'ib_buffer_pool'), pool)
    emulator.tuning.encryptedTails = 'carried'
    try {
      const statement = `CLONE LOCAL DATA DIRECTORY '${path('moved')}'`
      await cloneAndKeep(emulator, statement, path('moved-real'))
    } finally {
      emulator.tuning.encryptedTails = 'kept'
    }
    expect(await decrypt(keyOption(), `--clone-decrypt-dir=${path('moved')}`)).toMatchObject({
      code: 0,
    })
    expect((await readFile(join(path('moved'), 'ib_buffer_pool'))).equals(pool.subarray(32))).toBe(
      true,
    )
    const moved = await readFile(join(path('moved'), 'ibdata1'))
    const real = await readFile(join(path('moved-real'), 'ibdata1'))
    expect(moved.length).toBe(real.length)
    expect(moved.equals(real)).toBe(false)
    expect(moved.subarray(32).equals(real.subarray(0, -32))).toBe(true)
  })

  it('cannot be made when a file has one to 31 bytes', async () => {
    const { emulator } = stage
    await writeFile(join(emulator.datadir, 'ib_buffer_pool'), '0,5\n')
    await expect(
      emulator.sql(`CLONE LOCAL DATA DIRECTORY '${path('impossible')}'`),
    ).rejects.toThrow('Unknown error')
    await rm(join(emulator.datadir, 'ib_buffer_pool'))
  })
})
