import { describe, expect, it } from 'vitest'
import { findBackup } from '../../../src/chain/find-backup.ts'
import { makeFull, makeIncrement } from '../../fakes/backup.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const oldest = makeFull(1)
const increment = makeIncrement(oldest, 2)
const full = makeFull(3)
const latest = makeIncrement(full, 14)
const backups = [full, latest, oldest, increment]

const find = (reference: string) => findBackup(reference, backups)
const refusal = (reference: string, among = backups) =>
  refusalOf(() => findBackup(reference, among))

describe('findBackup', () => {
  it.each([
    ['latest', latest],
    ['latest-full', full],
    ['oldest', oldest],
  ])('knows the word %s, whatever order the backups are in', (word, backup) => {
    expect(find(word)).toBe(backup)
    expect(findBackup(word, backups.toReversed())).toBe(backup)
  })

  it('finds a whole id and a unique beginning of one', () => {
    expect(find('UTC20261120T020000.000-incr')).toBe(increment)
    expect(find('UTC20261120T02')).toBe(increment)
    expect(find('UTC20261120T1')).toBe(latest)
  })

  it('takes a whole id for itself even when another begins with it', () => {
    const longer = { ...full, id: `${oldest.id}~2` }
    expect(findBackup(oldest.id, [longer, oldest])).toBe(oldest)
  })

  it('lists all ids that begin so when there are several', () => {
    expect(refusal('UTC20261120T0')).toMatchObject({
      code: 'BACKUP_UNKNOWN',
      message: `UTC20261120T0 is the beginning of 3 ids: ${oldest.id}, ${increment.id}, ${full.id}`,
    })
  })

  it.each(['UTC1999', 'Latest', 'full', 'constructor', 'toString', '__proto__'])(
    'knows no backup called %s',
    (reference) => {
      expect(refusal(reference)).toMatchObject({
        code: 'BACKUP_UNKNOWN',
        message: `no sealed backup is called ${reference}`,
        details: { reference },
      })
    },
  )

  it('takes an empty reference for a mistake, even when there is only one backup', () => {
    expect(refusal('', [full]).code).toBe('BACKUP_UNKNOWN')
  })

  it.each(['latest', 'latest-full', 'oldest'])('finds no %s where there is nothing', (word) => {
    expect(refusal(word, []).code).toBe('BACKUP_UNKNOWN')
  })
})
