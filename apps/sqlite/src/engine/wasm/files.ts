import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm'

/** The name by which SQLite asks for the one database; the path is known here only. */
export const DATABASE = 'main'
/** The name of the file system below. */
export const FILES = 'one-file'

/** Which file the connections that open next will read. */
export type Files = { path: string }

const open = (path: string): number | undefined => {
  try {
    // Links were resolved when the server started; one that was put in its place since is not followed.
    return openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch {
    return undefined
  }
}

/** What is open, by the pointer that SQLite knows it by; null stands for a log that is not there, and reads as empty. */
type Handles = Map<number, number | null>

const readInto = (target: Uint8Array, file: number, position: number): number => {
  let filled = 0
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, position + filled)
    if (count === 0) break
    filled += count
  }
  return filled
}

const ioMethods = ({ capi, wasm }: Sqlite3Static, handles: Handles) => ({
  xClose: (pointer: number) => {
    const file = handles.get(pointer)
    if (typeof file === 'number') closeSync(file)
    handles.delete(pointer)
    return capi.SQLITE_OK
  },
  xRead: (pointer: number, buffer: number, amount: number, offset: number | bigint) => {
    const file = handles.get(pointer)
    const target = wasm.heap8u().subarray(buffer, buffer + amount)
    try {
      const filled = typeof file === 'number' ? readInto(target, file, Number(offset)) : 0
      target.fill(0, filled)
      return filled === amount ? capi.SQLITE_OK : capi.SQLITE_IOERR_SHORT_READ
    } catch {
      return capi.SQLITE_IOERR_READ
    }
  },
  xFileSize: (pointer: number, size: number) => {
    const file = handles.get(pointer)
    wasm.poke64(size, typeof file === 'number' ? BigInt(fstatSync(file).size) : 0n)
    return capi.SQLITE_OK
  },
  xCheckReservedLock: (_pointer: number, result: number) => {
    wasm.poke32(result, 0)
    return capi.SQLITE_OK
  },
  // There is no way to write, whatever a statement manages to ask for.
  xWrite: () => capi.SQLITE_READONLY,
  xTruncate: () => capi.SQLITE_READONLY,
  xSync: () => capi.SQLITE_OK,
  // Node has no file locks. Whether somebody wrote meanwhile is found by the stamps before and after.
  xLock: () => capi.SQLITE_OK,
  xUnlock: () => capi.SQLITE_OK,
  xFileControl: () => capi.SQLITE_NOTFOUND,
  xDeviceCharacteristics: () => capi.SQLITE_OK,
})

const vfsMethods = ({ capi, wasm }: Sqlite3Static, files: Files, handles: Handles, ioPointer: number) => ({
  xOpen: (_vfs: number, name: number, pointer: number, flags: number, outFlags: number) => {
    const asked = wasm.cstrToJs(name)
    const isMain = (flags & capi.SQLITE_OPEN_MAIN_DB) !== 0 && asked === DATABASE
    const isLog = (flags & capi.SQLITE_OPEN_WAL) !== 0 && asked === `${DATABASE}-wal`
    if (!isMain && !isLog) return capi.SQLITE_CANTOPEN
    const file = open(isMain ? files.path : `${files.path}-wal`)
    if (isMain && file === undefined) return capi.SQLITE_CANTOPEN
    handles.set(pointer, file ?? null)
    wasm.pokePtr(pointer, ioPointer)
    if (outFlags) wasm.poke32(outFlags, capi.SQLITE_OPEN_READONLY)
    return capi.SQLITE_OK
  },
  xAccess: (_vfs: number, name: number, _flags: number, result: number) => {
    // A journal is looked for before SQLite is asked anything, with a better sentence than it has.
    const isLog = wasm.cstrToJs(name) === `${DATABASE}-wal`
    const file = isLog ? open(`${files.path}-wal`) : undefined
    if (file !== undefined) closeSync(file)
    wasm.poke32(result, file === undefined ? 0 : 1)
    return capi.SQLITE_OK
  },
  xFullPathname: (_vfs: number, name: number, room: number, out: number) =>
    wasm.cstrncpy(out, name, room) < room ? capi.SQLITE_OK : capi.SQLITE_CANTOPEN,
  xDelete: () => capi.SQLITE_READONLY,
  xGetLastError: () => capi.SQLITE_OK,
})

/** Gives SQLite a file system that has one database, its log, and no way to write. */
export const installFiles = (sqlite: Sqlite3Static): Files => {
  const { capi } = sqlite
  const files: Files = { path: '' }
  const handles: Handles = new Map()
  const io = new capi.sqlite3_io_methods()
  Object.assign(io, { $iVersion: 1 })
  const vfs = new capi.sqlite3_vfs()
  const standard = new capi.sqlite3_vfs(capi.sqlite3_vfs_find('unix') || capi.sqlite3_vfs_find(''))
  const sizeOfFile = new capi.sqlite3_file().structInfo.sizeof
  Object.assign(vfs, { $iVersion: 1, $szOsFile: sizeOfFile, $mxPathname: 64 })
  for (const member of ['$xRandomness', '$xSleep', '$xCurrentTime'] as const) {
    Object.assign(vfs, { [member]: Reflect.get(standard, member) })
  }
  const ioPointer = io.pointer
  sqlite.vfs.installVfs({
    io: { struct: io, methods: ioMethods(sqlite, handles) },
    vfs: { struct: vfs, methods: vfsMethods(sqlite, files, handles, ioPointer), name: FILES },
  })
  return files
}
