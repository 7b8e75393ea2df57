import type { Nodes, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { frontmatter } from 'micromark-extension-frontmatter'
import { gfm } from 'micromark-extension-gfm'
import { present } from '../../../base/present.ts'

const MATTER = ['yaml' as const, 'toml' as const]

/** Markdown as GitHub reads it, with front matter. */
export const markdownTree = (source: string): Root =>
  fromMarkdown(source, {
    extensions: [gfm(), frontmatter(MATTER)],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(MATTER)],
  })

/** The position of a node in the source. */
export const startOf = ({ position }: Nodes): number => present(present(position).start.offset)
export const endOf = ({ position }: Nodes): number => present(present(position).end.offset)

/** The children of a node, if its type has any. */
export const childrenOf = (node: Nodes): readonly Nodes[] => ('children' in node ? node.children : [])
