import { describe, expect, it } from 'vitest'
import { hostOf, hosts, scopeFor } from '../src/hosts/all.ts'
import type { Scope } from '../src/hosts/host.ts'
import { machine } from './machines.ts'

type Row = [host: string, scope: Scope, platform: 'linux' | 'darwin' | 'win32', path: string]

const appSupport = '/Users/ada/Library/Application Support'

const rows: readonly Row[] = [
  ['claude-desktop', 'user', 'darwin', `${appSupport}/Claude/claude_desktop_config.json`],
  ['claude-desktop', 'user', 'linux', '/home/ada/.config/Claude/claude_desktop_config.json'],
  ['claude-desktop', 'user', 'win32', 'C:\\Users\\Ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
  ['claude-code', 'user', 'linux', '/home/ada/.claude.json'],
  ['claude-code', 'local', 'darwin', '/Users/ada/.claude.json'],
  ['claude-code', 'project', 'win32', 'C:\\work\\bank\\.mcp.json'],
  ['cursor', 'user', 'darwin', '/Users/ada/.cursor/mcp.json'],
  ['cursor', 'project', 'linux', '/home/ada/bank/.cursor/mcp.json'],
  ['cursor', 'user', 'win32', 'C:\\Users\\Ada\\.cursor\\mcp.json'],
  ['vscode', 'user', 'darwin', `${appSupport}/Code/User/mcp.json`],
  ['vscode', 'user', 'linux', '/home/ada/.config/Code/User/mcp.json'],
  ['vscode', 'user', 'win32', 'C:\\Users\\Ada\\AppData\\Roaming\\Code\\User\\mcp.json'],
  ['vscode', 'project', 'linux', '/home/ada/bank/.vscode/mcp.json'],
  ['gemini', 'user', 'linux', '/home/ada/.gemini/settings.json'],
  ['gemini', 'project', 'win32', 'C:\\work\\bank\\.gemini\\settings.json'],
  ['codex', 'user', 'darwin', '/Users/ada/.codex/config.toml'],
  ['codex', 'project', 'linux', '/home/ada/bank/.codex/config.toml'],
  ['windsurf', 'user', 'win32', 'C:\\Users\\Ada\\.codeium\\windsurf\\mcp_config.json'],
  ['windsurf', 'user', 'linux', '/home/ada/.codeium/windsurf/mcp_config.json'],
  ['zed', 'user', 'darwin', '/Users/ada/.config/zed/settings.json'],
  ['zed', 'user', 'win32', 'C:\\Users\\Ada\\AppData\\Roaming\\Zed\\settings.json'],
  ['zed', 'project', 'linux', '/home/ada/bank/.zed/settings.json'],
  ['goose', 'user', 'darwin', '/Users/ada/.config/goose/config.yaml'],
  ['goose', 'user', 'linux', '/home/ada/.config/goose/config.yaml'],
  ['goose', 'user', 'win32', 'C:\\Users\\Ada\\AppData\\Roaming\\Block\\goose\\config\\config.yaml'],
]

describe('where each host keeps its servers', () => {
  it.each(rows)('%s, scope %s, on %s', (id, scope, platform, path) => {
    const [file] = hostOf(id).files(machine(platform), scope)
    expect(file.path).toBe(path)
  })

  it('takes the folders that the environment names', () => {
    const linux = machine('linux', { env: { XDG_CONFIG_HOME: '/etc/ada', CODEX_HOME: '/srv/codex' } })
    const windows = machine('win32', { env: { APPDATA: 'D:\\Roaming' } })
    const pathOf = (id: string, on: ReturnType<typeof machine>): string => hostOf(id).files(on, 'user')[0].path
    expect(pathOf('claude-desktop', linux)).toBe('/etc/ada/Claude/claude_desktop_config.json')
    expect(pathOf('zed', linux)).toBe('/etc/ada/zed/settings.json')
    expect(pathOf('goose', linux)).toBe('/etc/ada/goose/config.yaml')
    expect(pathOf('codex', linux)).toBe('/srv/codex/config.toml')
    expect(pathOf('vscode', windows)).toBe('D:\\Roaming\\Code\\User\\mcp.json')
  })

  it('puts a local entry of Claude Code under its project', () => {
    expect(hostOf('claude-code').files(machine('linux'), 'local')[0].section).toEqual([
      'projects',
      '/home/ada/bank',
      'mcpServers',
    ])
  })

  it('refuses a host, and a scope, that there is not', () => {
    expect(() => hostOf('emacs')).toThrow('There is no host emacs')
    expect(() => scopeFor(hostOf('windsurf'), 'project')).toThrow('Windsurf has no scope project, only user.')
    expect(hosts.map((host) => scopeFor(host, undefined))).toEqual(hosts.map((host) => host.scopes[0]))
  })
})

describe('the packaged Claude Desktop on Windows', () => {
  const local = 'C:\\Users\\Ada\\AppData\\Local\\Packages'
  const packaged = `${local}\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude`
  const usual = 'C:\\Users\\Ada\\AppData\\Roaming\\Claude'
  const filesOn = (...folders: string[]): string[] =>
    hostOf('claude-desktop')
      .files(machine('win32', { folders }), 'user')
      .map((file) => file.path)

  it('is written where Windows lets it read', () => {
    expect(filesOn(packaged)).toEqual([`${packaged}\\claude_desktop_config.json`])
  })

  it('is written in both places where both are there', () => {
    expect(filesOn(packaged, usual)).toEqual([
      `${packaged}\\claude_desktop_config.json`,
      `${usual}\\claude_desktop_config.json`,
    ])
  })

  it('is not taken for there when the package has no such folder', () => {
    expect(filesOn(`${local}\\Claude_pzs8sxrjxfjjc\\AC`, usual)).toEqual([`${usual}\\claude_desktop_config.json`])
  })

  it('leaves the choice between several packages to the user', () => {
    const other = `${local}\\Claude_other\\LocalCache\\Roaming\\Claude`
    expect(() => filesOn(packaged, other)).toThrow('several packages of Claude')
  })
})
