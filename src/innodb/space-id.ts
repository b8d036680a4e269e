// Which kind of tablespace an id stands for. Source: dict0dict.h (dict_sys_t::s_log_space_id,
// undo_space_id_range), fsp0sysspace.h, fsp0fsp.ic (fsp_is_ibd_tablespace).

/** The system tablespace, ibdata1 and further files. */
export const SYSTEM_SPACE_ID = 0

/** dict_sys_t::s_log_space_id; ids of undo tablespaces count down from below it. */
const LOG_SPACE_ID = 0xfffffff0
/** FSP_MAX_UNDO_TABLESPACES, each with a range of ids to take a new one from when truncated. */
const UNDO_TABLESPACES = 127
const UNDO_ID_RANGE = 400_000

/** `system` and `undo` files keep their names; `table` files are renamed with what is in them. */
export type SpaceKind = 'system' | 'undo' | 'table'

/** The kind of a tablespace by its id. */
export const spaceKindOf = (spaceId: number): SpaceKind => {
  if (spaceId === SYSTEM_SPACE_ID) return 'system'
  const isUndo =
    spaceId < LOG_SPACE_ID && spaceId >= LOG_SPACE_ID - UNDO_TABLESPACES * UNDO_ID_RANGE
  return isUndo ? 'undo' : 'table'
}
