import { usage } from '../failure.ts'
import { claudeCode } from './claude-code.ts'
import { claudeDesktop } from './claude-desktop.ts'
import { codex } from './codex.ts'
import { cursor } from './cursor.ts'
import { gemini } from './gemini.ts'
import { goose } from './goose.ts'
import type { Host, Scope } from './host.ts'
import { vscode } from './vscode.ts'
import { windsurf } from './windsurf.ts'
import { zed } from './zed.ts'

/** Every host that an entry can be written for. */
export const hosts: readonly Host[] = [claudeDesktop, claudeCode, cursor, vscode, gemini, codex, windsurf, zed, goose]

/** Finds a host by its id. @throws Failure that lists them */
export const hostOf = (id: string): Host => {
  const found = hosts.find((host) => host.id === id)
  if (found === undefined)
    throw usage(
      `There is no host ${id}: --to takes ${hosts.map((host) => host.id).join(', ')}, print, stdio or deeplink.`,
    )
  return found
}

/** The scope that is meant for a host. @throws Failure for one that it does not have */
export const scopeFor = (host: Host, asked: Scope | undefined): Scope => {
  const [usual] = host.scopes
  if (asked === undefined) return usual
  if (!host.scopes.includes(asked)) throw usage(`${host.title} has no scope ${asked}, only ${host.scopes.join(', ')}.`)
  return asked
}
