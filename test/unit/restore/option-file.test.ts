import { describe, expect, it } from 'vitest'
import { donorValues } from '../../../src/restore/option-file.ts'
import { refusalOf } from '../../fakes/refusal.ts'

const variables = {
  lower_case_table_names: '1',
  innodb_page_size: '16384',
  innodb_data_file_path: 'ibdata1:12M:autoextend',
}

describe('donorValues', () => {
  it('are the variables of the donor', () => {
    const more = { ...variables, gtid_mode: 'ON', enforce_gtid_consistency: 'WARN' }
    expect(donorValues(more)).toEqual(more)
  })

  it('name the files of the system tablespace without their directories: CLONE puts them at the top', () => {
    const path = '/fast/ibdata1:12M;../slow/ibdata2:50M:autoextend:max:1G'
    expect(donorValues({ ...variables, innodb_data_file_path: path })).toMatchObject({
      innodb_data_file_path: 'ibdata1:12M;ibdata2:50M:autoextend:max:1G',
    })
  })

  it('switch GTIDs off when the donor did not say', () => {
    expect(donorValues(variables)).toEqual({
      ...variables,
      gtid_mode: 'OFF',
      enforce_gtid_consistency: 'OFF',
    })
  })

  it('name every variable without which mysqld would misread the files', () => {
    const { lower_case_table_names } = variables
    expect(refusalOf(() => donorValues({ lower_case_table_names }))).toMatchObject({
      code: 'INTEGRITY',
      message: 'server.json does not say innodb_page_size, innodb_data_file_path',
    })
  })
})
