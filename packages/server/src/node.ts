export { audio, file, image } from './node/content.ts'
export type { NodeContentSource } from './node/content.ts'
export { directoryResource, fileResource } from './node/resources.ts'
export type { DirectoryResourceOptions, FileResourceOptions, ReadyResource } from './node/resources.ts'
