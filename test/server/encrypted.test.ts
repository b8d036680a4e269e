// Encrypted backups of a stock MySQL server: clonectl encrypts them over its own compression, and the
// key is nowhere but where its owner keeps it.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { tableChecksums } from '../bed/compare.ts'
import { describeServer } from '../bed/describe-server.ts'
import type { Instance } from '../bed/instance.ts'
import { loadTables } from '../bed/load.ts'
import { documentOf, failureOf } from './support/run-clonectl.ts'
import { makeScene, type BackupDocument, type Scene } from './support/scene.ts'
import { filesHolding, watchForSecret } from './support/secret-watch.ts'

describeServer('encrypted backups', () => {
  const key = randomBytes(32).toString('hex')
  let scene: Scene
  let donor: Instance
  let withKey: readonly string[]
  let outputs = ''

  const run = async (...args: readonly string[]) => {
    const ran = await scene.run(...args, '--json')
    outputs += ran.stdout + ran.stderr
    return ran
  }

  beforeAll(async () => {
    scene = await makeScene()
    donor = await scene.server('donor')
    await scene.useDonor(donor)
    await loadTables(donor, { bytes: 8_000_000, tables: 2 })
    await mkdir(scene.path('private'), { mode: 0o700 })
    const file = join(scene.path('private'), 'key')
    await writeFile(file, `${key}\n`, { mode: 0o600 })
    withKey = ['--encrypt-key-file', file]
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('are taken, verified, merged and restored with the key, which nobody else ever sees', async () => {
    const watch = watchForSecret({ secret: key, tmp: scene.tmp, given: [] })
    const full = documentOf(await run('full', '--compress', ...withKey)) as BackupDocument
    await donor.sql('UPDATE shop.orders_1 SET amount = amount + 1 WHERE id MOD 40 = 0')
    const [, file = ''] = withKey
    const byCommand = ['--encrypt-key-command', `cat ${file}`]
    const incr = documentOf(await run('incr', '--compress', ...byCommand)) as BackupDocument
    expect(incr).toMatchObject({ type: 'increment', base: full.id })
    const target = scene.path('target')
    await run('restore', '--target-dir', target, ...withKey)
    expect(documentOf(await run('chain', 'verify', '--deep', ...withKey))).toMatchObject({
      outcome: 'ok',
      backups: [{ encryptedFiles: 0 }, { encryptedFiles: 0 }],
    })
    expect(documentOf(await run('chain', 'verify'))).toMatchObject({ outcome: 'ok' })
    await run('chain', 'merge', '--keep-codec', ...withKey)
    expect(watch.stop()).toEqual([])
    expect(outputs).not.toContain(key)
    const raw = Buffer.from(key, 'hex').toString('latin1')
    for (const place of [scene.repo, scene.tmp, target]) {
      expect(await filesHolding(place, key)).toEqual([])
      expect(await filesHolding(place, raw)).toEqual([])
    }
    const restored = await scene.serverOn(target)
    expect(await tableChecksums(restored)).toEqual(await tableChecksums(donor))
    await restored.stop()
  })

  it('are not restored without the key, and no increment on them lies open', async () => {
    const never = scene.path('never')
    expect(failureOf(await run('restore', '--target-dir', never))).toMatchObject({ code: 'CONFIG' })
    expect(failureOf(await run('incr'))).toMatchObject({
      code: 'BASE_UNUSABLE',
      details: { reason: 'ENCRYPTION_CHANGED' },
    })
  })
})
