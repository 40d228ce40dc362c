import { describe, expect, it } from 'vitest'
import { mimeFromExtension, sniffMime } from '../src/mime.ts'

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

describe('sniffMime', () => {
  it.each([
    ['image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['image/gif', 'GIF87a'],
    ['image/gif', 'GIF89a'],
    ['image/webp', 'RIFF\x24\0\0\0WEBPVP8 '],
    ['image/bmp', 'BM\x36\x10\x0e\0\0\0\0\0'],
    ['image/avif', '\0\0\0\x20ftypavif'],
    ['image/heic', '\0\0\0\x18ftypheic'],
    ['audio/wav', 'RIFF\x24\0\0\0WAVEfmt '],
    ['audio/mpeg', 'ID3\x04\0'],
    ['audio/mpeg', '\xff\xfb\x90\x64'],
    ['audio/aac', '\xff\xf1\x50\x80'],
    ['audio/ogg', 'OggS\0'],
    ['audio/flac', 'fLaC\0'],
    ['audio/mp4', '\0\0\0\x20ftypM4A '],
    ['video/mp4', '\0\0\0\x20ftypisom'],
    ['video/webm', '\x1aE\xdf\xa3'],
    ['application/pdf', '%PDF-1.7'],
    ['application/zip', 'PK\x03\x04'],
    ['application/gzip', '\x1f\x8b\x08\0'],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg">'],
    ['image/svg+xml', '<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg>\n<svg>'],
    [undefined, '<?xml version="1.0"?><feed>'],
    [undefined, '<html><svg>'],
    [undefined, '<!-- endless'],
    [undefined, '\xff\xfe\0\0'],
    [undefined, '\xff\xff\xff\xff'],
    [undefined, 'RIFF\x24\0\0\0AVI '],
    [undefined, 'BMW is a make of car'],
    [undefined, '\x89PN'],
    [undefined, 'plain text'],
    [undefined, ''],
  ])('%s', (mime, head) => {
    expect(sniffMime(latin1(head))).toBe(mime)
  })
})

describe('mimeFromExtension', () => {
  it.each([
    ['a.png', 'image/png'],
    ['/x/y/A.JPEG', 'image/jpeg'],
    ['file:///notes/today.md?x=1.png#y', 'text/markdown'],
    ['C:\\dir.txt\\data.json', 'application/json'],
    ['a.tar.gz', 'application/gzip'],
    ['song.mp3', 'audio/mpeg'],
    ['page.html', 'text/html'],
    ['table.csv', 'text/csv'],
    ['paper.pdf', 'application/pdf'],
    ['dir.txt/README', undefined],
    ['x.constructor', undefined],
    ['x.', undefined],
    ['', undefined],
  ])('%s', (path, mime) => {
    expect(mimeFromExtension(path)).toBe(mime)
  })
})
