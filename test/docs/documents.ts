// README.md and docs/*.md, and what of them a program can check.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../copy-of-tree.ts";

export type Document = { readonly file: string; readonly text: string };

/** Decisions and the like tell history: they are not read. */
export function documents(): readonly Document[] {
  const names = readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...names.map((name) => `docs/${name}`)].map((file) => ({
    file,
    text: readFileSync(path.join(root, file), "utf8"),
  }));
}

export type Found = {
  /** Such as "docs/data.md:41". */
  readonly where: string;
  readonly text: string;
};

/** Fenced blocks of a language. */
export function blocks({ file, text }: Document, language: string): readonly Found[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(fence)].map((match) => ({
    where: `${file}:${lineOf(text, match.index)}`,
    text: match[1]!,
  }));
}

/** Commands of blocks: lines that begin with the program, without the comments behind them. */
export function commandLines({ file, text }: Document): readonly Found[] {
  const lines = /^(?: {4})?((?:npx )?hueristic .*)$/gm;
  return [...text.matchAll(lines)].flatMap((match) =>
    partsOf(match[1]!).map((part) => ({ where: `${file}:${lineOf(text, match.index)}`, text: part })),
  );
}

/** Commands within sentences and tables. */
export function mentionedCommands({ file, text }: Document): readonly Found[] {
  return [...text.matchAll(/`((?:npx )?hueristic [^`]+)`/g)].map((match) => ({
    where: `${file}:${lineOf(text, match.index)}`,
    text: match[1]!,
  }));
}

/** A line of shell: what is before && and |, without redirections and comments. */
function partsOf(line: string): readonly string[] {
  return line
    .replace(/ +#.*$/, "")
    .split(/ && | \| /)
    .filter((part) => /^(npx )?hueristic /.test(part))
    .map((part) => part.replace(/ [<>] \S+/g, ""));
}

/** The words that a shell makes of a command, without the program. */
export function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"]+)+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""),
  );
  return words.slice(words.indexOf("hueristic") + 1);
}

/** Links to files of the repository, and the names of headings in them. */
export function links({ file, text }: Document): readonly (Found & { readonly anchor: string | null })[] {
  const outside = /^(https?:|mailto:)/;
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, " "));
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .filter(([, target]) => !outside.test(target!))
    .map((match) => {
      const [target, anchor = null] = match[1]!.split("#");
      const to = target === "" ? file : path.join(path.dirname(file), target!);
      return { where: `${file}:${lineOf(text, match.index)}`, text: to, anchor };
    });
}

/** As GitHub makes the anchor of a heading. */
export function anchors(markdown: string): ReadonlySet<string> {
  return new Set(
    [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
