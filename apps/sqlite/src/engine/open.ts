import { realpathSync, statSync } from 'node:fs'
import { SqliteDatabase } from './database.ts'
import type { Database, Driver, OpenOptions } from './engine.ts'
import { Unreadable } from './errors.ts'
import type { Setting } from './jobs.ts'
import { MAX_MEMORY, MAX_ROWS, TIMEOUT } from './limits.ts'
import { launchNative } from './native/launch.ts'
import { Pool } from './pool.ts'
import { Seat } from './seat.ts'
import type { Launch } from './seat.ts'
import { launchWasm } from './wasm/launch.ts'
import { troubles } from './desk/failure.ts'
import { columnsIn } from './desk/hiding.ts'

const READERS = 2
const MEGABYTE = 1024 * 1024
/** The first Node whose own SQLite asks before it touches something. */
const NATIVE_SINCE = 24

const pinned = (path: string): string => {
  try {
    const resolved = realpathSync(path)
    if (statSync(resolved).isFile()) return resolved
  } catch {
    throw new Unreadable('missing', troubles.missing)
  }
  throw new Unreadable('unreadable', troubles.unreadable)
}

const driverFor = ({ driver, execPath }: OpenOptions): Driver => {
  if (driver) return driver
  const isOld = Number.parseInt(process.versions.node, 10) < NATIVE_SINCE
  return execPath === undefined && isOld ? 'wasm' : 'native'
}

const checkColumn = (name: string): string => {
  if (!/^[^.]+\..+$/s.test(name)) throw new Unreadable('hidden', `${name} is not of the form table.column.`)
  return name.toLowerCase()
}

/**
 * Opens a database that exists; none is ever made. Rejects with `Unreadable` where it cannot be read, a column cannot
 * be hidden, or the driver cannot do what is asked. The path is resolved now, and no link is followed later.
 */
export const openDatabase = async (path: string, options: OpenOptions = {}): Promise<Database> => {
  const driver = driverFor(options)
  if (options.allowWrite && driver === 'wasm') {
    const here = `This is Node ${process.versions.node}`
    throw new Unreadable('driver', `${here}, and changes need Node ${NATIVE_SINCE} or later. Reading works with both.`)
  }
  const setting: Setting = {
    path: pinned(path),
    hidden: (options.deny ?? []).map(checkColumn),
    write: false,
    ddl: false,
    backup: null,
    maxMemory: (options.maxMemory ?? MAX_MEMORY) * MEGABYTE,
  }
  const launch = (use: Setting): Launch => (driver === 'wasm' ? launchWasm(use) : launchNative(use, options.execPath))
  const readers = new Pool(launch(setting), READERS)
  const timeout = options.timeout ?? TIMEOUT
  try {
    await readers.run({ kind: 'check' }, { timeout })
  } catch (error) {
    await readers.close()
    throw error
  }
  const writing = { ...setting, write: true, ddl: options.allowDdl ?? false, backup: options.backup ?? null }
  return new SqliteDatabase({
    alias: options.alias ?? 'main',
    driver,
    path: setting.path,
    readers,
    writer: options.allowWrite ? new Seat(launch(writing)) : undefined,
    allowDdl: options.allowDdl ?? false,
    hiddenNames: columnsIn(setting.hidden),
    maxRows: options.maxRows ?? MAX_ROWS,
    timeout,
  })
}
