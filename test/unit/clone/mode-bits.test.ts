import { describe, expect, it } from 'vitest'
import { isPermitted, MAY_SEARCH, MAY_WRITE_AND_SEARCH } from '../../../src/clone/mode-bits.ts'

const mysql = { uid: 999, gids: [998, 100] }

describe('isPermitted', () => {
  it('takes the bits of the owner, of the group or of the others, and only those', () => {
    expect(isPermitted({ uid: 999, gid: 0, mode: 0o700 }, mysql, MAY_WRITE_AND_SEARCH)).toBe(true)
    expect(isPermitted({ uid: 999, gid: 0, mode: 0o077 }, mysql, MAY_SEARCH)).toBe(false)
    expect(isPermitted({ uid: 0, gid: 998, mode: 0o770 }, mysql, MAY_WRITE_AND_SEARCH)).toBe(true)
    expect(isPermitted({ uid: 0, gid: 998, mode: 0o707 }, mysql, MAY_SEARCH)).toBe(false)
    expect(isPermitted({ uid: 0, gid: 0, mode: 0o751 }, mysql, MAY_SEARCH)).toBe(true)
    expect(isPermitted({ uid: 0, gid: 0, mode: 0o750 }, mysql, MAY_SEARCH)).toBe(false)
  })

  it('counts every group of the user', () => {
    expect(isPermitted({ uid: 0, gid: 100, mode: 0o750 }, mysql, MAY_SEARCH)).toBe(true)
    expect(isPermitted({ uid: 0, gid: 101, mode: 0o750 }, mysql, MAY_SEARCH)).toBe(false)
  })

  it('wants all of several permissions', () => {
    expect(isPermitted({ uid: 0, gid: 998, mode: 0o750 }, mysql, MAY_WRITE_AND_SEARCH)).toBe(false)
  })

  it('lets root do everything', () => {
    const root = { uid: 0, gids: [0] }
    expect(isPermitted({ uid: 999, gid: 998, mode: 0o000 }, root, MAY_WRITE_AND_SEARCH)).toBe(true)
  })
})
