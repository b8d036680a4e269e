// Backups that GreatSQL encrypts: the server is told for one CLONE only, and what it wrote is decrypted
// and looked at before it counts as a backup.
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { tableChecksums } from '../../bed/compare.ts'
import { describeServer } from '../../bed/describe-server.ts'
import { documentOf, failureOf } from '../support/run-clonectl.ts'
import type { BackupDocument } from '../support/scene.ts'
import { describeEmulator, useGreatSql } from './scene.ts'

const KEY = 'aes-256-cbc\nkumquat-4711-Quincunx\n0123456789abcdef\n'
const OTHER = 'aes-256-cbc\nanother key altogether\n0123456789abcdef\n'

describeServer('backups that GreatSQL encrypts', () => {
  const at = useGreatSql()
  const keyFile = (name: string): string => join(at.scene.path('keys'), name)
  const keyPath = async () => at.server.sql("SHOW GLOBAL VARIABLES LIKE 'clone_encrypt_key_path'")

  beforeAll(async () => {
    await mkdir(at.scene.path('keys'), { mode: 0o755 })
    const texts = { right: KEY, other: OTHER, short: 'aes-128-cbc\nkey\n' }
    for (const [name, text] of Object.entries(texts))
      await writeFile(keyFile(name), text, { mode: 0o640 })
    await at.server
      .sql(`CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, s TEXT);
      INSERT INTO shop.orders VALUES (1, REPEAT('full', 9000))`)
  })

  it('are proved, verified and restored both ways', async () => {
    const { scene, server } = at
    const withKey = ['--encrypt-key-file', keyFile('right')]
    const before = await keyPath()
    const full = await scene.backup('full', ...withKey)
    await server.sql(`INSERT INTO shop.orders VALUES (2, 'incr')`)
    const incr = await scene.backup('incr', '--no-fallback', ...withKey)
    expect(await keyPath()).toEqual(before)
    expect(incr).toMatchObject({ type: 'increment', base: full.id })
    for (const more of [withKey, []])
      expect(documentOf(await scene.run('chain', 'verify', '--json', ...more))).toMatchObject({
        outcome: 'ok',
      })
    for (const apply of ['mysqld', 'native']) {
      const target = scene.path(`by-${apply}`)
      await scene.restore('--target-dir', target, '--apply', apply, ...withKey)
      const restored = await scene.serverOn(target)
      expect(await tableChecksums(restored)).toEqual(await tableChecksums(server))
      await restored.stop()
    }
  })

  it('are decrypted by hand, and only with their key', async () => {
    const { scene } = at
    const [id = ''] = (await readdir(scene.repo)).filter((name) => name.endsWith('-full'))
    const copy = scene.path('by-hand')
    await cp(join(scene.repo, id, 'data'), copy, { recursive: true })
    const names = async () => (await readdir(copy, { recursive: true })).sort()
    const before = await names()
    const decrypt = (name: string) =>
      scene.run('decompress', copy, '--json', '--encrypt-key-file', keyFile(name))
    expect(failureOf(await decrypt('other')).code).toBe('INTEGRITY')
    const sources = (await names()).filter((name) => name.endsWith('.xbcrypt'))
    expect(sources).toEqual(before.filter((name) => name.endsWith('.xbcrypt')))
    documentOf(await decrypt('right'))
    expect(await names()).toEqual(before.map((name) => name.replace(/\.xbcrypt$/, '')).sort())
  })

  it('are refused with another key, without one, and with a file that would crash the server', async () => {
    const { scene } = at
    const given = (name: string) => ['--json', '--encrypt-key-file', keyFile(name)]
    const target = ['--target-dir', scene.path('never')]
    for (const args of [given('other'), ['--json']])
      expect(failureOf(await scene.run('restore', ...target, ...args)).code).toBe('CONFIG')
    expect(failureOf(await scene.run('full', ...given('short'))).code).toBe('CONFIG')
    expect(failureOf(await scene.run('full', '--compress', ...given('right')))).toMatchObject({
      code: 'PREFLIGHT',
    })
    const merged = await scene.run('chain', 'merge', ...given('right'))
    expect(failureOf(merged)).toMatchObject({ code: 'CONFIG' })
    const fell = documentOf(await scene.run('incr', ...given('other'))) as BackupDocument
    expect(fell).toMatchObject({ type: 'full', decision: { code: 'ENCRYPTION_CHANGED' } })
  })

  describeEmulator('when the server moves what it writes', () => {
    it('are not sealed', async () => {
      const { scene, emulator } = at
      const pool = Buffer.from('0,5\n'.repeat((1024 + 32) / 4))
      await writeFile(join(emulator.datadir, 'ib_buffer_pool'), pool)
      emulator.tuning.encryptedTails = 'carried'
      try {
        const ran = await scene.run('full', '--json', '--encrypt-key-file', keyFile('right'))
        expect(failureOf(ran)).toMatchObject({ code: 'INTEGRITY' })
        expect(failureOf(ran).message).toMatch(/decrypt|redo/)
      } finally {
        emulator.tuning.encryptedTails = 'kept'
      }
    })
  })
})
