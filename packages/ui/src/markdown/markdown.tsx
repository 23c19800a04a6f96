import './prose.css';
import clsx from 'clsx';
import { type ReactNode, useMemo } from 'react';
import { type MarkdownBlock, parseMarkdown } from './blocks.ts';
import type { Inline } from './inline.ts';

const Words = ({ content }: { content: readonly Inline[] }): ReactNode =>
  content.map((node, index) => {
    switch (node.kind) {
      case 'text':
        return node.text;
      case 'code':
        return <code key={index}>{node.text}</code>;
      case 'break':
        return <br key={index} />;
      case 'strong':
        return (
          <strong key={index}>
            <Words content={node.children} />
          </strong>
        );
      case 'emphasis':
        return (
          <em key={index}>
            <Words content={node.children} />
          </em>
        );
      case 'deleted':
        return (
          <del key={index}>
            <Words content={node.children} />
          </del>
        );
      case 'link':
        return (
          <a
            key={index}
            href={node.href}
            {...(/^https?:/.test(node.href) ? { target: '_blank', rel: 'noopener noreferrer nofollow' } : {})}
          >
            <Words content={node.children} />
          </a>
        );
    }
  });

const aligned = { left: 'text-left', center: 'text-center', right: 'text-right' };

const Block = ({ block, top }: { block: MarkdownBlock; top: number }): ReactNode => {
  switch (block.kind) {
    case 'heading': {
      const level = Math.min(6, top + block.level - 1);
      const Heading = `h${level}` as 'h2';
      return (
        <Heading>
          <Words content={block.content} />
        </Heading>
      );
    }
    case 'paragraph':
      return (
        <p>
          <Words content={block.content} />
        </p>
      );
    case 'code':
      return (
        <pre tabIndex={0} role="region" aria-label={block.language ? `Code: ${block.language}` : 'Code'}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return (
        <blockquote>
          <Blocks blocks={block.blocks} top={top} />
        </blockquote>
      );
    case 'list': {
      const items = block.items.map(({ done, blocks }, index) => (
        <li key={index} className={clsx(done !== null && 'task')}>
          {done === null ? null : (
            <input type="checkbox" checked={done} disabled aria-label={done ? 'Done' : 'To do'} />
          )}
          <div>
            <Blocks blocks={blocks} top={top} tight />
          </div>
        </li>
      ));
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case 'table':
      return (
        <div tabIndex={0} role="region" aria-label="Table" className="overflow-x-auto">
          <table>
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <th key={at} scope="col" className={aligned[block.align[at] ?? 'left']}>
                    <Words content={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => (
                    <td key={at} className={aligned[block.align[at] ?? 'left']}>
                      <Words content={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case 'rule':
      return <hr />;
  }
};

const Blocks = ({ blocks, top, tight = false }: { blocks: readonly MarkdownBlock[]; top: number; tight?: boolean }) =>
  blocks.map((block, index) =>
    // The words of an item that has nothing else stand without a paragraph around them.
    tight && blocks.length === 1 && block.kind === 'paragraph' ? (
      <Words key={index} content={block.content} />
    ) : (
      <Block key={index} block={block} top={top} />
    ),
  );

/** Markdown as elements; nothing in it becomes HTML. `top`: the level of its highest heading. */
export const Markdown = ({ text, top = 2 }: { text: string; top?: number }) => {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className="prose">
      <Blocks blocks={blocks} top={top} />
    </div>
  );
};
