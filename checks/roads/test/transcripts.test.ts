import { runTranscripts } from '@parley/testing'
import { join } from 'node:path'
import { bare, library } from './library.ts'

runTranscripts(join(import.meta.dirname, 'transcripts'), ({ name }) => {
  if (name.startsWith('bare')) return bare()
  return library(name.startsWith('pages') ? { pageSize: 2 } : {})
})
