import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import type { Machine } from '../hosts/host.ts'

const list = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The machine that this runs on. */
export const thisMachine = (): Machine => ({
  platform: process.platform,
  home: homedir(),
  env: process.env,
  cwd: process.cwd(),
  exists: existsSync,
  list,
})
