import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect } from 'vitest'
import { pixel } from './fixtures/tour.ts'
import { openPart } from './matrix.ts'
import { meetEveryWay, patience } from './npm-server.ts'
import { named, serverOf } from './scripts.ts'
import { overStdio } from './serving.ts'

const column = openPart(
  2,
  `Our client, ${named('server-filesystem')}`,
  'It offers tools, and works in the roots that our client names.',
)

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'parley-interop-')))
const [rooted, other] = ['rooted', 'other'].map((name) => join(directory, name)) as [string, string]
for (const folder of [rooted, other]) mkdirSync(folder)
writeFileSync(join(rooted, 'pixel.png'), Buffer.from(pixel, 'base64'))
afterAll(() => rmSync(directory, { recursive: true }))

const server = {
  serve: overStdio(serverOf('server-filesystem'), directory),
  info: { name: 'secure-filesystem-server', version: '0.2.0' },
  capabilities: { tools: { listChanged: true } },
}

const textual = (text: string): object => ({
  content: [{ type: 'text', text }],
  structured: { content: text },
  isError: false,
})

meetEveryWay(
  column,
  server,
  (cell, meet) => {
    cell('roots', async () => {
      await expect
        .poll(() => meet().client.callTool('list_allowed_directories'), patience)
        .toMatchObject(textual(`Allowed directories:\n${rooted}`))
    })
    cell('tools: list', async () => {
      const tools = await meet().client.listTools()
      expect(tools.map((tool) => tool.name)).toEqual([
        'read_file',
        'read_text_file',
        'read_media_file',
        'read_multiple_files',
        'write_file',
        'edit_file',
        'create_directory',
        'list_directory',
        'list_directory_with_sizes',
        'directory_tree',
        'move_file',
        'search_files',
        'get_file_info',
        'list_allowed_directories',
      ])
    })
    cell('tools: structured result', async () => {
      const { client } = meet()
      const path = join(rooted, 'note.md')
      const written = await client.callTool('write_file', { path, content: 'one\ntwo 🧭\n' })
      expect(written).toMatchObject(textual(`Successfully wrote to ${path}`))
      expect(await client.callTool('read_text_file', { path })).toMatchObject(textual('one\ntwo 🧭\n'))
      expect(await client.callTool('read_text_file', { path, head: 1 })).toMatchObject(textual('one'))
      const edits = [{ oldText: 'two', newText: 'three' }]
      const edited = await client.callTool('edit_file', { path, edits })
      expect(JSON.stringify(edited.structured)).toContain('-two 🧭\\n+three 🧭')
      expect(readFileSync(path, 'utf8')).toBe('one\nthree 🧭\n')
      const listed = await client.callTool('list_directory', { path: rooted })
      expect(listed).toMatchObject(textual('[FILE] note.md\n[FILE] pixel.png'))
    })
    cell('tools: image', async () => {
      const image = { type: 'image', data: pixel, mimeType: 'image/png' }
      const read = await meet().client.callTool('read_media_file', { path: join(rooted, 'pixel.png') })
      expect(read).toMatchObject({ content: [image], structured: { content: [image] }, isError: false })
    })
    cell('tools: failures', async () => {
      const { content, isError } = await meet().client.callTool('read_text_file', { path: join(other, 'note.md') })
      const text = `Access denied - path outside allowed directories: ${join(other, 'note.md')} not in ${rooted}`
      expect({ content, isError }).toEqual({ content: [{ type: 'text', text }], isError: true })
    })
    cell('roots: changed', async () => {
      const { client } = meet()
      await client.setRoots([{ uri: pathToFileURL(other).href, name: 'other' }])
      await expect
        .poll(() => client.callTool('list_allowed_directories'), patience)
        .toMatchObject(textual(`Allowed directories:\n${other}`))
    })
  },
  (persona) => {
    persona.roots = [{ uri: pathToFileURL(rooted).href, name: 'rooted' }]
  },
)
