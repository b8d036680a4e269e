// Encrypted chains: what opens them, what is refused, and what verification sees with and without the key.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { masterKeyOf } from '../../../src/cipher/master-key.ts'
import type { StoredKey } from '../../../src/cipher/stored-key.ts'
import { ClonectlError } from '../../../src/errors.ts'
import { decide, type DecidingState } from '../../../src/clone/decide.ts'
import { readCatalog } from '../../../src/repository/catalog.ts'
import { encryptionName } from '../../../src/repository/manifest.ts'
import { readManifest, writeManifest } from '../../../src/repository/manifest-file.ts'
import { encryptionBy } from '../../../src/repository/open-key.ts'
import type { RepositoryLayout } from '../../../src/repository/layout.ts'
import { openOrMakeRepository } from '../../../src/repository/repository.ts'
import type { SealedBackup } from '../../../src/restore/layers.ts'
import { mergeChain } from '../../../src/restore/merge-chain.ts'
import { planRestore } from '../../../src/restore/plan.ts'
import { restore } from '../../../src/restore/restore.ts'
import type { RestoreContext, RestoreRequest } from '../../../src/restore/request.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { SERVER_UUID } from '../../fakes/backup.ts'
import { takeNext, takeSeries } from '../../fakes/backup-series.ts'
import type { DataDirectory } from '../../fakes/data-directory-history.ts'
import { bytesOf } from '../../fakes/data-directory-history.ts'
import { restoreContext } from '../../fakes/restore-context.ts'
import { sealTaken } from '../../fakes/sealed-repository.ts'
import { verifyAll } from '../../fakes/verify-request.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const scratch = useScratchDir()

const FULL = 'UTC20261120T000000.000-full'
const INCREMENT = 'UTC20261120T010000.000-incr'
const bytes = randomBytes(32)
const keyText = bytes.toString('hex')
const key: StoredKey = { scheme: 'aes-256-gcm', key: masterKeyOf(Buffer.from(bytes)) }

const state = (value: number): DataDirectory =>
  new Map([
    ['#clone/#view_status', { spaceId: 0, pageBytes: 1024, pages: [], tail: 4 }],
    ['ib_buffer_pool', { spaceId: 0, pageBytes: 1024, pages: [value], tail: 0 }],
    ['ibdata1', { spaceId: 0, pageBytes: 1024, pages: [1, value, 3], tail: 0 }],
    ['t/a.ibd', { spaceId: 7, pageBytes: 1024, pages: [1, 2, value], tail: 0 }],
  ])

const keyFile = (name: string, text: string): { readonly file: string } => {
  mkdirSync(scratch('keys'), { recursive: true })
  writeFileSync(scratch('keys', name), `${text}\n`, { mode: 0o600 })
  return { file: scratch('keys', name) }
}
const right = () => keyFile('right', keyText)
const wrong = () => keyFile('wrong', randomBytes(32).toString('hex'))

let layout: RepositoryLayout
let chain: readonly SealedBackup[]

beforeEach(async () => {
  ;({ layout } = await openOrMakeRepository(scratch('repo'), systemClock))
  const series = await takeSeries(layout.root, [state(5), state(6)], ['zstd', undefined], key)
  chain = await Promise.all(series.map(sealTaken))
  for (const { paths } of chain) rmSync(paths.staging, { recursive: true, force: true })
})

const findTool = async (name: string): Promise<string> => {
  throw new ClonectlError('TOOL_MISSING', `${name} was not found`)
}
const contextWith = (changes: Partial<RestoreContext>) =>
  restoreContext(layout.root, { clock: systemClock, findTool, ...changes })
const request = (): RestoreRequest => ({
  target: { kind: 'backup', reference: 'latest' },
  targetDir: scratch('target'),
  binlogs: undefined,
  replay: 'applier',
  skipGtids: undefined,
  apply: undefined,
  start: false,
  parallel: 2,
  mysqlUser: undefined,
})

const expectRestored = (directory: string, expected: DataDirectory): void => {
  for (const [path, file] of expected)
    expect(readFileSync(join(directory, path)).equals(bytesOf(file)), path).toBe(true)
}

const sealedFile = (index: number, part: string): string => {
  const { manifest, paths } = chain[index]!
  const found = manifest.files.find(
    ({ path }) => path.includes(part) && path.endsWith('.clonecrypt'),
  )
  return join(paths.directory, found!.path)
}

