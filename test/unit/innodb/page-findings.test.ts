import { expect, it } from 'vitest'
import { createPageTally } from '../../../src/innodb/page-findings.ts'
import { P, soundPage } from '../../fakes/sound-page.ts'

it('a tally counts every verdict and keeps what is wrong', () => {
  const tally = createPageTally(false)
  const broken = soundPage(7, 3, 9)
  broken.writeUInt8(1, 1000)
  const pages = [soundPage(7, 0, 1), Buffer.alloc(P), broken]
  pages.forEach((page, pageNumber) => tally.look(page, { offset: pageNumber * P, pageNumber }))
  expect(tally.findings()).toMatchObject({
    ...{ sound: 1, empty: 1, faulty: 1 },
    unchecked: { encrypted: 0, noChecksum: 0, unknownCompression: 0 },
    faults: [{ offset: 2 * P, pageNumber: 2, what: 'checksum' }],
  })
})

it('a tally keeps ten thousand of the pages that are wrong, and counts all', () => {
  const tally = createPageTally(true)
  const page = Buffer.alloc(1024, 1)
  for (let pageNumber = 0; pageNumber < 10_020; pageNumber += 1)
    tally.look(page, { offset: 0, pageNumber })
  const { faulty, faults } = tally.findings()
  expect([faulty, faults.length]).toEqual([10_020, 10_000])
})