const flip = (path: string, at: number): void => {
  const content = readFileSync(path)
  content.writeUInt8(content.readUInt8(at) ^ 1, at)
  writeFileSync(path, content)
}

describe('an encrypted chain', () => {
  it('is restored with the key from a file or a command', async () => {
    const { file } = right()
    for (const [index, keySource] of [{ file }, { command: ['cat', file] }].entries()) {
      const targetDir = scratch(`target-${index}`)
      await restore(contextWith({ keySource }), { ...request(), targetDir })
      expectRestored(targetDir, state(6))
    }
  })

  it('holds the key nowhere, nor a page as it was', () => {
    const names = readdirSync(layout.root, { recursive: true, encoding: 'utf8' })
    const page = bytesOf(state(5).get('t/a.ibd')!).subarray(1024, 2048)
    for (const name of names.map((path) => join(layout.root, path))) {
      if (!statSync(name).isFile()) continue
      const content = readFileSync(name)
      expect([name, content.includes(bytes), content.includes(keyText)]).toEqual([
        name,
        false,
        false,
      ])
      expect([name, content.includes(page)]).toEqual([name, false])
    }
  })

  it.each<[string, () => Partial<RestoreContext>, RegExp]>([
    ['without a key', () => ({}), /^UTC20261120T000000.000-full is encrypted/],
    ['with another key', () => ({ keySource: wrong() }), /the key does not open .*-full: it was/],
    ['with no key in the file', () => ({ keySource: keyFile('no', 'hush') }), /this is no key/],
  ])('is refused %s, before anything is made', async (_, changes, message) => {
    const context = contextWith(changes())
    expect((await planRestore(context, request())).refusals).toMatchObject([
      { code: 'CONFIG', message: expect.stringMatching(message) },
    ])
    expect(await failureOf(restore(context, request()))).toMatchObject({ code: 'CONFIG' })
    expect(readdirSync(scratch())).not.toContain('target')
    expect(readdirSync(scratch())).not.toContain('target.clonectl-stage')
  })

  it('is refused when it is encrypted in parts only', async () => {
    const plain = await takeNext(layout.root, state(7), { base: chain[1], index: 2 })
    await sealTaken(plain)
    const refused = await planRestore(contextWith({ keySource: right() }), request())
    expect(refused.refusals).toMatchObject([{ code: 'CHAIN_BROKEN' }])
  })

  it('is merged with its key into a full that has the same, and not without', async () => {
    const merging = { clonectlVersion: '0.1.0' }
    const wish = { reference: 'latest', label: undefined, compression: undefined, parallel: 2 }
    const without = mergeChain({ ...contextWith({}), ...merging }, wish)
    expect(await failureOf(without)).toMatchObject({ code: 'CONFIG' })
    const keySource = right()
    const { manifest } = await mergeChain({ ...contextWith({ keySource }), ...merging }, wish)
    expect(manifest.encryption).toEqual(encryptionBy(key))
    for (const { id } of chain.map((backup) => backup.manifest))
      rmSync(layout.backup(id).directory, { recursive: true })
    await restore(contextWith({ keySource }), request())
    expectRestored(scratch('target'), state(6))
    expect((await verifyAll(layout, {}, undefined, keySource)).problems).toEqual([])
  })

  it.each([0, 16, 57, -1])('with byte %i flipped is neither restored nor verified', async (at) => {
    const path = sealedFile(0, 't/a.ibd')
    flip(path, at < 0 ? statSync(path).size + at : at)
    const problems = async (source?: { readonly file: string }) =>
      (await verifyAll(layout, {}, undefined, source)).problems.map(({ file, code }) => [
        file,
        code,
      ])
    const file = path.slice(dirname(dirname(dirname(path))).length + 1)
    expect(await problems()).toEqual([[file, 'SHA256']])
    expect(await problems(right())).toEqual([
      [file, 'SHA256'],
      [file, 'ENCRYPTION'],
    ])
    const failure = await failureOf(restore(contextWith({ keySource: right() }), request()))
    expect(failure).toMatchObject({ code: 'INTEGRITY' })
    expect(failure.message).toContain('t/a.ibd')
    expect(readdirSync(scratch())).not.toContain('target')
  })

  it('does not take one file for another, even when the manifest says so', async () => {
    const [one, other] = [sealedFile(0, 't/a.ibd'), sealedFile(0, 'ibdata1')]
    const { manifest, paths } = chain[0]!
    const [a, b] = [readFileSync(one), readFileSync(other)]
    writeFileSync(one, b)
    writeFileSync(other, a)
    const entryOf = (path: string) => manifest.files.find((file) => path.endsWith(file.path))!
    const swapped = manifest.files.map((file) => {
      const from =
        file === entryOf(one) ? entryOf(other) : file === entryOf(other) ? entryOf(one) : file
      return { ...from, path: file.path }
    })
    await writeManifest(paths, { ...manifest, files: swapped })
    const { problems } = await verifyAll(layout, {}, undefined, right())
    expect(problems.map(({ code }) => code)).toEqual(['ENCRYPTION', 'ENCRYPTION'])
    expect((await verifyAll(layout)).problems).toEqual([])
  })
})

describe('the verification of an encrypted chain', () => {
  it('looks into everything with the key, and says what it did not see without', async () => {
    const open = await verifyAll(layout, { deep: true }, undefined, right())
    expect(open.problems.filter(({ code }) => code !== 'PAGE')).toEqual([])
    expect(open.backups.map(({ encryptedFiles }) => encryptedFiles)).toEqual([0, 0])
    const closed = await verifyAll(layout)
    expect(closed.problems).toEqual([])
    const sealed = chain.map(
      ({ manifest }) => manifest.files.filter(({ path }) => path.endsWith('.clonecrypt')).length,
    )
    expect(closed.backups.map(({ encryptedFiles }) => encryptedFiles)).toEqual(sealed)
  })

  it('refuses a key that opens nothing', async () => {
    expect(await failureOf(verifyAll(layout, {}, undefined, wrong()))).toMatchObject({
      code: 'CONFIG',
    })
  })

  it('goes on without a key for what another one is needed for', async () => {
    const other: StoredKey = { scheme: 'aes-256-gcm', key: masterKeyOf(randomBytes(32)) }
    const states = [state(8)]
    const { manifest, paths } = chain[0]!
    rmSync(layout.backup(INCREMENT).directory, { recursive: true })
    rmSync(paths.directory, { recursive: true })
    const [foreign] = await takeSeries(layout.root, states, [undefined], other)
    await sealTaken(foreign!)
    expect(manifest.id).toBe(FULL)
    const outcome = await failureOf(verifyAll(layout, {}, undefined, right()))
    expect(outcome).toMatchObject({ code: 'CONFIG' })
  })
})

describe('an increment on an encrypted chain', () => {
  const donor: DecidingState = {
    engine: 'mysql',
    serverUuid: SERVER_UUID,
    version: '9.7.4',
    lsn: 9_007_199_254_745_000n,
    now: new Date('2030-01-01T00:00:00Z'),
    trackedSince: undefined,
  }
  const wish = { base: 'latest', fallback: true, pageTrack: true, label: undefined } as const
  const ask = async (given: StoredKey | undefined, type: 'full' | 'increment' = 'increment') => {
    const encryption = given && encryptionName(encryptionBy(given))
    const { backups } = await readCatalog(layout)
    return decide({ ...wish, type }, layout, backups, { ...donor, encryption, key: given })
  }

  it('P-25: is made with the same key', async () => {
    expect(await ask(key)).toMatchObject({ type: 'increment', base: { id: INCREMENT } })
  })

  it('P-25: becomes a full with another key', async () => {
    const other: StoredKey = { scheme: 'aes-256-gcm', key: masterKeyOf(randomBytes(32)) }
    expect(await ask(other)).toMatchObject({ type: 'full', code: 'ENCRYPTION_CHANGED' })
  })

  it('P-25: is refused without a key, since its full would lie open', async () => {
    expect(await failureOf(ask(undefined))).toMatchObject({
      code: 'BASE_UNUSABLE',
      details: { reason: 'ENCRYPTION_CHANGED' },
    })
    expect(await ask(undefined, 'full')).toMatchObject({ code: 'FULL_ASKED' })
  })

  it('P-25: becomes a full with a key when the chain has none', async () => {
    for (const { paths } of chain) {
      const manifest = await readManifest(paths)
      await writeManifest(paths, { ...manifest!, encryption: null })
    }
    expect(await ask(key)).toMatchObject({ type: 'full', code: 'ENCRYPTION_CHANGED' })
  })
})
